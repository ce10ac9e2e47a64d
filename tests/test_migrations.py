"""Databases that earlier releases made: they open, nothing of them is lost, and a step forward is taken whole or not.

`tests/schemas/` holds what those releases wrote, as SQL. `KB_KILLS=200` kills a step at so many of its statements.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import database, postgres
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from storing import log, opened
from test_sync_processes import run_all

from kb.errors import StoreUnavailable
from kb.journeys.base import KnowledgeBase
from kb.store import migrations, schema
from kb.store.columns import metadata

__all__ = ["database", "postgres"]
SCHEMAS = Path(__file__).parent / "schemas"
INCIDENT = "2026-03-12-checkout-is-slow"
KILLS = int(os.environ.get("KB_KILLS", "8"))


def made_by(release: int, root: Path, database: str) -> None:
    """A database as an earlier release left it, in a folder whose files are gone."""
    if database:
        script = (SCHEMAS / f"{release}.postgresql.sql").read_text()
        with closing(_engine(root, database)) as engine, engine.begin() as connection:
            assert connection.connection.dbapi_connection is not None
            connection.connection.dbapi_connection.execute(script)  # type: ignore[attr-defined]
        return
    state = root / ".kb"
    state.mkdir(mode=0o700)
    with closing(sqlite3.connect(state / "kb.sqlite")) as plain:
        plain.executescript((SCHEMAS / f"{release}.sqlite.sql").read_text())


class _Closing:
    """An engine that is let go of."""

    def __init__(self, engine: Engine) -> None:
        self.begin, self.close = engine.begin, engine.dispose


def _engine(root: Path, database: str) -> _Closing:
    return _Closing(create_engine(database or f"sqlite:///{root / '.kb/kb.sqlite'}"))


def facts(root: Path, database: str) -> dict[str, Any]:
    """What a database holds that no file and no text could give back, and which version it says it is."""
    with closing(_engine(root, database)) as engine, engine.begin() as connection:
        return {
            "version": connection.scalar(text("select value from meta where key = 'schema'")),
            "columns": {column["name"] for column in inspect(connection).get_columns("revisions")},
            "entries": sorted(map(tuple, connection.execute(text("select id, rev, sha256, text from entries")))),
            "revisions": sorted(
                (row[0], row[1], row[2], bytes(row[3]))
                for row in connection.execute(text("select entry, rev, sha256, text from revisions"))
            ),
        }


def all_is_there(kb: KnowledgeBase) -> None:
    """The story that the earlier releases recorded."""
    assert [revision.via for revision in kb.history(INCIDENT)] == ["kb new incident", "kb log", "kb ask"]
    entry = kb.get(INCIDENT).entry
    assert [event.text for event in entry.timeline] == ["Pool at its limit."]
    assert [question.text for question in entry.questions] == ["What else runs there?"]
    assert "Pool at its limit." not in kb.text_at(INCIDENT, 1)
    assert [revision.rev for revision in kb.history("app-server-01")] == [1, 2], "a deleted one keeps its history"
    assert "app-server-01" not in [record.entry.id for record in kb.records()]


def rows_of(root: Path, database: str) -> list[tuple[Any, ...]]:
    with closing(_engine(root, database)) as engine, engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text("select entry, text, by from events order by position"))]


@pytest.mark.parametrize("release", [1, 2])
def test_what_an_earlier_release_made_opens(tmp_path: Path, database: str, release: int) -> None:
    made_by(release, tmp_path, database)
    before = facts(tmp_path, database)
    with opened(tmp_path, database) as kb:
        kb.restore()
        all_is_there(kb)
        log(kb, "Found.", INCIDENT)
        assert kb.sync().problems == ()
    after = facts(tmp_path, database)
    assert after["version"] == str(schema.SCHEMA)
    assert set(before["revisions"]) < set(after["revisions"])
    assert rows_of(tmp_path, database) == [(INCIDENT, "Pool at its limit.", "ana"), (INCIDENT, "Found.", "")]


@pytest.mark.parametrize("release", [1, 2])
def test_brought_forward_the_tables_are_those_of_a_new_database(tmp_path: Path, database: str, release: int) -> None:
    made_by(release, tmp_path, database)
    with opened(tmp_path, database):
        pass
    with closing(_engine(tmp_path, database)) as engine, engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_steps_lead_to_the_version_of_this_release() -> None:
    steps = ScriptDirectory(str(migrations.FOLDER))
    assert steps.get_heads() == [str(schema.SCHEMA)]
    assert [step.revision for step in steps.walk_revisions()] == [str(n) for n in range(schema.SCHEMA, 0, -1)]


def test_several_open_it_at_the_same_moment(tmp_path: Path, database: str) -> None:
    made_by(1, tmp_path, database)

    def work(number: int) -> None:
        with opened(tmp_path, database) as kb:
            kb.restore()
            log(kb, f"event {number}.", INCIDENT)

    run_all(work, 6)
    with opened(tmp_path, database) as kb:
        assert len(kb.get(INCIDENT).entry.timeline) == 7
        assert len(kb.history(INCIDENT)) == 9


def test_a_later_release_is_named(tmp_path: Path, database: str) -> None:
    with opened(tmp_path, database):
        pass
    with closing(_engine(tmp_path, database)) as engine, engine.begin() as connection:
        connection.execute(text("update meta set value = '99' where key = 'schema'"))
    with pytest.raises(StoreUnavailable, match=f"has schema 99; this release of kb knows {schema.SCHEMA}") as told:
        opened(tmp_path, database)
    assert told.value.hint == "install the release that made it"
    assert facts(tmp_path, database)["version"] == "99"


STEP = '''
"""A step of a later release: a column that must have a value, another type, an index."""
from alembic import op
from sqlalchemy import Column, Integer, Text

revision = "3"
down_revision = "2"


def upgrade():
    with op.batch_alter_table("revisions", recreate="auto") as table:
        table.add_column(Column("place", Text, nullable=False, server_default="here"))
    with op.batch_alter_table("entries", recreate="always" if op.get_bind().dialect.name == "sqlite" else "never") as t:
        t.alter_column("title", new_column_name="heading")
    op.create_index("ix_revisions_place", "revisions", ["place"])
'''


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that is one step further."""
    folder = tmp_path / "steps"
    shutil.copytree(migrations.FOLDER, folder)
    (folder / "versions/v3.py").write_text(STEP)
    monkeypatch.setattr(migrations, "FOLDER", folder)
    monkeypatch.setattr(schema, "SCHEMA", 3)
    # the rows are made anew by the statement below, which knows the tables of this release
    monkeypatch.setattr(migrations, "PROJECTED", ())


def test_a_table_of_the_record_that_is_made_anew_takes_nothing_with_it(
    tmp_path: Path, database: str, later: None
) -> None:
    """SQLite changes a table by making another and dropping the first, which would take every revision along."""
    made_by(2, tmp_path, database)
    before = facts(tmp_path, database)
    provide(tmp_path, database)
    after = facts(tmp_path, database)
    assert after["version"] == "3"
    assert "place" in after["columns"]
    assert (after["entries"], after["revisions"]) == (before["entries"], before["revisions"])
    with closing(_engine(tmp_path, database)) as engine, engine.begin() as connection:
        assert not database or connection.scalar(text("select count(*) from revisions where place = 'here'"))
        if not database:
            assert connection.execute(text("pragma foreign_key_check")).all() == []


def provide(root: Path, database: str, kill_at: int = 0) -> None:
    """What opening a database does; a kill at one of its statements, if that is wanted."""
    from kb.config import Settings
    from kb.store import engine
    from kb.store.engine import database_url

    done = 0

    def count(*_: object) -> None:
        nonlocal done
        done += 1
        if done == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    if kill_at:
        event.listen(Engine, "before_cursor_execute", count)
    engine.open_engine(database_url(Settings(root=root, database=database).database, root, root / ".kb")).dispose()
    if kill_at:
        os._exit(0)


def killed_at(statement: int, root: Path, database: str) -> bool:
    """Whether there was such a statement to be killed at."""
    if (child := os.fork()) == 0:
        try:
            provide(root, database, statement)
        finally:
            os._exit(1)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_a_step_that_is_killed_was_taken_as_a_whole_or_not_at_all(tmp_path: Path, database: str, later: None) -> None:
    """Killed at statement after statement; then it is as it was, and in the end it is as it should be."""
    made_by(1, tmp_path, database)
    before = facts(tmp_path, database)
    kills = 0
    statement = 1
    while kills < KILLS and killed_at(statement, tmp_path, database):
        kills += 1
        assert facts(tmp_path, database) == before, f"half a step at statement {statement}"
        statement += 1 if KILLS > 8 else 2
    assert kills >= 3
    provide(tmp_path, database)
    after = facts(tmp_path, database)
    assert (after["version"], after["revisions"]) == ("3", before["revisions"])


def test_tables_of_rows_are_replaced_whole_when_killed(tmp_path: Path, database: str) -> None:
    made_by(1, tmp_path, database)
    for statement in (3, 20, 50):
        killed_at(statement, tmp_path, database)
    with opened(tmp_path, database) as kb:
        kb.restore()
        all_is_there(kb)
        assert rows_of(tmp_path, database) == [(INCIDENT, "Pool at its limit.", "ana")]


@pytest.mark.parametrize("release", [0, 1, 2])
def test_what_takes_a_step_is_loaded_only_to_take_one(tmp_path: Path, release: int) -> None:
    if release:
        made_by(release, tmp_path, "")
    script = (
        "import sys; from pathlib import Path; from storing import opened; "
        f"opened(Path({str(tmp_path)!r})).close(); print('alembic' in sys.modules)"
    )
    path = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[1])])
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == f"{release == 1}\n"


def test_a_known_version_costs_one_statement(tmp_path: Path, database: str) -> None:
    with opened(tmp_path, database):
        pass
    asked: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        provide(tmp_path, database)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert [" ".join(statement.split()[:2]) for statement in asked if statement != "BEGIN"] == ["SELECT meta.value"]
