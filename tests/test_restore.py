"""Lose either, lose nothing: files brought back from the database, the database from the files, backups from both."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storing import ID, PATH, TEXT, in_step, incident, log, opened, put, some_of_each, tree
from strategies import entries

from kb.errors import AlreadyExists, ChangedMeanwhile, NotFound, StoreUnavailable
from kb.journeys.record import NewEntry
from kb.markdown import parse


def test_deleting_every_file_loses_nothing(tmp_path: Path) -> None:
    put(tmp_path, "\ufeff" + TEXT.replace("\n", "\r\n"), "entries/somewhere/else.md")
    with opened(tmp_path) as kb:
        kb.sync()
        for entry in some_of_each():
            kb.create(entry)
        log(kb, "event")
        before = tree(tmp_path)
        shutil.rmtree(tmp_path / "entries")
        with pytest.raises(ChangedMeanwhile):
            kb.sync()
        assert len(kb.records()) == 4
        report = kb.restore()
    assert len(report.written) == 4
    assert tree(tmp_path) == before


def test_even_a_single_file_that_was_the_only_one_is_not_forgotten(tmp_path: Path) -> None:
    put(tmp_path)
    with opened(tmp_path) as kb:
        kb.sync()
        shutil.rmtree(tmp_path / "entries")
        kb.sync(strict=False)
        assert kb.restore().written == ((ID, PATH),)
    assert (tmp_path / PATH).read_text() == TEXT


def test_a_few_missing_files_are_written_back_not_deleted(tmp_path: Path) -> None:
    put(tmp_path)
    with opened(tmp_path) as kb:
        kb.sync()
        kb.create_many([NewEntry(incident(f"2020-01-0{n}-x")) for n in range(1, 6)])
        before = tree(tmp_path)
        (tmp_path / PATH).unlink()
        report = kb.restore()
        assert (report.written, report.unchanged) == (((ID, PATH),), 5)
        assert tree(tmp_path) == before
        assert kb.restore().written == ()


def test_files_and_database_lost_one_after_the_other(tmp_path: Path) -> None:
    with opened(tmp_path) as kb:
        for entry in some_of_each():
            kb.create(entry)
        answers = [(record.entry, record.path) for record in kb.records()]
        before = tree(tmp_path)
    for _ in range(3):
        shutil.rmtree(tmp_path / ".kb")
        with opened(tmp_path) as kb:
            kb.sync()
            shutil.rmtree(tmp_path / "entries")
            kb.restore()
            assert [(record.entry, record.path) for record in kb.records()] == answers
        assert tree(tmp_path) == before


@given(st.lists(entries, max_size=4, unique_by=lambda entry: entry.id))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_entry_comes_back_the_same_from_files_and_from_rows(
    tmp_path_factory: pytest.TempPathFactory, found: list
) -> None:
    root = tmp_path_factory.mktemp("kb")
    with opened(root) as kb:
        kb.create_many([NewEntry(entry) for entry in found])
        assert [record.entry for record in kb.records()] == sorted(found, key=lambda entry: entry.id)
        before = tree(root)
    shutil.rmtree(root / ".kb")
    with opened(root) as kb:
        kb.sync()
        assert [record.entry for record in kb.records()] == sorted(found, key=lambda entry: entry.id)
        shutil.rmtree(root / "entries", ignore_errors=True)
        kb.restore()
    assert tree(root) == before


def test_the_last_good_version_instead_of_a_faulty_file(tmp_path: Path) -> None:
    put(tmp_path)
    with opened(tmp_path) as kb:
        kb.sync()
        put(tmp_path, "ruined")
        kb.sync()
        log(kb, "event")
        assert kb.restore([ID]).written == ((ID, PATH),)
        assert "event" in (tmp_path / PATH).read_text()
        assert in_step(tmp_path, kb)
        assert not kb.get(ID).stale
        assert kb.sync().problems == ()
    assert [kept.read_text() for kept in (tmp_path / ".kb/saved").iterdir()] == ["ruined"]


def test_restoring_what_was_never_there(tmp_path: Path) -> None:
    with opened(tmp_path) as kb, pytest.raises(NotFound):
        kb.restore(["nothing"])


def test_history_tells_who_did_what(tmp_path: Path) -> None:
    put(tmp_path)
    with opened(tmp_path) as kb:
        kb.sync()
        log(kb, "event")
        kb.delete(ID, by="the tidy one")
        kb.restore([ID])
        assert [(revision.rev, revision.via, revision.by) for revision in kb.history(ID)] == [
            (1, "file", ""), (2, "kb log", "tester"), (3, "kb delete", "the tidy one"), (4, "kb restore", ""),
        ]  # fmt: skip
        assert kb.text_at(ID, 1) == TEXT
        assert parse(kb.text_at(ID, 4)).ok
        with pytest.raises(NotFound):
            kb.text_at(ID, 9)
        with pytest.raises(NotFound):
            kb.history("nothing")


def test_a_backup_made_while_others_write_is_whole(tmp_path: Path) -> None:
    put(tmp_path)
    with opened(tmp_path) as kb, opened(tmp_path) as other:
        kb.sync()
        log(other, "before")
        target = tmp_path / "copy.sqlite"
        kb.backup(target)
        log(other, "after")
        with pytest.raises(AlreadyExists):
            kb.backup(target)
        with pytest.raises(StoreUnavailable):
            kb.backup(tmp_path / "nowhere" / "copy.sqlite")
    shutil.rmtree(tmp_path / "entries")
    shutil.rmtree(tmp_path / ".kb")
    (tmp_path / ".kb").mkdir()
    target.rename(tmp_path / ".kb" / "kb.sqlite")
    with opened(tmp_path) as kb:
        kb.restore()
        text = (tmp_path / PATH).read_text()
    assert "before" in text
    assert "after" not in text


def test_a_backup_is_private_and_one_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "copy.sqlite"
    with opened(tmp_path) as kb:
        with monkeypatch.context() as patch:
            patch.setattr("kb.store.store._sqlite", _broken)
            with pytest.raises(StoreUnavailable):
                kb.backup(target)
        assert not target.exists()
        mask = os.umask(0)
        try:
            kb.backup(target)
        finally:
            os.umask(mask)
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(AlreadyExists):
            kb.backup(tmp_path / "link")
        assert not (tmp_path / "elsewhere").exists()


def _broken(_: str) -> sqlite3.Connection:
    raise sqlite3.OperationalError("disk I/O error")


def test_the_database_is_plain_to_read_with_sql(tmp_path: Path) -> None:
    put(tmp_path)
    with opened(tmp_path) as kb:
        kb.sync()
        log(kb, "event")
    with sqlite3.connect(tmp_path / ".kb/kb.sqlite") as plain:
        assert plain.execute("select status, severity, started from incidents").fetchall() == [
            ("investigating", "sev1", "2019-03-12 14:00:00.000000")
        ]
        assert plain.execute("select text, at from events order by position").fetchall()[0] == (
            "Release 4.10 deployed.", "2019-03-12 10:00:00.000000",
        )  # fmt: skip
        assert plain.execute("select name from services order by position").fetchall() == [
            ("storefront",),
            ("back office",),
        ]
        assert plain.execute("select name from names where field = 'tags'").fetchall() == [("unknown-software",)]
        assert plain.execute("select item from items where field = 'symptoms'").fetchall() == [("m2x8qa",), ("c4k1ze",)]
        assert plain.execute("select text from entries").fetchone()[0] == (tmp_path / PATH).read_text()
