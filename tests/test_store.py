"""The database: what it keeps, what it refuses, and what it says when it cannot."""

from __future__ import annotations

import random
import sqlite3
import stat
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import database, postgres
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select, text
from storing import ID, PATH, TEXT, in_step, incident, log, opened, put, some_of_each
from strategies import entries

from kb.config import Settings
from kb.errors import ChangedMeanwhile, ConfigurationError, StoreUnavailable
from kb.files import settled, state_folder
from kb.journeys.doctor import examine
from kb.markdown import render
from kb.model import DeploymentLink, Entry, IncidentStatus, Section, snapshot
from kb.store import Draft, Origin, Store, database_url
from kb.store.projection import PROJECTED
from kb.store.tables import index_marks

__all__ = ["database", "postgres"]
NOW = Origin(datetime(2026, 11, 23, tzinfo=UTC), "tester", "kb new")


def store_at(root: Path, url: str = "") -> Store:
    """An open store."""
    store = Store(database_url(url, root, state_folder(root)), "here", shared=bool(url))
    store.join("machine", root)
    return store


@given(entries)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_snapshot_is_the_entry(entry: Entry) -> None:
    assert snapshot.decode(snapshot.encode(entry)) == entry


def test_rows_of_every_kind_go_in_and_out_with_their_entry(tmp_path: Path, database: str) -> None:
    store = store_at(tmp_path, database)
    for entry in some_of_each():
        with store.writing() as writer:
            writer.save(Draft(entry, render(entry), f"entries/{entry.id}.md"), None, NOW)
    with store.reading() as reader:
        assert [found.entry() for found in reader.entries()] == sorted(some_of_each(), key=lambda e: e.id)
        assert reader.ids("release") == [("2026-11-22-release", "Release")]
        assert reader.ids("%") == []
    for entry in some_of_each():
        with store.writing() as writer:
            found = writer.lock(entry.id)
            assert found is not None
            writer.tombstone(found, NOW)
    with store.reading() as reader:
        assert reader.entries() == []
        assert all(not reader._connection.execute(select(table)).all() for table in PROJECTED)
        assert [revision.rev for revision in reader.revisions("app-server-01")] == [1, 2]
        assert reader.text("app-server-01", 2) == render(some_of_each()[2])
    store.close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path, database: str) -> None:
    store = store_at(tmp_path, database)

    def fail() -> None:
        with store.writing() as writer:
            writer.save(Draft(incident(), render(incident()), "entries/x.md"), None, NOW)
            writer.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.reading() as reader:
        assert reader.entries() == []
        assert reader.revisions(incident().id) == []
    store.close()


def test_an_old_copy_of_an_entry_cannot_overwrite_a_newer_one(tmp_path: Path, database: str) -> None:
    store = store_at(tmp_path, database)
    draft = Draft(incident(), render(incident()), "entries/x.md")
    with store.writing() as writer:
        old = writer.save(draft, None, NOW)
    with store.writing() as writer:
        writer.save(draft, old, NOW)
    with pytest.raises(ChangedMeanwhile, match="by somebody else"), store.writing() as writer:
        writer.save(draft, old, NOW)
    with pytest.raises(ChangedMeanwhile), store.writing() as writer:
        writer.save(draft, None, NOW)
    with store.reading() as reader:
        assert [revision.rev for revision in reader.revisions(incident().id)] == [1, 2]
    store.close()


def test_a_writer_who_reads_first_never_loses_another_s_update(tmp_path: Path, database: str) -> None:
    """Eight threads count in one entry: read, add one, write."""
    store = store_at(tmp_path, database)
    with store.writing() as writer:
        writer.save(Draft(incident(), "0", "entries/x.md"), None, NOW)

    def count() -> None:
        mine = store_at(tmp_path, database)
        for _ in range(10):
            with mine.writing() as writer:
                old = writer.lock(incident().id)
                assert old is not None
                writer.save(Draft(incident(), str(int(old.text) + 1), "entries/x.md"), old, NOW)
        mine.close()

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as reader:
        found = reader.entry(incident().id)
    assert found is not None
    assert (found.text, found.rev) == ("80", 81)
    store.close()


def test_times_and_odd_texts_survive_both_databases(tmp_path: Path, database: str) -> None:
    odd = replace(incident(), sections=(Section("Ω", "\u2028 😀 ' \" \\ ; -- %s :x {} \x7f"),))
    with opened(tmp_path, database) as kb:
        kb.create(odd)
        assert kb.records()[0].entry == odd
        assert kb.history(odd.id)[0].at == datetime(2026, 11, 23, tzinfo=UTC)
        assert in_step(tmp_path, kb)


def test_the_whole_day_s_work_on_either_database(tmp_path: Path, database: str) -> None:
    put(tmp_path)
    with opened(tmp_path, database) as kb:
        kb.sync()
        log(kb, "event")
        put(tmp_path, TEXT.replace("Rain.", "Sun."))
        kb.sync()
        assert "event" in (tmp_path / PATH).read_text()
        assert "Sun." in (tmp_path / PATH).read_text()
        kb.index_done("words", kb.index_changes("words").marks)
        assert kb.index_changes("words").upserts == ()
        kb.delete(ID)
        assert kb.index_changes("words").removed == (ID,)
        kb.restore([ID])
        assert in_step(tmp_path, kb)


def test_two_checkouts_of_one_database(tmp_path: Path, postgres: str) -> None:
    """Two machines: what either logs, edits, adds or deletes arrives at the other with its next command."""
    from databases import fresh

    url = fresh(postgres)
    one, two = tmp_path / "one", tmp_path / "two"
    put(one)
    two.mkdir()
    with opened(one, url) as here, opened(two, url) as there:
        here.sync()
        there.sync()
        assert (two / PATH).read_text() == TEXT
        log(here, "from one")
        log(there, "from two")
        put(one, TEXT.replace("Rain.", "Sun."))  # a stale editor on one machine
        here.sync()
        there.sync()
        assert (one / PATH).read_bytes() == (two / PATH).read_bytes()
        text_now = (one / PATH).read_text()
        assert all(words in text_now for words in ("from one", "from two", "Sun."))
        there.create(incident())
        here.sync()
        assert in_step(one, here)
        (one / here.get("checkout").path).unlink()
        here.sync()
        there.sync()
        assert in_step(two, there)
        assert [record.entry.id for record in there.records()] == [ID]


def test_a_clone_joins_a_shared_database_without_parsing_everything_again(tmp_path: Path, postgres: str) -> None:
    from databases import fresh

    url = fresh(postgres)
    put(tmp_path / "one")
    put(tmp_path / "two")
    with opened(tmp_path / "one", url) as kb:
        kb.sync()
    with opened(tmp_path / "two", url) as kb:
        assert kb.sync().changed == ()
        assert len(kb.history(ID)) == 1


def test_a_new_database_is_private(tmp_path: Path) -> None:
    opened(tmp_path).close()
    assert stat.S_IMODE((tmp_path / ".kb").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / ".kb/kb.sqlite").stat().st_mode) == 0o600


def test_sqlite_is_set_to_keep_what_it_acknowledged(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    with store.writing() as writer:
        value = {
            p: writer._connection.scalar(text(f"pragma {p}"))
            for p in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert value == {"journal_mode": "truncate", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}
    store.close()


@pytest.mark.parametrize("damage", ["not a database", "cut", "flipped"])
def test_a_damaged_database_is_named_and_mended_as_the_message_says(tmp_path: Path, damage: str) -> None:
    put(tmp_path)
    with opened(tmp_path) as kb:
        kb.sync()
    file = tmp_path / ".kb/kb.sqlite"
    whole = file.read_bytes()
    file.write_bytes({
        "not a database": b"this is no database, but a text that somebody wrote here",
        "cut": whole[: len(whole) // 2],
        "flipped": whole[:100] + bytes(b ^ 255 for b in whole[100:9000]) + whole[9000:],
    }[damage])  # fmt: skip

    def work() -> None:
        with opened(tmp_path) as kb:
            kb.sync()
            log(kb, "event")

    with pytest.raises(StoreUnavailable) as caught:
        work()
    assert str(file) in caught.value.message
    assert "kb check --deep --repair" in caught.value.hint
    examine(Settings(root=tmp_path), True, lambda done, total: None)
    assert examine(Settings(root=tmp_path), False, lambda done, total: None) == []
    with opened(tmp_path) as kb:
        kb.sync()
        assert kb.get(ID).text == TEXT


def test_a_database_of_a_later_release_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with sqlite3.connect(tmp_path / ".kb/kb.sqlite") as connection:
        connection.execute("update meta set value = '99' where key = 'schema'")
    connection.close()
    with pytest.raises(StoreUnavailable, match="schema 99"):
        opened(tmp_path)


def test_a_database_that_another_program_keeps_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path)
    monkeypatch.setattr("kb.store.engine._PRAGMAS", ("PRAGMA busy_timeout = 100",))
    with opened(tmp_path) as kb:
        kb.sync()
        other = sqlite3.connect(tmp_path / ".kb/kb.sqlite", isolation_level=None)
        other.execute("begin immediate")
        with pytest.raises(StoreUnavailable, match="locked by another program"):
            log(kb, "event")
        other.execute("rollback")
        other.close()
        log(kb, "event")


@pytest.mark.parametrize(
    ("url", "kind"),
    [("nonsense", ConfigurationError), ("sqlite://", ConfigurationError), ("sqlite:///:memory:", ConfigurationError),
     ("nosuch://x/y", ConfigurationError), ("postgresql+nosuch://x/y", ConfigurationError),
     ("sqlite:////nowhere/at/all/x.db", StoreUnavailable)],
)  # fmt: skip
def test_a_wrong_setting_is_a_clear_word(tmp_path: Path, url: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        opened(tmp_path, url)


def test_a_server_that_is_not_there_and_its_password_is_not_told(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreUnavailable) as caught:
        opened(tmp_path, "postgresql+psycopg://kb:geheim@127.0.0.1:9/kb")
    assert "geheim" not in caught.value.message
    assert "127.0.0.1" in caught.value.message


def test_a_search_sees_what_another_checkout_wrote_to_an_sqlite_file_they_share(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    put(one)
    two.mkdir()
    for place in ("sqlite:///../shared.sqlite", "sqlite:///.kb/../../other.sqlite"):
        with opened(one, place) as here, opened(two, place) as there:
            here.sync()
            here.index_done("words", here.index_changes("words").marks)
            there.sync()
            log(there, "from two")
            assert not settled(one, "words")
            here.sync()
            assert [record.entry.id for record in here.index_changes("words").upserts] == [ID]
            here.backup(tmp_path / f"{len(place)}.sqlite")  # shared, but still SQLite
    with opened(one, "sqlite:///.kb/own.sqlite") as kb:
        kb.sync()
        kb.index_done("words", kb.index_changes("words").marks)
        assert settled(one, "words")


def test_marks_of_an_index_that_is_no_more_are_dropped(tmp_path: Path, database: str) -> None:
    store = store_at(tmp_path, database)
    other = Store(database_url(database, tmp_path, state_folder(tmp_path)), "here2", shared=True)
    other.join("machine", tmp_path)
    with store.writing() as writer:
        writer.save(Draft(incident(), render(incident()), "entries/x.md"), None, NOW)
    for each, token in ((other, "old"), (store, "old"), (store, "new")):
        with each.writing() as writer:
            writer.index_done(token, {incident().id: 1})
    with store.reading() as reader:
        found = reader._connection.execute(select(index_marks.c.index)).scalars().all()
    assert sorted(found) == ["here2:old", "here:new"]
    store.close()
    other.close()


def test_a_name_of_many_letters_stops_nobody(tmp_path: Path, database: str) -> None:
    chance = random.Random(1)  # letters without a pattern: a database cannot make them short
    long = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9000))
    link = DeploymentLink(long)
    with opened(tmp_path, database) as kb:
        kb.create(replace(incident(), services=(long,), tags=(long,), deployments=(link,)))
        assert kb.get("checkout").entry.tags == (long,)


def test_a_relative_sqlite_file_is_relative_to_the_root(tmp_path: Path) -> None:
    opened(tmp_path, "sqlite:///shared.sqlite").close()
    assert (tmp_path / "shared.sqlite").exists()


def test_rows_made_by_another_release_are_made_again(tmp_path: Path) -> None:
    put(tmp_path)
    with opened(tmp_path) as kb:
        kb.sync()
        with sqlite3.connect(tmp_path / ".kb/kb.sqlite") as connection:
            connection.execute("update entries set made_by = 'older', model = '{}'")
            connection.execute("delete from events")
        connection.close()
        assert kb.get(ID).entry.title == "All applications down"
        assert kb.sync().changed == ()
        with sqlite3.connect(tmp_path / ".kb/kb.sqlite") as connection:
            assert connection.execute("select count(*) from events").fetchone() == (2,)
        connection.close()


def test_the_mapper_is_never_loaded() -> None:
    """Mapping tables to classes costs every command 150 ms."""
    import subprocess
    import sys

    loaded = "[m for m in sys.modules if m.startswith(('sqlalchemy.orm', 'whoosh', 'mkdocs'))]"
    code = f"import sys, kb.journeys.base; print({loaded})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_open_incident_and_the_one_last_touched(tmp_path: Path, database: str) -> None:
    with opened(tmp_path, database) as kb:
        kb.create(replace(incident("2020-01-01-over"), status=IncidentStatus.RESOLVED))
        kb.create(incident("2020-01-02-open"))
        kb.create(replace(incident("2020-01-03-of-others"), company="Acme", source="https://example.org"))
        kb.change("2020-01-01-over", lambda entry: replace(entry, title="Over and out"), "kb set")
    store = store_at(tmp_path, database)
    with store.reading() as reader:
        assert reader.touched("incident", open_only=True) == ["2020-01-02-open"]
        assert reader.touched(None, open_only=False) == ["2020-01-01-over", "2020-01-02-open"]
    store.close()
