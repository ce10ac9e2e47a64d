"""The tables, made in a new database and brought forward in one that an earlier release made.

Which version a database is of stands in it, in the table `meta`. A release that knows the version asks no more; Alembic
is loaded only to go from one version to the next, which happens as a whole or not at all, on SQLite too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, insert, inspect, select, text, update
from sqlalchemy.exc import OperationalError, ProgrammingError

from kb.errors import StoreUnavailable
from kb.store import tables
from kb.store.columns import metadata

SCHEMA = 2
"""The version of the tables: the number of the last step in `kb/store/migrations/versions`."""
_MAKING_TABLES = 0x6B62  # any number that is ours: "kb"


def provide(engine: Engine) -> None:
    """Makes the tables, or brings them forward, unless they are there as this release knows them.

    Raises:
        StoreUnavailable: a later release made them, or a step forward failed; nothing was changed.
    """
    with engine.connect() as connection:
        found = _version(connection)
    if found is None or 0 < found < SCHEMA:
        with _alone(engine) as connection:
            _bring(connection)
            found = _known(connection)
    if found != SCHEMA:
        raise StoreUnavailable(
            f"the database has schema {found}; this release of kb knows {SCHEMA}", "install the release that made it"
        )


@contextlib.contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One transaction in which nobody else makes tables."""
    with engine.execution_options(kb_writing=True).connect() as connection:
        if connection.dialect.name == "sqlite":
            _without_foreign_keys(connection)
        with connection.begin():
            if connection.dialect.name == "postgresql":  # two that make the tables at once would both fail
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKING_TABLES})
            yield connection


def _without_foreign_keys(connection: Connection) -> None:
    """SQLite changes a table by making another, and dropping the first would take the rows that belong to it along."""
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys = OFF")  # within a transaction it would do nothing


def _bring(connection: Connection) -> None:
    """The tables of this release, unless somebody else has made them meanwhile."""
    found = _known(connection)
    if found is None:
        metadata.create_all(connection)
        connection.execute(insert(tables.meta).values(key="schema", value=str(SCHEMA)))
    elif 0 < found < SCHEMA:
        from kb.store.migrations import migrate

        migrate(connection, found)
        connection.execute(update(tables.meta).where(tables.meta.c.key == "schema").values(value=str(SCHEMA)))


def _version(connection: Connection) -> int | None:
    """The version of the tables that are there, by one query where there are some; None when there are none."""
    try:
        return _said(connection)
    except (OperationalError, ProgrammingError):
        connection.rollback()
        return _known(connection)


def _known(connection: Connection) -> int | None:
    """The same, asked so that a transaction survives the answer that there are none."""
    return _said(connection) if inspect(connection).has_table(tables.meta.name) else None


def _said(connection: Connection) -> int:
    value = connection.scalar(select(tables.meta.c.value).where(tables.meta.c.key == "schema"))
    return int(value) if value and value.isdecimal() else 0
