"""What the database hands out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kb.model import Entry
from kb.model.snapshot import decode, maker


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as the database keeps it: the newest revision of its text."""

    id: str
    kind: str
    rev: int
    path: str
    text: str
    sha256: str
    model: str
    made_by: str
    deleted_at: datetime | None

    def entry(self) -> Entry | None:
        """What the text says, without reading it again; None if another release wrote that down."""
        return decode(self.model) if self.made_by == maker() else None


@dataclass(frozen=True, slots=True)
class Draft:
    """A revision to be kept: the entry, its exact text, and the file it is to be found in."""

    entry: Entry
    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Who made a revision, when, and through what: a command, or `file` when it was edited by hand."""

    at: datetime
    by: str
    via: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a checkout's file of an entry is, and which revision it holds.

    Args:
        path: the file; where it would be written, if there is none.
        file_rev: None if the checkout has never had it, 0 if it waits to be written the first time.
        sha256: digest of what the file held when last looked at.
        outdated: another release made the rows.
    """

    id: str
    rev: int
    deleted: bool
    path: str
    file_rev: int | None
    sha256: str
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """One change of an entry.

    Args:
        via: the command, or `file` when it was edited by hand.
        checkout: which checkout it came from.
    """

    rev: int
    sha256: str
    at: datetime
    by: str
    via: str
    checkout: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in the database that does not agree with the rest.

    Args:
        part: database, schema, text, revision, newest or rows: what has to be mended.
        entry: the entry's id; empty when it is none's.
        what: in words.
        rev: the revision, of a revision.
    """

    part: str
    entry: str
    what: str
    rev: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """By what a revision of ours is known."""

    entry: str
    rev: int
    sha256: str
    at: datetime
    checkout: str
