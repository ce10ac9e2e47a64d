"""The database held against itself: is it sound, are all tables there, is every text what its digest says, do the rows
say what the texts say?"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Table, inspect, select, text

from kb.model.snapshot import maker
from kb.store import tables
from kb.store.columns import metadata
from kb.store.projection import PROJECTED, rows
from kb.store.stored import Flaw, Stored

_REVISION = tables.revisions.c
_MOST = 20


def missing_parts(connection: Connection) -> list[str]:
    """Tables and columns that this release needs and are not there: `events`, `entries.title`."""
    found = inspect(connection)
    there = {name: {column["name"] for column in found.get_columns(name)} for name in found.get_table_names()}
    lost = [table.name for table in metadata.sorted_tables if table.name not in there]
    return lost + [
        f"{table.name}.{column.name}" for table in metadata.sorted_tables if table.name in there
        for column in table.columns if column.name not in there[table.name]
    ]  # fmt: skip


def flaws(connection: Connection, entries: list[Stored], told: Callable[[int, int], None]) -> Iterator[Flaw]:
    """Everything in a database that does not agree.

    Args:
        entries: all entries, deleted ones too.
        told: how many of how many entries are done.
    """
    if connection.dialect.name == "sqlite":
        yield from _unsound(connection)
    for number, stored in enumerate(entries, 1):
        yield from _of_texts(connection, stored)
        if stored.deleted_at is None and stored.made_by == maker():
            yield from _of_rows(connection, stored)
        told(number, len(entries))


def _unsound(connection: Connection) -> Iterator[Flaw]:
    for (said,) in connection.execute(text(f"PRAGMA integrity_check({_MOST})")):
        if said != "ok":
            yield Flaw("database", "", f"SQLite says: {said}")
    for row in connection.execute(text("PRAGMA foreign_key_check")).fetchmany(_MOST):
        yield Flaw("rows", "", f"a row of {row[0]} belongs to no {row[2]}")


def _of_texts(connection: Connection, stored: Stored) -> Iterator[Flaw]:
    """The texts of an entry against their digests, and the newest against the entry."""
    if hashlib.sha256(stored.text.encode("utf-8")).hexdigest() != stored.sha256:
        yield Flaw("text", stored.id, "the text is not what its digest says")
    newest = 0
    columns = _REVISION.rev, _REVISION.sha256, _REVISION.text
    for rev, sha in connection.execute(
        select(*columns[:2]).where(_REVISION.entry == stored.id).order_by(_REVISION.rev)
    ):
        try:
            kept = connection.scalar(select(columns[2]).where(_REVISION.entry == stored.id, _REVISION.rev == rev))
            sound = kept is not None and hashlib.sha256(kept.encode("utf-8")).hexdigest() == sha
        except (zlib.error, ValueError, sqlite3.Error):
            kept, sound = None, False
        if not sound:
            yield Flaw("revision", stored.id, f"revision {rev} cannot be read, or is not what its digest says", rev)
        elif rev == stored.rev and kept != stored.text:
            yield Flaw("text", stored.id, f"the text is another than that of its newest revision, {rev}")
        newest = max(newest, rev)
    if newest != stored.rev:
        yield Flaw("newest", stored.id, f"the newest revision kept is {newest}, the entry is of revision {stored.rev}")


def _of_rows(connection: Connection, stored: Stored) -> Iterator[Flaw]:
    """What is derived from the text against what would be derived from it now."""
    entry = stored.entry()
    if entry is None:
        return
    wanted = rows(entry)
    for table in PROJECTED:
        found = connection.execute(select(table).where(table.c.entry == stored.id)).mappings()
        if sorted(map(_plain(table), found)) != sorted(map(_plain(table), wanted.get(table, []))):
            yield Flaw("rows", stored.id, f"the rows in {table.name} are not what the text says")


def _plain(table: Table) -> Callable[[Any], str]:
    names = [column.key for column in table.columns]
    return lambda row: repr([row.get(name) for name in names])
