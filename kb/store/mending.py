"""A database made whole again: tables that are missing, or a file that is damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.engine import URL

from kb.errors import StoreUnavailable
from kb.store import tables
from kb.store.columns import metadata
from kb.store.engine import guarded, open_engine
from kb.store.inspection import missing_parts
from kb.store.projection import PROJECTED
from kb.store.salvage import salvage


def missing(url: URL) -> list[str]:
    """Tables and columns that should be there and are not, of a database that is of this release.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    with guarded(url):
        engine = open_engine(url)
        try:
            with engine.connect() as connection:
                return missing_parts(connection)
        finally:
            engine.dispose()


def complete(url: URL) -> None:
    """Makes the missing tables; one of derived rows that lacks a column is made anew, to be filled by the next sync.

    Raises:
        StoreUnavailable: the database cannot be used, or a column is missing that holds what nothing else holds.
    """
    with guarded(url):
        engine = open_engine(url)
        with engine.execution_options(kb_writing=True).begin() as connection:
            metadata.drop_all(connection, PROJECTED)
            metadata.create_all(connection)
            left = missing_parts(connection)
            if not left:
                connection.execute(update(tables.entries).values(made_by=""))
        engine.dispose()
    if left:
        raise StoreUnavailable(f"the database lacks {', '.join(left)}", "restore a backup of it")


def renew(url: URL, aside: Path) -> dict[str, int]:
    """A new database with all that can be read of a damaged SQLite one, which is put aside; how many rows that were.

    Raises:
        StoreUnavailable: the database is not SQLite, or there is no room.
    """
    if url.get_backend_name() != "sqlite":
        raise StoreUnavailable("a damaged PostgreSQL database is mended by its own tools", "restore a backup of it")
    file = Path(str(url.database))
    made = file.with_name(f"{file.name}.new")
    made.unlink(missing_ok=True)
    new = url.set(database=str(made))
    with guarded(url):
        engine = open_engine(new)
        with engine.execution_options(kb_writing=True).begin() as connection:
            copied = salvage(file, connection)
        engine.dispose()
        made.with_name(f"{made.name}-journal").unlink(missing_ok=True)
        shutil.copy2(file, aside)
        journal = file.with_name(f"{file.name}-journal")
        if journal.exists():  # it belongs to the damaged one, and would be played into the new one
            journal.rename(aside.with_name(f"{aside.name}-journal"))
        made.replace(file)
    return copied
