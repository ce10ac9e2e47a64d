"""How long search takes as a base grows: ratios between sizes, since machines differ.

    python tests/bench/speed.py [100 1000 10000]

Entries are made by mixing the paragraphs of this repository's own, so that words repeat as they do in a real base.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from bench.judged import JUDGED, ROOT, entries  # noqa: E402

from kb.model import Incident  # noqa: E402
from kb.search import vocabulary  # noqa: E402
from kb.search.index import Index  # noqa: E402

ASK = """
import sys; from pathlib import Path
from kb.search import vocabulary; from kb.search.index import Index
index = Index(Path(sys.argv[1]), vocabulary.load(cache=Path(sys.argv[2])))
index.search(sys.argv[3])
"""


def made(count: int) -> Iterator[tuple[Incident, str, int]]:
    """So many incidents, mixed of the real ones."""
    mixed = random.Random(1)
    real = [entry for entry, _ in entries() if isinstance(entry, Incident)]
    for number in range(count):
        parts = [mixed.choice(real) for _ in range(6)]
        yield (
            replace(
                parts[0],
                id=f"2020-01-01-made-{number}",
                title=parts[1].title,
                symptoms=parts[2].symptoms,
                summary=parts[3].summary,
                root_cause=parts[4].root_cause,
                resolution=parts[5].resolution,
            ),
            f"entries/incidents/2020/{number}.md",
            1,
        )


def measure(count: int, folder: Path) -> tuple[float, float, float, float]:
    """Seconds: to index all, to take in one change, for a query in a running process, for one as a whole process."""
    words = vocabulary.builtin()
    index = Index(folder / str(count), words)
    began = time.perf_counter()
    index.update(made(count))
    built = time.perf_counter() - began
    one = next(made(1))
    changes = [_timed(lambda: index.update([one])) for _ in range(9)]
    asked = [_timed(lambda text=text: Index(folder / str(count), words).search(text)) for text, _ in JUDGED[:15]]
    cache = folder / "vocabulary.json"
    command = [sys.executable, "-c", ASK, str(folder / str(count)), str(cache), JUDGED[1][0]]
    whole = min(_timed(lambda: subprocess.run(command, check=True, cwd=ROOT)) for _ in range(5))
    return built, sorted(changes)[4], sorted(asked)[7], whole


def _timed(act: object) -> float:
    began = time.perf_counter()
    act()  # type: ignore[operator]
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    sizes = [int(size) for size in sys.argv[1:]] or [100, 1000, 10000]
    first: tuple[float, ...] = ()
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            got = measure(size, Path(folder))
            first = first or got
            print(f"{size:6} entries: indexed in {got[0]:.1f} s ({size / got[0]:.0f}/s)", end="")
            for label, now, then in zip(("one change", "a query", "a whole process"), got[1:], first[1:], strict=True):
                print(f"; {label} {now * 1000:.0f} ms (x{now / then:.1f})", end="")
            print()


if __name__ == "__main__":
    main()
