"""How long the site takes to build as a base grows, beside what Material alone takes for the same pages.

    python tests/bench/site.py [1000 5000]

Whole processes, in seconds of processor time, so that another busy program counts less; each base is taken in by
`kb sync` first. *Changed* is one event logged in one entry. Stock is `mkdocs build` with Material, its search and no
plugin of ours, over the pages that were staged.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from bench.judged import ROOT  # noqa: E402
from bench.speed import made  # noqa: E402

from kb.markdown import render  # noqa: E402

STOCK = """
site_name: Outage notes
use_directory_urls: false
theme: {name: material, font: false, features: [navigation.tabs, navigation.top, toc.follow, content.code.copy]}
plugins: [search]
not_in_nav: |
  /*/**
  /*.md
nav: [index.md, handle.md, incidents.md, questions.md, lessons.md, deployments.md, systems.md, metrics.md, library.md]
markdown_extensions: [toc: {permalink: true}]
extra_css: [assets/kb.css]
extra_javascript: [assets/kb-site.js]
"""


def run(folder: Path, *command: str) -> tuple[float, float]:
    """Runs a module as a process of its own; seconds of processor time, and megabytes at its greatest."""
    variables = {**os.environ, "KB_SEMANTIC": "off", "SOURCE_DATE_EPOCH": "1795000000", "NO_MKDOCS_2_WARNING": "1"}
    words = [sys.executable, "-m", *command]
    with subprocess.Popen(words, cwd=folder, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as it:
        _, status, used = os.wait4(it.pid, 0)
        it.returncode = status
    if status:
        raise SystemExit(f"{' '.join(words)} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def base(count: int, root: Path) -> None:
    """Makes a base of so many incidents, and takes it in."""
    for entry, path, _ in made(count):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(render(entry), "utf-8")
    shutil.copy(ROOT / "mkdocs.yml", root)
    run(root, "kb", "sync")


def log(root: Path, number: int) -> None:
    """One more event in one entry."""
    path = root / f"entries/incidents/2020/{number}.md"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("## Timeline\n\n", "## Timeline\n\n- **2020-01-01 09:09** CPU is at 98 % again.\n"), "utf-8"
    )


def main() -> None:
    """Print the table."""
    sizes = [int(size) for size in sys.argv[1:]] or [1000, 5000]
    first = 0.0
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root, stock = Path(folder) / "base", Path(folder) / "stock"
            base(size, root)
            full, memory = run(root, "kb", "build")
            same, _ = run(root, "kb", "build")
            log(root, 3)
            run(root, "kb", "build")
            log(root, 5)
            one, _ = run(root, "kb", "build")
            shutil.copytree(root / ".kb" / "site" / "docs", stock / "docs")
            (stock / "mkdocs.yml").write_text(STOCK, "utf-8")
            usual, _ = run(stock, "mkdocs", "build", "-q")
        first = first or full / size
        print(
            f"{size:6} incidents: stock {usual:.1f} s; kb build {full:.1f} s (x{full / usual:.2f} of stock, "
            f"x{full / size / first:.2f} an entry), {memory:.0f} MB; one changed {one:.2f} s (x{one / full:.3f}); "
            f"nothing changed {same:.2f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
