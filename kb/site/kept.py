"""What the folder with the built site holds from the last build, so that only what changed is built again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from kb.site.book import walk
from kb.site.stage import read_json, write_json

NOTES = "built.json"
_MADE_WITH = ("mkdocs", "mkdocs-material", "Markdown", "Jinja2", "pymdown-extensions")
_SOURCES = (".py", ".svg", ".txt", ".js", ".css")
Seen = tuple[str, int, int]
"""The mark of the source, and the size and time (ns since 1970) of the page made from it."""


@cache
def code() -> str:
    """Names the code that makes the pages: our own, word for word, and the releases of what it stands on."""
    total = sha256(" ".join(f"{name} {version(name)}" for name in _MADE_WITH).encode())
    for name, item in walk(files("kb")):
        if name.endswith(_SOURCES):
            total.update(item.read_bytes())
    return total.hexdigest()


class Kept:
    """The pages of a site as the last build left them.

    Args:
        site: the folder with the site.
        shell: tells what all pages share (the code, mkdocs.yml); nothing is kept when it is another one.
        notes: where that is noted; in memory only if not given.
    """

    def __init__(self, site: Path, shell: str, notes: Path | None = None) -> None:
        """Reads the notes."""
        self.site = site
        self.shell = shell
        self._notes = notes
        found = read_json(notes) if notes else {}
        same = found.get("site") == str(site) and found.get("shell") == shell
        self._pages: dict[str, Seen] = {name: tuple(seen) for name, seen in found.get("pages", {}).items() if same}

    @property
    def known(self) -> bool:
        """Whether there is anything to build upon."""
        return bool(self._pages)

    def holds(self, name: str, mark: str) -> bool:
        """Whether the site's file is just what would be made again of a source with this mark."""
        seen = self._pages.get(name)
        return seen is not None and seen == self._seen(name, mark)

    def begin(self) -> None:
        """From now on, until `done`, nobody may believe in the notes."""
        if self._notes:
            self._notes.unlink(missing_ok=True)

    def done(self, marks: Mapping[str, str]) -> None:
        """Removes what has no source any more, and notes what is there now.

        Args:
            marks: of the source of each of the site's files, by the file's name.
        """
        for name in self._pages.keys() - marks.keys():
            path = self.site / name
            path.unlink(missing_ok=True)
            if path.parent != self.site and path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()
        self._pages = {name: seen for name, mark in marks.items() if (seen := self._seen(name, mark))}
        if self._notes:
            write_json(self._notes, {"site": str(self.site), "shell": self.shell, "pages": self._pages})

    def _seen(self, name: str, mark: str) -> Seen | None:
        try:
            found = (self.site / name).stat()
        except OSError:
            return None
        return mark, found.st_size, found.st_mtime_ns
