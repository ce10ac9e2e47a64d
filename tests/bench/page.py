"""What the page loads and how fast it answers, as a base grows.

    python tests/bench/page.py [250 1000 5000]

Entries are those of `speed.py`, mixed of this repository's own; beside the project's judged postmortems, also those.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from bench import quality  # noqa: E402
from bench.judged import JUDGED, ROOT, entries  # noqa: E402
from bench.speed import made  # noqa: E402
from pictures import chromium  # noqa: E402

from kb.model import Entry  # noqa: E402
from kb.search import export, vocabulary  # noqa: E402
from kb.search.documents import document  # noqa: E402
from kb.search.source import Memory  # noqa: E402

ASK = """async queries => {
  const began = performance.now();
  await kbRank.search(queries[0]);
  const first = performance.now() - began, took = [];
  for (const query of queries) {
    const then = performance.now();
    await kbRank.search(query);
    took.push(performance.now() - then);
  }
  took.sort((a, b) => a - b);
  return [first, took[took.length >> 1], took[took.length - 1]];
}"""


def measure(page: Page, found: Iterable[tuple[Entry, str]], folder: Path) -> str:
    """What a site of these entries gives the browser, and how long it takes to answer."""
    words = vocabulary.builtin()
    scripts = export.scripts(Memory(document(entry, path, words) for entry, path in found), words)
    for name, script in scripts.items():
        (folder / name).write_bytes(script)
    (folder / "kb-rank.js").write_bytes((ROOT / "kb/site/assets/kb-rank.js").read_bytes())
    (folder / "page.html").write_text('<script src="kb-index.js"></script><script src="kb-rank.js"></script>')
    page.goto((folder / "page.html").as_uri())
    first, median, worst = page.evaluate(ASK, [typed for typed, _ in JUDGED])
    size = {name: len(gzip.compress(script, 9)) for name, script in scripts.items()}
    index = size.pop("kb-index.js")
    return (
        f"{index / 1000:5.0f} kB + {sum(size.values()) / 1000:5.0f} kB in {len(size)} pieces (gzip -9);"
        f" first answer {first:4.0f} ms, then {median:4.1f} ms, {worst:4.1f} ms at most"
    )


def main() -> None:
    """Print the table."""
    sizes = [int(size) for size in sys.argv[1:]] or [250, 1000, 5000]
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = browser.new_page()
        if quality.available():
            public = [(entry, f"entries/library/{entry.id}.md") for entry in quality.corpus()]
            print(f"{'250 public postmortems':>24}: {measure(page, [*entries(), *public][:250], Path(folder))}")
        for size in sizes:
            mixed = ((entry, path) for entry, path, _ in made(size))
            print(f"{f'{size} mixed entries':>24}: {measure(page, mixed, Path(folder))}")


if __name__ == "__main__":
    main()
