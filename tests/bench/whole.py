"""How long whole commands take as a base grows: ratios between sizes, in one run.

    python tests/bench/whole.py [100 10000]

Each base is made on disk, of the entries of `speed.py`, and taken in by `kb sync` first.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from bench.judged import ROOT  # noqa: E402
from bench.speed import made  # noqa: E402

from kb.markdown import render  # noqa: E402

COMMANDS = (
    ("search", "high CPU after deploy"),
    ("similar", "--text", "high CPU after deploy"),
    ("similar", "the-newest"),
    ("log", "CPU is still high", "--on", "the-newest"),
)
TIMES = 7


def kb(root: Path, *words: str) -> float:
    """Runs a command as a process of its own; seconds."""
    began = time.perf_counter()
    environment = {**os.environ, "KB_ROOT": str(root), "KB_SEMANTIC": "off"}
    command = [sys.executable, "-m", "kb", *words]
    subprocess.run(command, check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def base(count: int, root: Path) -> None:
    """Makes a base of so many entries, and takes it in."""
    for entry, path, _ in made(count):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(render(entry), encoding="utf-8")
    (root / "mkdocs.yml").write_text((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), encoding="utf-8")
    kb(root, "sync")
    kb(root, "new", "incident", "The newest", "--symptom", "CPU at 98 %")
    kb(root, "search", "cpu")


def main() -> None:
    """Print the table."""
    sizes = [int(size) for size in sys.argv[1:]] or [100, 10000]
    first: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            root = Path(folder) / str(size)
            base(size, root)
            took = [min(kb(root, *words) for _ in range(TIMES)) for words in COMMANDS]
            first = first or took
            print(f"{size:6} entries", end="")
            for words, now, then in zip(COMMANDS, took, first, strict=True):
                name = "similar ID" if words == COMMANDS[2] else f"{words[0]}"
                print(f"; kb {name} {now * 1000:.0f} ms (x{now / then:.2f})", end="")
            print(flush=True)


if __name__ == "__main__":
    main()
