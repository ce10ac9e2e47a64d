"""What the knowledge base hands out: records, and what a sync, a restore or an index update found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kb.errors import StoreUnavailable
from kb.markdown import parse
from kb.model import Entry, Problem
from kb.store import Stored

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


@dataclass(frozen=True, slots=True)
class Record:
    """An entry as it is recorded.

    Args:
        path: its file, relative to the knowledge base.
        rev: its revision, counted from 1.
        text: the exact text of that revision.
        stale: the file has a fault and waits to be mended; this is its last good version.
    """

    entry: Entry
    path: str
    rev: int
    text: str
    stale: bool = False

    @property
    def library(self) -> bool:
        """A well-known incident of another company: shown apart and never counted."""
        return self.path.startswith("entries/library/")


class Changed(NamedTuple):
    """What a sync did with an entry: added, edited, merged, moved, deleted, revived, written or brought up to date."""

    id: str
    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A conflict of an entry: both versions are kept, in the file and in the database."""

    id: str
    path: str
    where: str
    kept: str
    other: str

    def problem(self) -> Problem:
        """The conflict as something to mend."""
        message = f"{self.where} was changed in two places; both versions are kept"
        return Problem(self.path, 1, message, "choose one and delete the other under '## Unresolved conflicts'")


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync found and did.

    Args:
        held: files that could not be taken in; `problems` says why.
        missing: entries whose files have disappeared in numbers; they are kept until somebody says yes.
        unchanged: how many files were as they were.
    """

    changed: tuple[Changed, ...] = ()
    problems: tuple[Problem, ...] = ()
    held: tuple[str, ...] = ()
    conflicts: tuple[Clash, ...] = ()
    missing: tuple[str, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """Which files were written back.

    Args:
        written: id and path of each.
        unchanged: how many entries had their file already.
    """

    written: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be recorded.

    Args:
        path: its file, from the root; empty for the usual place.
        text: its exact text, if it is to be another than kb would write.
    """

    entry: Entry
    path: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class IndexChanges:
    """What a search index lacks.

    Args:
        upserts: entries to index, by id.
        removed: ids to take out.
        marks: to be handed to `index_done` when that has been done.
    """

    upserts: tuple[Record, ...]
    removed: tuple[str, ...]
    marks: Mapping[str, int]


def record_of(stored: Stored, path: str, stale: frozenset[str] = frozenset()) -> Record:
    """A record from what the database keeps; the text is only parsed when another release wrote it.

    Args:
        stale: ids of the entries whose file is held.
    """
    entry = stored.entry() or parse(stored.text).entry
    if entry is None:
        raise StoreUnavailable(f"the text of {stored.id} in the database cannot be read", "restore a backup")
    return Record(entry, path, stored.rev, stored.text, stored.id in stale)


def stale_ids(held: Mapping[str, tuple[str, str | None]]) -> frozenset[str]:
    """The entries whose files are held."""
    return frozenset(entry_id for _, entry_id in held.values() if entry_id)
