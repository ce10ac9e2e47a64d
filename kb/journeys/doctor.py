"""Files, rows, index and history held against each other, and mended from what is left. Nothing is thrown away.

The outer parts come first, for nothing can be said of the inner ones before they are well: the `.kb/` folder and its
lock, the database as a file, its tables, what stands in them, the files, the index.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from kb import files
from kb.config import Settings
from kb.errors import StoreUnavailable
from kb.journeys.base import KnowledgeBase
from kb.journeys.find import Finder
from kb.journeys.record import Progress
from kb.private import FOR_OTHERS
from kb.store import Flaw, database_url
from kb.store.mending import complete, missing, renew

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_DAMAGED = "damaged"
_ASIDE = "damaged-%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong.

    Args:
        part: state, lock, database, schema, text, revision, newest, rows, files or index.
        entry: the entry's id, if it is one's.
        mended: what was done about it; empty when nothing was.
        hint: what to do about it.
    """

    part: str
    what: str
    entry: str = ""
    mended: str = ""
    hint: str = ""


def examine(settings: Settings, repair: bool, told: Progress) -> list[Finding]:
    """Everything that is wrong with a knowledge base, mended if that is wanted.

    Args:
        told: how many of how many entries are done.

    Raises:
        StoreUnavailable: the database cannot be used, and not because it is damaged.
    """
    return list(_Doctor(settings, repair, told).examine())


@dataclass(slots=True)
class _Doctor:
    settings: Settings
    repair: bool
    told: Progress

    @property
    def _url(self) -> URL:
        state = files.state_folder(self.settings.root)
        return database_url(self.settings.database, self.settings.root, state)

    def examine(self) -> Iterator[Finding]:
        yield from self._state()
        broken = list(self._database())
        yield from broken
        if not all(finding.mended for finding in broken):
            return
        with KnowledgeBase.open(self.settings.root, self.settings) as base:
            yield from self._contents(base)
            yield from self._files(base)
            yield from self._index(base)

    def _state(self) -> Iterator[Finding]:
        """The `.kb/` folder, whose rights are set right whenever it is opened, and what lies in it."""
        state = files.state_folder(self.settings.root)
        for name in ("lock", "site.lock"):
            if (state / name).exists() and not (state / name).is_file():
                mended = self._if_wanted(partial(self._put_aside, state / name))
                yield Finding("lock", f"{files.STATE}/{name} is not a file", mended=mended, hint=_REPAIR)
        for path in sorted(state.rglob("*")):
            if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & FOR_OTHERS:
                mended = self._if_wanted(partial(self._close, path))
                what = f"{path.relative_to(state.parent).as_posix()} is open to others"
                yield Finding("state", what, mended=mended, hint=_REPAIR)

    def _database(self) -> Iterator[Finding]:
        """The database as a whole: can it be opened, are its tables there?"""
        try:
            lost = missing(self._url)
        except StoreUnavailable as error:
            if _DAMAGED not in error.message:
                raise
            yield Finding("database", error.message, mended=self._if_wanted(self._renew), hint=_REPAIR)
            return
        if lost:
            mended = self._if_wanted(lambda: self._complete(lost))
            yield Finding("schema", f"the database lacks {', '.join(lost)}", mended=mended, hint=_REPAIR)

    def _contents(self, base: KnowledgeBase) -> Iterator[Finding]:
        """Texts, revisions and rows against each other."""
        found: list[Flaw] = []
        try:
            with base.work.store.reading() as reader:
                found = reader.flaws(self.told)
        except StoreUnavailable as error:
            found = [Flaw("database", "", error.message)]
        if any(flaw.part == "database" for flaw in found):
            base.close()
            what = "; ".join(flaw.what for flaw in found if flaw.part == "database")
            yield Finding("database", what, mended=self._if_wanted(self._renew), hint=_REPAIR)
            return
        for flaw in found:
            yield Finding(flaw.part, flaw.what, flaw.entry, self._if_wanted(partial(self._mend, base, flaw)), _REPAIR)

    def _files(self, base: KnowledgeBase) -> Iterator[Finding]:
        """The files against the texts, after taking in what was changed by hand."""
        report = base.sync(strict=False)
        for problem in report.problems:
            if problem.level == "error":
                yield Finding("files", str(problem), hint=problem.hint)
        told = {*report.held, *report.missing}
        for record in base.records():
            data = files.read(base.work.root, record.path)
            if not {record.path, record.entry.id} & told and data != record.text.encode("utf-8"):
                what = f"{record.path} is not what the database has"
                yield Finding("files", what, record.entry.id, hint="run 'kb sync'")

    def _index(self, base: KnowledgeBase) -> Iterator[Finding]:
        """The index against the texts."""
        finder = Finder(self.settings, base)
        wrong = finder.compare()
        if wrong:
            mended = self._if_wanted(finder.remake)
            yield Finding("index", wrong, mended=mended, hint=_REPAIR)

    def _if_wanted(self, work: Callable[[], str]) -> str:
        return work() if self.repair else ""

    def _mend(self, base: KnowledgeBase, flaw: Flaw) -> str:
        with base.exclusively():
            files.unsettle(base.work.root)
            with base.work.store.writing() as writer:
                return writer.mend(flaw)

    def _renew(self) -> str:
        """A new database from what can be read of the damaged one; the files fill what is missing."""
        aside = files.state_folder(self.settings.root) / f"{self._now()}.sqlite"
        with files.Lock(self.settings.root):
            files.unsettle(self.settings.root)
            copied = renew(self._url, aside)
        with KnowledgeBase.open(self.settings.root, self.settings) as base:
            base.sync(strict=False)
            total = len(base.records())
        kept = f"{copied['entries']} entries and {copied['revisions']} revisions read, {total} entries with the files'"
        return f"{kept}; the damaged one is kept as {files.STATE}/{aside.name}"

    def _complete(self, lost: list[str]) -> str:
        with files.Lock(self.settings.root):
            files.unsettle(self.settings.root)
            complete(self._url)
        return f"{', '.join(lost)} made anew from the texts"

    def _put_aside(self, path: Path) -> str:
        aside = path.with_name(f"{path.name}-{self._now()}")
        path.rename(aside)
        return f"it is now {files.STATE}/{aside.name}"

    @staticmethod
    def _close(path: Path) -> str:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~FOR_OTHERS)
        return "it is yours alone now"

    @staticmethod
    def _now() -> str:
        return f"{datetime.now(UTC).strftime(_ASIDE)}-{token_hex(2)}"


_REPAIR = "'kb check --deep --repair' mends it"
