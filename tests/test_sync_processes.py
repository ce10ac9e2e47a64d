"""Several processes at once, and processes that are killed: what was acknowledged is kept, the rest heals itself."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from databases import database, fresh, postgres
from storing import ID, PATH, TEXT, ask, change, in_step, incident, log, opened, put

from kb import files
from kb.journeys.base import KnowledgeBase
from kb.journeys.record import NewEntry

__all__ = ["database", "postgres"]
FORK = multiprocessing.get_context("fork")


def run_all(work: Callable[[int], None], count: int) -> None:
    """Runs the work in so many processes at once."""
    processes = [FORK.Process(target=work, args=(number,)) for number in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * count


def test_eight_processes_log_ask_and_set_at_once_and_an_editor_saves_in_between(tmp_path: Path, database: str) -> None:
    each = 25 if database == "" else 10
    put(tmp_path)
    with opened(tmp_path, database) as kb:
        kb.sync()

    def work(number: int) -> None:
        with opened(tmp_path, database) as mine:
            for n in range(each):
                if n % 10 == 4:
                    ask(mine, f"question {number}.{n}.")
                elif n % 10 == 9:
                    change(mine, impact=f"set {number}.{n}.")
                else:
                    log(mine, f"event {number}.{n}.")

    editor = threading.Thread(target=type_into, args=(tmp_path / PATH, 20))
    editor.start()
    run_all(work, 8)
    editor.join()
    with opened(tmp_path, database) as kb:
        report = kb.sync()
        assert report.problems == ()
        text = (tmp_path / PATH).read_text()
        logged = [f"event {number}.{n}." for number in range(8) for n in range(each) if n % 10 not in (4, 9)]
        asked = [f"question {number}.{n}." for number in range(8) for n in range(each) if n % 10 == 4]
        assert [words for words in logged + asked if text.count(words) != 1] == []
        assert [n for n in range(20) if f"typed {n}." not in text] == []
        assert sum(1 for revision in kb.history(ID) if revision.via == "kb set") == 8 * (each // 10)
        assert in_step(tmp_path, kb)
        assert {event.text for event in kb.get(ID).entry.timeline} >= set(logged)


def type_into(file: Path, times: int) -> None:
    """A person who adds a line now and then to what the file shows, and saves by rename."""
    for n in range(times):
        text = file.read_text()
        temporary = file.with_name("4913~")
        temporary.write_text(text.replace("Rain.", f"Rain.\n\ntyped {n}."))
        temporary.replace(file)
        time.sleep(0.05)


@pytest.mark.parametrize("seed", range(3))
def test_killed_again_and_again_nothing_acknowledged_is_lost(tmp_path: Path, seed: int) -> None:
    """Twelve rounds of two writers, killed at a random moment; then the next command, and a look at everything."""
    chance = random.Random(seed)
    put(tmp_path)
    with opened(tmp_path) as kb:
        kb.sync()
    acknowledged: set[str] = set()
    for kill in range(12):
        writers = [Writer(tmp_path, f"{kill}.{n}") for n in range(2)]
        time.sleep(chance.uniform(0.0, 0.25))
        for writer in writers:
            acknowledged |= writer.kill()
        with opened(tmp_path) as kb:
            kb.sync()
            assert in_step(tmp_path, kb)
            texts = [event.text for event in kb.get(ID).entry.timeline]
            assert acknowledged <= set(texts)
            assert len(texts) == len(set(texts)), "nothing twice"
            assert kb.problems == ()
        assert not [p.name for p in (tmp_path / PATH).parent.iterdir() if p.name.startswith(".kb-")]
    with sqlite3.connect(tmp_path / ".kb/kb.sqlite") as plain:
        assert plain.execute("pragma integrity_check").fetchone() == ("ok",)
        assert plain.execute("select count(*) from events").fetchone() == (len(texts),)
    plain.close()
    shutil.rmtree(tmp_path / ".kb")
    with opened(tmp_path) as kb:
        kb.sync()
        assert [event.text for event in kb.get(ID).entry.timeline] == texts


class Writer:
    """A process that logs as fast as it can and tells what was acknowledged."""

    def __init__(self, root: Path, name: str) -> None:
        self._told, tell = os.pipe()
        self._pid = os.fork()
        if self._pid:
            os.close(tell)
            return
        try:
            with opened(root) as kb:
                for n in range(10_000):
                    words = f"event {name}.{n}."
                    log(kb, words)
                    os.write(tell, f"{words}\n".encode())
        finally:
            os._exit(1)

    def kill(self) -> set[str]:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        with os.fdopen(self._told) as told:
            return {line.rstrip("\n") for line in told if line.endswith("\n")}


STEPS = [
    "kb.files.exchange._temporary", "kb.files.exchange._rename", "kb.files.exchange.sync_folder",
    "kb.files.exchange._put_aside", "kb.store.writer.Writer.mark_file", "kb.store.store.Writer.keep",
    "kb.store.writer.Writer.flush", "kb.files.state.sync_folder",
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_each_step_of_a_change(tmp_path: Path, step: str, when: str) -> None:
    put(tmp_path)
    with opened(tmp_path) as kb:
        kb.sync()
        kb.index_done("words", kb.index_changes("words").marks)
    if (child := os.fork()) == 0:
        try:
            with pytest.MonkeyPatch.context() as patch, opened(tmp_path) as mine:
                patch.setattr(step, fatal(step, when))
                log(mine, "event")
                put(tmp_path, (tmp_path / PATH).read_text().replace("Rain.", "Sun."))
                log(mine, "another")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    settled = files.settled(tmp_path, "words")
    with opened(tmp_path) as kb:
        assert not settled or kb.get(ID).rev == 1, "a search that opened no database would miss the event"
        report = kb.sync()
        assert report.problems == ()
        assert in_step(tmp_path, kb)
        events = [event.text for event in kb.get(ID).entry.timeline]
        assert events[2:] in ([], ["event"], ["event", "another"])
        assert kb.sync().changed == ()
        assert len(kb.index_changes("words").upserts) == (0 if kb.get(ID).rev == 1 else 1)


@pytest.mark.parametrize("step", STEPS[:4])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_a_new_entry_is_made(tmp_path: Path, step: str, when: str) -> None:
    if (child := os.fork()) == 0:
        try:
            with pytest.MonkeyPatch.context() as patch, opened(tmp_path) as mine:
                patch.setattr(step, fatal(step, when))
                mine.create(incident())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    with opened(tmp_path) as kb:
        assert kb.sync().problems == ()
        assert [record.entry for record in kb.records()] == [incident()]
        assert in_step(tmp_path, kb)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["kb.store.writer.Writer.hold", "kb.files.keep_save", "kb.files.exchange._rename"])
def test_killed_while_a_faulty_file_gives_way_to_its_last_good_version(tmp_path: Path, step: str, when: str) -> None:
    put(tmp_path)
    with opened(tmp_path) as kb:
        kb.create_many([NewEntry(incident(f"2020-01-0{n}-x")) for n in range(1, 6)])
        kb.sync()
        put(tmp_path, "ruined")
        kb.sync()
    if (child := os.fork()) == 0:
        try:
            with pytest.MonkeyPatch.context() as patch, opened(tmp_path) as mine:
                patch.setattr(step, fatal(step, when))
                mine.restore([ID])
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    with opened(tmp_path) as kb:
        assert not [change for change in kb.sync().changed if change.what == "deleted"]
        assert kb.get(ID).text == TEXT
        kept = tmp_path / ".kb/saved"
        assert "ruined" in [(tmp_path / PATH).read_text(), *(p.read_text() for p in kept.glob("*"))]
        kb.restore([ID])
        assert (tmp_path / PATH).read_text() == TEXT
        assert in_step(tmp_path, kb)


def fatal(step: str, when: str) -> Callable[..., object]:
    """The step, with the process killed before or after it."""
    import importlib

    module, _, name = step.rpartition(".")
    try:
        original = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        package, _, owner = module.rpartition(".")
        original = getattr(getattr(importlib.import_module(package), owner), name)

    def killed(*arguments: object) -> object:
        if when == "after":
            original(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    return killed


def test_a_stale_editor_in_forty_random_histories(tmp_path: Path) -> None:
    """An editor opens the file, commands come, it saves what it had and a line more: no event and no line is lost."""
    chance = random.Random(7)
    put(tmp_path)
    with opened(tmp_path) as kb:
        kb.sync()
        wanted: list[str] = []
        for case in range(40):
            buffer = (tmp_path / PATH).read_text()
            for n in range(chance.randrange(4)):
                words = f"event {case}.{n}."
                (log if chance.random() < 0.7 else ask)(kb, words)
                wanted.append(words)
            typed = f"typed {case}."
            put(tmp_path, buffer.replace("Rain.", f"Rain.\n{typed}", 1))
            wanted.append(typed)
            if chance.random() < 0.3:
                put(tmp_path, buffer.replace("Rain.", f"Rain.\n{typed} again.", 1))
            if chance.random() < 0.6:
                report = kb.sync()
                assert report.problems == ()
        kb.sync()
        text = (tmp_path / PATH).read_text()
        assert [words for words in wanted if words not in text] == []
        assert in_step(tmp_path, kb)


def test_two_processes_open_a_new_knowledge_base_at_the_same_moment(tmp_path: Path, database: str) -> None:
    put(tmp_path)

    def work(_: int) -> None:
        with opened(tmp_path, database) as kb:
            kb.sync()

    run_all(work, 6)
    with opened(tmp_path, database) as kb:
        assert kb.get(ID).text == TEXT
        assert len(kb.history(ID)) == 1


def test_several_checkouts_with_several_writers_each(tmp_path: Path, postgres: str) -> None:
    """Three machines, two people on each, one entry: afterwards all have everything, once."""
    url = fresh(postgres)
    roots = [tmp_path / f"checkout {number}" for number in range(3)]
    for root in roots:
        root.mkdir()
    put(roots[0])
    with opened(roots[0], url) as kb:
        kb.sync()

    def work(number: int) -> None:
        with opened(roots[number % 3], url) as mine:
            mine.sync()
            for n in range(8):
                log(mine, f"event {number}.{n}.")

    run_all(work, 6)
    for root in roots:
        with opened(root, url) as kb:
            assert kb.sync().problems == ()
            assert in_step(root, kb)
    texts = {(root / PATH).read_text() for root in roots}
    assert len(texts) == 1
    assert [n for n in range(6 * 8) if texts.copy().pop().count(f"event {n // 8}.{n % 8}.") != 1] == []


def test_reading_goes_on_while_others_write(tmp_path: Path) -> None:
    put(tmp_path)
    with opened(tmp_path) as kb:
        kb.sync()

    def work(number: int) -> None:
        with opened(tmp_path) as mine:
            for n in range(30):
                if number:
                    look(mine)
                else:
                    log(mine, f"event {n}.")

    run_all(work, 4)


def look(kb: KnowledgeBase) -> None:
    """What `kb list` does."""
    assert [record.entry.id for record in kb.records()] == [ID]
