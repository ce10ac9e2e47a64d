"""The steps from one version of the tables to the next, by Alembic.

Only the tables of the record and of the marks are changed by a step. What is derived from the texts is thrown away and
made again by the next sync, whatever version it was of, so no step need know how.
"""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, update

from kb.store import tables
from kb.store.columns import metadata
from kb.store.projection import PROJECTED

FOLDER = Path(__file__).parent
"""Where the steps lie, as Alembic expects them: each a file in `versions`, named by its number."""


def migrate(connection: Connection, found: int) -> None:
    """Takes all steps behind a version, in the transaction that is open.

    On SQLite foreign keys must be off: Alembic changes a table there by making it anew.

    Args:
        found: the version of the tables that are there.
    """
    steps = list(ScriptDirectory(str(FOLDER)).iterate_revisions("head", str(found)))
    with Operations.context(MigrationContext.configure(connection)):
        for step in reversed(steps):
            step.module.upgrade()
    metadata.drop_all(connection, PROJECTED)
    metadata.create_all(connection, PROJECTED)
    connection.execute(update(tables.entries).values(made_by=""))  # nobody's, so the next sync makes the rows
