"""Commands killed, or given errors, at chosen calls to the system; after each, whether all is well again.

A process of its own, started with `faulty.c` loaded before the C library: it has kb imported already, and forks for
every try. It prints one JSON line a try that went wrong, and a last one with how many there were.

`python tests/crash/campaign.py LIBRARY FOLDER COMMAND KILLS MOMENTS ERRORS SEED`
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent.parent))

import typer.main
from mutants import MUTANTS

from crash.commands import BEGINNING, COMMANDS, INCIDENT, Command
from kb.cli.app import run
from kb.config import load
from kb.journeys.base import KnowledgeBase
from kb.journeys.find import Finder
from kb.search import vocabulary
from kb.search.index import _place

vocabulary.load = functools.cache(vocabulary.load)  # it is the same in every try, and takes longer than the rest

typer.main.get_command = functools.cache(typer.main.get_command)

if mutant := os.environ.get("KB_MUTANT"):
    MUTANTS[mutant][0]()

OFF, COUNT, KILL, FAIL_ONCE, FAIL_FROM = range(5)
ALLOWED = {0, 3, 10, 11, 12, 13, 14, 15}


class Disk:
    """The disk that fails on purpose."""

    def __init__(self, library: str) -> None:
        self._library = ctypes.CDLL(library)
        self._library.faulty_seen.restype = ctypes.c_long

    def arm(self, root: Path, mode: int, at: int = 0, error: int = 0, record: int = -1) -> None:
        """From now on, in this process."""
        self._library.faulty_arm(os.fsencode(root), mode, ctypes.c_long(at), error, record)

    @property
    def seen(self) -> int:
        """How many calls there were since."""
        return int(self._library.faulty_seen())


def call(root: Path, words: tuple[str, ...], stdin: str = "") -> tuple[int, str, str]:
    """A command within this process: its exit code, answer and talk."""
    out, err = io.StringIO(), io.StringIO()
    there = {"KB_ROOT": str(root), "COLUMNS": "80", "EDITOR": str(root.parent / "editor"), "KB_SEMANTIC": "off"}
    argv = ["kb", *(word.format(root=root, outside=root.parent) for word in words)]
    given = io.TextIOWrapper(io.BytesIO(stdin.encode()))
    code = 0
    with (
        mock.patch.object(sys, "argv", argv), mock.patch.object(sys, "stdin", given),
        mock.patch.dict(os.environ, there), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err),
    ):  # fmt: skip
        try:
            run()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:
            code, _ = 1, err.write(traceback.format_exc())
    return code, out.getvalue(), err.getvalue()


def template(folder: Path) -> Path:
    """A knowledge base with something of each kind, indexed."""
    root = folder / "template" / "base"
    root.mkdir(parents=True)
    for words in BEGINNING:
        code, _, err = call(root, words)
        assert code == 0, (words, err)
    return root


def fresh(origin: Path, folder: Path) -> Path:
    """A copy of the template to break."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(origin.parent, folder)
    about = folder / "base/.kb/index/kb.json"  # else the copy's index would be made anew
    told = json.loads(about.read_text())
    about.write_text(json.dumps({**told, "place": _place(about.parent)}))
    return folder / "base"


def forked(work: object, *arguments: object) -> tuple[int, str]:
    """Runs something in a child; its exit status (negative: the signal) and what it said."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            said = work(*arguments, writing)  # type: ignore[operator]
            if said:
                os.write(writing, str(said).encode()[:60_000])
            os._exit(0)
        except BaseException:
            os.write(writing, traceback.format_exc().encode()[-60_000:])
            os._exit(70)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace")
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), said


def attempt(disk: Disk, root: Path, command: Command, mode: int, at: int, error: int, _pipe: int) -> str:
    """The command on the armed disk; what became of it as JSON."""
    disk.arm(root, mode, at, error)
    code, out, err = call(root, command.words, command.stdin)
    seen = disk.seen
    disk.arm(root, OFF)
    return json.dumps({"code": code, "out": out, "err": err, "seen": seen})


def healed(root: Path, command: Command, acknowledged: bool, _pipe: int) -> str:
    """The next command; then what is wrong: files, rows and index must agree, and nothing acknowledged be lost."""
    settings = load(root)
    index = Finder(settings)
    index.catch_up()  # what a search does; it opens the database only if something seems to be left to do
    held_indexed = index._index.revisions()
    with KnowledgeBase.open(root, settings) as base:
        report = base.sync(strict=False)
        if report.changed:
            return f"one command was not enough to heal it: {report.changed}"
        records = {record.path: record.text.encode() for record in base.records()}
        revisions = {record.entry.id: record.rev for record in base.records()}
    held = set(report.held)
    if held_indexed != revisions:
        return f"the index has {held_indexed}, the database {revisions}"
    there = {str(p.relative_to(root)): p.read_bytes() for p in (root / "entries").rglob("*.md")}
    if {
        path for path in there if path not in held and there[path] != records.get(path)
    } or records.keys() - there.keys():
        return f"files and rows differ: {sorted(there)} {sorted(records)}"
    if found := _wrong(root, command, acknowledged, records):
        return found
    return ""


def _wrong(root: Path, command: Command, acknowledged: bool, records: dict[str, bytes]) -> str:
    with contextlib.closing(sqlite3.connect(root / ".kb/kb.sqlite")) as plain:
        sound = plain.execute("pragma integrity_check").fetchone()
        events = plain.execute("select count(*) from events").fetchone()[0]
    if sound != ("ok",):
        return f"the database is damaged: {sound}"
    if events != sum(text.count(b"<!-- e:") for text in records.values()):
        return "rows and texts differ"
    if left := [p.name for p in (root / "entries").rglob(".kb-*")]:
        return f"left behind: {left}"
    if not command.kept:
        return ""
    times = sum(text.decode().count(command.kept) for text in records.values())
    if times > 1 or (acknowledged and times != 1):
        return f"acknowledged: {acknowledged}, but it is there {times} times"
    return ""


@dataclass(frozen=True)
class Try:
    """One way to break a command.

    Args:
        how: kill, moment, or the name of an error.
        at: at which call, counted from 1.
        after: seconds until the kill, of a moment.
        once: only that call fails, not all that follow.
    """

    how: str
    at: int
    after: float = 0.0
    once: bool = False

    @property
    def mode(self) -> int:
        """What the disk is told."""
        return KILL if self.how == "kill" else FAIL_ONCE if self.once else FAIL_FROM


def broken(disk: Disk, origin: Path, name: str, one: Try) -> str:
    """One try; what went wrong, or nothing."""
    command = COMMANDS[name]
    root = fresh(origin, origin.parents[1] / "try")
    if command.prepare:
        command.prepare(root)
    mode, error = one.mode, 0 if one.how == "kill" else getattr(errno, one.how)
    status, said = forked(attempt, disk, root, command, mode, one.at, error)
    acknowledged = False
    if status == 0:
        told = json.loads(said)
        acknowledged = told["code"] == 0
        if told["code"] not in ALLOWED or "Traceback" in told["err"]:
            return f"ended with {told['code']}: {told['err']}"
        if mode in (FAIL_ONCE, FAIL_FROM) and told["code"] and "error:" not in told["err"]:
            return f"ended with {told['code']} without a word: {told['err']}"
    elif status != -signal.SIGKILL:
        return f"status {status}: {said}"
    code, wrong = forked(healed, root, command, acknowledged)
    return wrong or (f"status {code}" if code else "")


def shot(origin: Path, name: str, after: float) -> str:
    """One try, killed after some seconds, wherever it is."""
    command = COMMANDS[name]
    root = fresh(origin, origin.parents[1] / "try")
    if command.prepare:
        command.prepare(root)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code, _, _ = call(root, command.words, command.stdin)
        os.write(writing, b"y" if code == 0 else b"n")
        os._exit(0)
    os.close(writing)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        acknowledged = pipe.read() == b"y"
    code, wrong = forked(healed, root, command, acknowledged)
    return wrong or (f"status {code}" if code else "")


def calls(disk: Disk, origin: Path, name: str) -> tuple[int, float]:
    """How many calls a command makes when nothing fails, and how many seconds it takes."""
    root = fresh(origin, origin.parents[1] / "try")
    if prepare := COMMANDS[name].prepare:
        prepare(root)
    begun = time.monotonic()
    status, said = forked(attempt, disk, root, COMMANDS[name], COUNT, 0, 0)
    assert status == 0, said
    told = json.loads(said)
    assert told["code"] == 0, (name, told)
    return int(told["seen"]), time.monotonic() - begun


def tries(chance: random.Random, total: int, seconds: float, kills: int, shots: int, errors: int) -> Iterator[Try]:
    """Where to break a command: at calls, at moments, and by errors of each kind."""
    for at in sorted(chance.sample(range(1, total + 1), min(kills, total))):
        yield Try("kill", at)
    for _ in range(shots):
        yield Try("moment", 0, chance.uniform(0, seconds * 1.1))
    for how in ("ENOSPC", "EIO", "EROFS"):
        for at in sorted(chance.sample(range(1, total + 1), min(errors, total))):
            yield Try(how, at, once=how != "EROFS" and chance.random() < 0.5)


def main(library: str, folder: str, name: str, *counts: str) -> None:
    """Breaks a command in many places."""
    kills, shots, errors, seed = map(int, counts)
    disk, origin, chance = Disk(library), template(Path(folder)), random.Random(f"{name} {seed}")
    warm = fresh(origin, Path(folder) / "try")  # what is loaded now, all forks have
    for words in (("log", "warm", "--on", INCIDENT), ("search", "warm"), COMMANDS[name].words):
        call(warm, words, COMMANDS[name].stdin)
    healed(warm, COMMANDS["search of an edit"], False, 0)
    total, seconds = calls(disk, origin, name)
    done: Counter[str] = Counter()
    for one in tries(chance, total, seconds, kills, shots, errors):
        wrong = shot(origin, name, one.after) if one.how == "moment" else broken(disk, origin, name, one)
        done[one.how] += 1
        if wrong:
            print(json.dumps({"command": name, "try": str(one), "calls": total, "wrong": wrong}), flush=True)
    print(json.dumps(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
