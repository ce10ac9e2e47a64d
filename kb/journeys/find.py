"""Have we seen this before? The index brought up to date where it is not, and asked.

When nothing has changed since the last command the database is not even opened; when it cannot be, search still works
on what was last indexed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from kb import files
from kb.config import OFFLINE_FOLDER, Settings
from kb.errors import ReadOnly
from kb.model import Match, Problem, Suggestion

if TYPE_CHECKING:
    from kb.journeys.base import KnowledgeBase
    from kb.journeys.record import Progress
    from kb.model import Entry
    from kb.search.finder import Results
    from kb.search.index import Index

T = TypeVar("T")


@dataclass
class Finder:
    """Asks the index of a knowledge base.

    Args:
        base: the knowledge base when it is open and synced already.
        progress: told how many of how many entries are indexed, when there are many to index.
        away: why the database server cannot be reached, when only the files here were searched.
    """

    settings: Settings
    base: KnowledgeBase | None = None
    progress: Progress | None = None
    problems: tuple[Problem, ...] = ()
    away: str = ""
    _stale: frozenset[str] = frozenset()
    _current: bool = False

    def search(self, words: str, limit: int = 10) -> Results:
        """The entries that answer a query of `kb search`."""
        found = self.ask(lambda index: index.search(words, limit))
        return replace(found, hits=self._marked(found.hits))

    def similar(self, about: str | Entry, limit: int = 10) -> list[Match]:
        """The past incidents that resemble a text or an entry."""
        return self._marked(self.ask(lambda index: index.similar(about, limit)))

    def questions(self, about: str | Entry, limit: int = 10) -> list[Suggestion]:
        """The questions worth asking now."""
        return self.ask(lambda index: index.questions(about, limit))

    def catch_up(self) -> None:
        """Bring the index up to date without asking it anything."""
        self.ask(lambda index: None)

    def compare(self) -> str:
        """What the index says that the database does not, after it was brought up to date; empty when they agree."""
        from kb.search.index import IndexDamaged

        assert self.base is not None
        try:
            self._take_in(self.base)
            indexed = self._index.contents()
        except IndexDamaged as error:
            return error.message
        records = {record.entry.id: (record.rev, record.entry) for record in self.base.records()}
        wrong = sorted(name for name in indexed.keys() | records.keys() if indexed.get(name) != records.get(name))
        return f"the index differs from the texts in {', '.join(wrong[:5])}" if wrong else ""

    def remake(self) -> str:
        """Makes the index anew from the texts; says so."""
        self._index.reset()
        assert self.base is not None
        self._take_in(self.base)
        return "made anew from the texts"

    def _marked(self, hits: list[Match]) -> list[Match]:
        """Hits whose files have a fault are known by it: what is shown is the last good version."""
        return [replace(hit, stale=True) if hit.entry.id in self._stale else hit for hit in hits]

    @cached_property
    def _index(self) -> Index:
        from kb.search import meaning, vocabulary
        from kb.search.index import Index

        state = files.state_folder(self.settings.root)
        model = meaning.model(self.settings.semantic, self.settings.root)
        words = vocabulary.load(self.settings.words, cache=state / "vocabulary.json")
        place = self.base.work.state if self.base else state / OFFLINE_FOLDER if self.away else state
        return Index(place / "index", words, meaning.Meanings(state, model) if model else None)

    def ask(self, question: Callable[[Index], T]) -> T:
        """What the index says, after it was brought up to date; once more where it was damaged."""
        from kb.search.index import IndexDamaged

        for attempt in (1, 2):
            try:
                if not self._current:  # one command answers all its questions from one state
                    self._caught_up()
                    self._current = True
                self._index.understand(self.progress)
                return question(self._index)
            except IndexDamaged:
                if attempt == 2:
                    raise
                self._index.reset()
                self._current = False
        raise AssertionError("unreachable")

    def _caught_up(self) -> None:
        root, token = self.settings.root, self._index.token
        if self.base:
            if files.indexed(root, token):  # the files were looked at when the base was synced
                self._stale = self.base.stale()
            else:
                self._take_in(self.base)
            return
        if files.settled(root, token):
            return
        from kb.journeys.base import KnowledgeBase

        with KnowledgeBase.open(self.settings.root, self.settings, files_alone=True) as base:
            self.problems = base.sync(strict=False).problems
            if base.work.away:
                self.away = base.work.away
                del self._index  # it is of what the server has; there is one of the files alone
            self._take_in(base)

    def _take_in(self, base: KnowledgeBase) -> None:
        with contextlib.suppress(ReadOnly):  # then the index answers as it is
            self._index_changes(base)
        self._stale = base.stale()

    def _index_changes(self, base: KnowledgeBase) -> None:
        with base.exclusively():  # else a slower command could put an older revision over a newer one
            changes = base.index_changes(self._index.token)
            total, told = len(changes.upserts), self.progress
            upserts = ((record.entry, record.path, record.rev) for record in changes.upserts)
            if changes.marks:
                self._index.update(upserts, changes.removed, (lambda done: told(done, total)) if told else None)
            base.index_done(self._index.token, changes.marks)
