"""The tables of the record, `entries` and `revisions`, and of the marks that say what is written and indexed.

Typed tables of SQLAlchemy's core: mapping them to classes as well would take every command 150 ms longer to start.
"""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text, TypedColumns

from kb.store.columns import (
    Packed,
    Utc,
    checkout_key,
    digest,
    entry_key,
    long_text,
    metadata,
    number,
    position,
    time,
    word,
)


class _MetaColumns(TypedColumns):
    """Facts about the database itself: the version of its schema."""

    key = Column(String(32), primary_key=True)
    value = long_text()


meta = Table("meta", metadata, _MetaColumns)


class _EntryColumns(TypedColumns):
    """The newest revision of each entry: its exact text, and what is asked of it most.

    `model` is the parsed entry, so that listing need not parse; `made_by` says which parser made it and the rows.
    `path` is where the file was last seen or written, whichever checkout that was.
    """

    id = Column(String(96), primary_key=True)
    kind = word(index=True)
    rev = number()
    path = long_text()
    title = long_text()
    visibility = word()
    sha256 = digest(index=True)
    made_by = word()
    deleted_at = time()
    text = long_text()  # last, so that SQLite reaches the short columns without reading it
    model = long_text()


entries = Table("entries", metadata, _EntryColumns)


class _RevisionColumns(TypedColumns):
    """Every text an entry ever had, who made it, when and through what."""

    entry = entry_key()
    rev = position()
    sha256 = digest(index=True)
    text = Column(Packed, nullable=False)
    at = Column(Utc, nullable=False)
    by = long_text()
    via = long_text()
    checkout = word()


revisions = Table("revisions", metadata, _RevisionColumns)


class _CheckoutColumns(TypedColumns):
    """A folder somewhere in which the entries lie as files."""

    id = Column(String(32), primary_key=True)
    machine = long_text()
    path = long_text()


checkouts = Table("checkouts", metadata, _CheckoutColumns)


class _CheckoutFileColumns(TypedColumns):
    """Which revision of an entry a checkout's file holds; `file_rev` 0 while it waits to be written the first time."""

    checkout = checkout_key()
    entry = entry_key()
    path = long_text()
    file_rev = number()
    file_sha = digest()


checkout_files = Table("checkout_files", metadata, _CheckoutFileColumns)


class _HeldFileColumns(TypedColumns):
    """A file that could not be taken in; `entry` names the one it belongs to, if that is known."""

    checkout = checkout_key()
    path = Column(Text, primary_key=True)
    sha256 = digest()
    entry = Column(String(96))


held_files = Table("held_files", metadata, _HeldFileColumns)


class _IndexMarkColumns(TypedColumns):
    """Which revision of an entry a search index of a checkout holds."""

    index = Column(String(96), primary_key=True)
    entry = entry_key()
    rev = number()


index_marks = Table("index_marks", metadata, _IndexMarkColumns)
