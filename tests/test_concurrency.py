"""Many at once on one incident: what was acknowledged is in the file, in the rows and in the index, once.

By hand: `KB_EVENTS=250 python -m pytest tests/test_concurrency.py -s` (8 processes, 250 each: 2,000).
"""

from __future__ import annotations

import multiprocessing
import os
import re
import sqlite3
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from commands import Kb
from databases import database, postgres

from kb import files
from kb.config import load
from kb.journeys import capture
from kb.journeys.base import KnowledgeBase
from kb.journeys.find import Finder
from kb.model import Moment, Question, TimelineEvent
from kb.store import engine

__all__ = ["database", "postgres"]
FORK = multiprocessing.get_context("fork")
PROCESSES = 8
EVENTS = int(os.environ.get("KB_EVENTS", "20"))


def begun(kb: Kb) -> tuple[str, str]:
    """A new incident: its id and its file."""
    made = kb("new", "incident", "Checkout is slow", "--json").json
    return made["id"], made["path"]


def work(root: Path, entry_id: str, number: int, told: Path) -> None:
    """One of those who log, ask and set; it tells what was acknowledged, and how long each took, in seconds."""
    settings = load(root)
    with KnowledgeBase.open(root, settings) as base, told.open("w") as out:
        for n in range(EVENTS):
            word = f"w{number}x{n}"
            began = time.perf_counter()
            record = base.get(entry_id)
            if n % 10 == 4:
                capture.ask(base, record, Question(f"why {word}?"))
            elif n % 10 == 9:
                capture.set_fields(base, record, [("tags", "+=", word)])
            else:
                capture.log(base, record, TimelineEvent(f"saw {word}", Moment(base._work.clock())))
            out.write(f"{word} {time.perf_counter() - began:.3f}\n")


def test_all_that_eight_processes_record_is_there_once(kb: Kb, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if database:
        monkeypatch.setenv("KB_DATABASE", database)
    entry_id, path = begun(kb)
    told = [kb.root / f"told{number}" for number in range(PROCESSES)]
    began = time.perf_counter()
    processes = [FORK.Process(target=work, args=(kb.root, entry_id, n, told[n])) for n in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    lines = [line.split() for file in told for line in file.read_text().splitlines()]
    seconds = sorted(float(took) for _, took in lines)
    print(f"{len(lines)} in {time.perf_counter() - began:.0f} s; one: median {seconds[len(seconds) // 2]} s, "
          f"at most {max(seconds):.2f} s")  # fmt: skip
    acknowledged = {word for word, _ in lines}
    assert len(acknowledged) == PROCESSES * EVENTS
    kb("sync")
    counts = [text_counts(kb.text(path)), rows(kb, database), indexed(kb, entry_id)]
    for found in counts:
        assert {word: found.get(word, 0) for word in acknowledged} == dict.fromkeys(acknowledged, 1)
    assert kb("check").code == 0


def text_counts(text: str) -> dict[str, int]:
    """How often each of the words stands in a text."""
    found: dict[str, int] = {}
    for word in re.findall(r"(?<![a-z0-9])w\dx\d+(?![a-z0-9])", text):
        found[word] = found.get(word, 0) + 1
    return found


def rows(kb: Kb, database: str) -> dict[str, int]:
    """How often each of the words stands in the rows."""
    queries = "select text from events union all select text from questions union all select name from names"
    if database:
        import psycopg

        with psycopg.connect(database.replace("+psycopg", "")) as server:
            return text_counts(" ".join(row[0] for row in server.execute(queries)))
    with sqlite3.connect(kb.root / ".kb/kb.sqlite") as plain:
        found = text_counts(" ".join(row[0] for row in plain.execute(queries)))
    plain.close()
    return found


def indexed(kb: Kb, entry_id: str) -> dict[str, int]:
    """The words by which a search finds the entry; the index holds its newest revision."""
    settings = load(kb.root)
    with KnowledgeBase.open(kb.root, settings) as base:
        finder = Finder(settings, base)
        finder.catch_up()
        record = base.get(entry_id)
    found = {}
    for number in range(0, PROCESSES, 3):
        for n in {4, 9, EVENTS - 1}:
            hits = kb("search", f"w{number}x{n}", "--json").json["hits"]
            found[f"w{number}x{n}"] = sum(hit["id"] == entry_id for hit in hits)
    assert set(found.values()) == {1}
    return text_counts(record.text) | found


def test_whole_commands_at_once(kb: Kb) -> None:
    """As people start them, each a process of its own: none is told of a lock."""
    entry_id, path = begun(kb)
    words = [("log", "saw w{0}x{1}"), ("ask", "why w{0}x{1}?"), ("set", "tags+=w{0}x{1}")]
    running = []
    for n in range(3):
        for number in range(4):
            verb, text = words[(n + number) % 3]
            command = [sys.executable, "-m", "kb", verb, text.format(number, n), "--on", entry_id]
            running.append(subprocess.Popen(command, cwd=kb.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    ended = [(one.communicate()[1], one.returncode) for one in running]
    assert [code for _, code in ended] == [0] * 12, ended
    assert [error for error, _ in ended if b"lock" in error] == []
    kb("sync")
    assert text_counts(kb.text(path)) == {f"w{number}x{n}": 1 for number in range(4) for n in range(3)}


def test_a_lock_that_is_not_given_back_is_waited_for_and_then_named(kb: Kb, monkeypatch: pytest.MonkeyPatch) -> None:
    _, path = begun(kb)
    before = kb.text(path)
    monkeypatch.setattr(files, "Lock", partial(files.Lock, seconds=0.3))
    holder = subprocess.Popen(
        [sys.executable, "-c", f"import filelock, sys\nwith filelock.FileLock({str(kb.root / '.kb/lock')!r}):\n"
         " print('held', flush=True)\n sys.stdin.read()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout
    holder.stdout.readline()
    began = time.perf_counter()
    ran = kb.fails("log", "not now")
    assert ran.code == 15
    assert 0.3 <= time.perf_counter() - began < 5
    assert "another kb command has been writing here for 0.3 seconds" in " ".join(ran.err.split())
    assert kb.text(path) == before
    holder.communicate()
    assert kb("log", "now").code == 0


def test_a_database_somebody_keeps_locked_is_waited_for_and_then_named(kb: Kb, monkeypatch: pytest.MonkeyPatch) -> None:
    _, path = begun(kb)
    before = kb.text(path)
    monkeypatch.setattr(engine, "_PRAGMAS", ("PRAGMA busy_timeout = 300", *engine._PRAGMAS[1:]))
    other = sqlite3.connect(kb.root / ".kb/kb.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ran = kb.fails("log", "not now")
    assert ran.code == 15
    assert "has been locked by another program" in " ".join(ran.err.split())
    assert "nothing was written" in " ".join(ran.err.split())
    assert kb.text(path) == before
    other.execute("ROLLBACK")
    other.close()
    assert kb("log", "now").code == 0
    assert kb.text(path).count("not now") == 0
