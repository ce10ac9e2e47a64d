"""One knowledge base on a PostgreSQL server, worked on from several machines at once, while the server is not well.

`KB_EVENTS=100 pytest tests/test_shared.py` makes it 4 checkouts x 4 writers x 100 events.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import threading
import time
from pathlib import Path

import pytest
from databases import Server, fresh, server
from sqlalchemy import Table, Transaction
from sqlalchemy.exc import OperationalError
from storing import ID, PATH, TEXT, in_step, log, opened, put

from kb.errors import KbError, StoreUnavailable
from kb.store import Writer

__all__ = ["server"]

FORK = multiprocessing.get_context("fork")
EVENTS = int(os.environ.get("KB_EVENTS", "8"))
CHECKOUTS, WRITERS = 4, 4


def until_acknowledged(root: Path, url: str, words: str) -> None:
    """Logs an event as a patient person does: when the server is away, wait, look whether it was kept, do it again."""
    while True:
        try:
            with opened(root, url) as kb:
                if all(event.text != words for event in kb.get(ID).entry.timeline):
                    log(kb, words)
                return
        except StoreUnavailable:
            time.sleep(0.1)


def test_four_checkouts_with_four_writers_each_on_a_server_that_is_killed(tmp_path: Path, server: Server) -> None:
    url = fresh(server.url)
    roots = [tmp_path / f"checkout {number}" for number in range(CHECKOUTS)]
    for root in roots:
        root.mkdir()
        if root == roots[0]:
            put(root)
        with opened(root, url) as kb:
            kb.sync()
    offline = roots[-1]

    def work(number: int) -> None:
        root = roots[number % CHECKOUTS]
        for n in range(EVENTS):
            if root == offline and n == EVENTS // 3:
                time.sleep(3)  # its network is gone for a while; somebody edits the file meanwhile
            until_acknowledged(root, url, f"event {number}.{n}.")

    stop = threading.Event()

    def trouble() -> None:
        chance = random.Random(1)
        for _ in range(max(12, EVENTS)):  # a slow machine gets through at last
            if stop.wait(chance.uniform(0.5, 2.0)):
                return
            if chance.random() < 0.5:
                server.drop_connections()
            else:
                server.kill()
                time.sleep(0.3)
                server.start()

    processes = [FORK.Process(target=work, args=(number,)) for number in range(CHECKOUTS * WRITERS)]
    for process in processes:
        process.start()
    troubles = threading.Thread(target=trouble)
    troubles.start()
    time.sleep(1)
    put(offline, (offline / PATH).read_text().replace("Rain.", "Rain.\n\ntyped offline."))
    for process in processes:
        process.join()
    stop.set()
    troubles.join()
    assert [process.exitcode for process in processes] == [0] * len(processes)
    for _ in range(2):
        for root in roots:
            with opened(root, url) as kb:
                assert kb.sync().problems == ()
    texts = set()
    for root in roots:
        with opened(root, url) as kb:
            assert in_step(root, kb)
            texts.add((root / PATH).read_text())
    (text,) = texts
    wanted = [f"event {number}.{n}." for number in range(CHECKOUTS * WRITERS) for n in range(EVENTS)]
    assert [words for words in wanted if text.count(words) != 1] == []
    assert text.count("typed offline.") == 1


def test_a_checkout_that_was_offline_brings_its_edits_and_gets_everybody_elses(tmp_path: Path, server: Server) -> None:
    url = fresh(server.url)
    here, away = tmp_path / "here", tmp_path / "away"
    put(here)
    away.mkdir()
    for root in (here, away):
        with opened(root, url) as kb:
            kb.sync()
    with opened(here, url) as kb:
        log(kb, "logged here")
    put(away, TEXT.replace("Nobody knows yet.", "An unknown service.").replace("Rain.", "Snow."))
    with opened(here, url) as kb:
        kb.change(ID, lambda entry: entry, "kb set")
        log(kb, "logged here too")
    put(here, (here / PATH).read_text().replace("Rain.", "Hail."))
    for root in (here, away, here):
        with opened(root, url) as kb:
            report = kb.sync()
    assert (here / PATH).read_text() == (away / PATH).read_text()
    text = (here / PATH).read_text()
    for words in (
        "logged here <!--",
        "logged here too",
        "An unknown service.",
        "Snow.",
        "Hail.",
        "## Unresolved conflicts",
    ):
        assert words in text, words
    assert report.problems == () or all("both versions are kept" in problem.message for problem in report.problems)


def test_when_the_server_is_away_it_is_said_and_nothing_is_half_done(tmp_path: Path, server: Server) -> None:
    url = fresh(server.url)
    put(tmp_path)
    with opened(tmp_path, url) as kb:
        kb.sync()
    server.kill()
    with pytest.raises(StoreUnavailable) as told, opened(tmp_path, url) as kb:
        log(kb, "lost")
    assert (told.value.exit_code, "nothing was recorded" in told.value.hint) == (15, True)
    assert (tmp_path / PATH).read_text() == TEXT
    server.start()
    with opened(tmp_path, url) as kb:
        log(kb, "found")
        assert "lost" not in kb.get(ID).text


@pytest.mark.parametrize("kept", [True, False])
def test_a_commit_whose_answer_is_lost_is_looked_up(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    url = fresh(server.url)
    put(tmp_path)
    with opened(tmp_path, url) as kb:
        kb.sync()
        commit, flush = Transaction.commit, Writer.flush

        def lost(self: Transaction) -> None:
            monkeypatch.undo()
            if kept:
                commit(self)
            else:
                self.rollback()
            raise OperationalError("commit", {}, Exception("server closed the connection"), connection_invalidated=True)

        def flushed(self: Writer, *tables: Table) -> None:
            flush(self, *tables)
            if self.kept and not tables:
                monkeypatch.setattr(Transaction, "commit", lost)

        monkeypatch.setattr(Writer, "flush", flushed)
        if kept:
            log(kb, "event")
        else:
            with pytest.raises(KbError):
                log(kb, "event")
        assert [event.text for event in kb.get(ID).entry.timeline].count("event") == kept
    with opened(tmp_path, url) as kb:
        kb.sync()
        assert in_step(tmp_path, kb)


def test_search_follows_and_each_checkout_indexes_only_what_changed(tmp_path: Path, server: Server) -> None:
    url = fresh(server.url)
    one, two = tmp_path / "one", tmp_path / "two"
    put(one)
    for n in range(5):
        put(one, TEXT.replace(ID, f"2019-03-13-other-{n}"), f"entries/incidents/2019/2019-03-13-other-{n}.md")
    two.mkdir()
    for root in (one, two):
        with opened(root, url) as kb:
            kb.sync()
            kb.index_done("words", kb.index_changes("words").marks)
    with opened(one, url) as kb:
        log(kb, "event")
        assert [record.entry.id for record in kb.index_changes("words").upserts] == [ID]
        kb.index_done("words", kb.index_changes("words").marks)
    with opened(two, url) as kb:
        kb.sync()
        changes = kb.index_changes("words")
        assert [record.entry.id for record in changes.upserts] == [ID]
        kb.index_done("words", changes.marks)
        assert kb.index_changes("words").marks == {}
    with opened(one, url) as kb:
        kb.delete(ID)
    with opened(two, url) as kb:
        kb.sync()
        assert kb.index_changes("words").removed == (ID,)
