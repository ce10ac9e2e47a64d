"""Opening the database so that an acknowledged change is a kept change.

SQLite: a writer takes the lock before it reads (`BEGIN IMMEDIATE`), waits for others up to 30 seconds, and a commit is
on the disk when it returns. Other databases: rows are locked with `SELECT … FOR UPDATE`.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from kb.errors import ChangedMeanwhile, ConfigurationError, StoreUnavailable
from kb.store import schema, server

WAIT_SECONDS = 30
_FILE = "kb.sqlite"
_PRAGMAS = (
    f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}",
    "PRAGMA journal_mode = TRUNCATE",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


def database_url(url: str, root: Path, state: Path) -> URL:
    """The database meant by the setting; a relative SQLite path is relative to the root.

    Raises:
        ConfigurationError: the setting is no database URL.
    """
    try:
        found = make_url(url or f"sqlite:///{state / _FILE}")
    except ArgumentError:
        hint = "give one such as postgresql+psycopg://host/name"
        raise ConfigurationError("database: not a database URL", hint) from None
    if found.get_backend_name() == "sqlite":
        if not found.database or found.database == ":memory:":
            raise ConfigurationError("database: SQLite needs a file", "leave the setting out to use .kb/kb.sqlite")
        found = found.set(database=str(root / found.database))
    return found


def open_engine(url: URL) -> Engine:
    """A connected engine whose tables are there and of a version this release knows.

    Raises:
        ConfigurationError: the driver is not installed.
        StoreUnavailable: the database cannot be reached, is damaged, or is of a later release.
    """
    try:
        own = {"poolclass": NullPool} if url.get_backend_name() == "sqlite" else server.options(url)
        engine = create_engine(url, **own)
    except (ImportError, NoSuchModuleError) as error:
        raise ConfigurationError(f"database: {error}", "install 'postmortem-kb[postgres]'") from None
    if url.get_backend_name() == "sqlite":
        _make_private(Path(str(url.database)))
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    server.prepare(engine)
    with guarded(url):
        schema.provide(engine)
    return engine


@contextlib.contextmanager
def guarded(url: URL) -> Iterator[None]:
    """Turns what a database can do to us into a clear word.

    Raises:
        StoreUnavailable: the database is damaged, full, locked for too long, read-only or out of reach.
        ChangedMeanwhile: another checkout recorded the same thing in the same instant.
    """
    try:
        yield
    except IntegrityError as error:
        raise ChangedMeanwhile(f"the database refused the change: {error.orig}", "try again") from error
    except DBAPIError as error:
        raise unavailable(error.orig or error, url) from error
    except sqlite3.DatabaseError as error:
        raise unavailable(error, url) from error


def unavailable(error: BaseException, url: URL) -> StoreUnavailable:
    """What to tell the user about a database error."""
    said = str(error).strip().split("\n")[0]
    if url.get_backend_name() != "sqlite":
        return server.unavailable(said, url)
    if "locked" in said:
        return StoreUnavailable(
            f"{url.database} has been locked by another program for {WAIT_SECONDS} seconds",
            "close whatever has it open and try again; nothing was written",
        )
    if "malformed" in said or "not a database" in said or "encrypted" in said:
        return StoreUnavailable(
            f"the database {url.database} is damaged ({said})",
            "'kb check --deep --repair' mends it from what is left and from the entry files",
        )
    return StoreUnavailable(f"the database {url.database} cannot be used: {said}", "see the disk and its rights")


def _make_private(file: Path) -> None:
    """A new file is ours alone (0600) from the beginning: SQLite would follow the umask."""
    with contextlib.suppress(OSError):
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own lazy BEGIN loses updates; `_begin_sqlite` does it
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("kb_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
