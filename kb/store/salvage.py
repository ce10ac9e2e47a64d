"""What can still be read of a damaged SQLite database, copied row by row into a new one.

SQLite stops at the first damaged page; the rows before it and behind it are still there. They are asked for by their
numbers, in ever smaller steps around the damage. Only a text that is what its digest says is believed.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

_STEP = 256
_FAR = 1 << 20
"""Rows looked for when the damage hides how many there are."""
_TABLES = ("entries", "checkouts", "revisions")
"""What cannot be made again from the files; in this order, for rows belong to rows."""


def salvage(damaged: Path, connection: Connection) -> dict[str, int]:
    """Copies what is sound into new, empty tables; how many rows of each table that were.

    Args:
        connection: to the new database, in a transaction.
    """
    copied = dict.fromkeys(_TABLES, 0)
    known: set[str] = set()
    with contextlib.closing(sqlite3.connect(f"file:{damaged}?mode=ro&immutable=1", uri=True)) as old:
        for table in _TABLES:
            for row in _rows(old, table):
                if not _sound(table, row) or (table == "revisions" and row["entry"] not in known):
                    continue
                if table == "entries":
                    row["made_by"] = ""  # its rows are made anew by the next sync
                    known.add(str(row["id"]))
                names = ", ".join(f'"{name}"' for name in row)
                marks = ", ".join("?" * len(row))
                with contextlib.suppress(Exception):  # a row that is there twice, or belongs to no other
                    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
                    copied[table] += 1
    return copied


def _rows(old: sqlite3.Connection, table: str) -> Iterator[dict[str, object]]:
    old.row_factory = sqlite3.Row
    try:
        last = old.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0] or 0
    except sqlite3.Error:
        last = _FAR if _readable(old, table) else 0
    start = 1
    while start <= last:
        yield from _between(old, table, start, min(start + _STEP - 1, last))
        start += _STEP


def _readable(old: sqlite3.Connection, table: str) -> bool:
    """Whether anything of a table can be read at all."""
    with contextlib.suppress(sqlite3.Error):
        old.execute(f"SELECT rowid FROM {table} LIMIT 1").fetchone()
        return True
    return False


def _between(old: sqlite3.Connection, table: str, first: int, last: int) -> Iterator[dict[str, object]]:
    """Rows by their numbers; a stretch that cannot be read is halved until only the damaged rows are left out."""
    try:
        found = [dict(r) for r in old.execute(f"SELECT * FROM {table} WHERE rowid BETWEEN ? AND ?", (first, last))]
    except (sqlite3.Error, UnicodeDecodeError):
        if first < last:
            middle = (first + last) // 2
            yield from _between(old, table, first, middle)
            yield from _between(old, table, middle + 1, last)
        return
    yield from found


def _sound(table: str, row: dict[str, object]) -> bool:
    if table == "checkouts":
        return isinstance(row.get("id"), str)
    try:
        kept = row["text"]
        text = zlib.decompress(kept) if isinstance(kept, bytes) else str(kept).encode("utf-8")
    except (zlib.error, UnicodeEncodeError):
        return False
    return hashlib.sha256(text).hexdigest() == row["sha256"]
