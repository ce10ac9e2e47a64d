"""One knowledge base, several machines, and a server that is killed while they work.

Every writer runs real commands and says again what was refused, as a person would: whatever was acknowledged is then
there once, everywhere. `KB_EVENTS=100` makes it 100 events a writer: 4 checkouts x 4 writers x 100.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cables import Cable, cable
from commands import Kb
from databases import Server, fresh, postgres, server
from storing import ID, PATH, TEXT, in_step, log, opened, put
from test_sync_processes import FORK

from kb.errors import StoreUnavailable

__all__ = ["postgres", "server"]
CHECKOUTS, WRITERS = 4, 4
EVENTS = int(os.environ.get("KB_EVENTS", "4"))
TRIES = 200
HARMS = max(10, EVENTS)


@pytest.fixture
def machines(tmp_path: Path, kb: Kb) -> list[Kb]:
    """A checkout on each of four machines, the first with an incident."""
    made = [Kb(tmp_path / f"machine {number}") for number in range(CHECKOUTS)]
    for one in made:
        (one.root / "entries").mkdir(parents=True)
        (one.root / "mkdocs.yml").write_bytes((kb.root / "mkdocs.yml").read_bytes())
    put(made[0].root)
    return made


def say(machine: Kb, url: str, words: str) -> int:
    """Logs an event, again and again until it is acknowledged; how often it was refused, or went to the file alone."""
    for refused in range(TRIES):
        ran = machine.fails("log", words, "--on", ID, KB_DATABASE=url)
        if ran.code == 0:
            return refused + ("files here" in ran.err)
        assert ran.code in (12, 15), f"{words} {ran.code}: {ran.err}"
        if "was changed is not known" in ran.err and known(machine, url, words):
            return refused
        time.sleep(0.2)
    raise AssertionError(f"never acknowledged: {ran.err}")


def test_four_machines_log_while_the_server_is_killed(machines: list[Kb], server: Server) -> None:
    """Meanwhile the server is stopped and killed, connections drop, one machine is offline and edited by hand."""
    database = fresh(server.url)
    with cable(server.port) as wire:
        urls = [database] * (CHECKOUTS - 1) + [through(wire, database)]
        for machine, url in zip(machines, urls, strict=True):
            machine("sync", KB_DATABASE=url)
        refused = FORK.Value("i", 0)

        def write(number: int) -> None:
            at = number % CHECKOUTS
            for n in range(EVENTS):
                said = say(machines[at], urls[at], f"event {number}.{n}.")
                with refused.get_lock():
                    refused.value += said

        started = time.monotonic()
        writers = [FORK.Process(target=write, args=(number,)) for number in range(CHECKOUTS * WRITERS)]
        for one in writers:
            one.start()
        harm = [server.drop_connections, lambda: again(server, server.kill), lambda: again(server, server.kill_hard)]
        chance = random.Random(6)
        typed = 0
        while any(one.is_alive() for one in writers):
            if typed == HARMS:  # a slow machine gets through at last
                time.sleep(0.1)
                continue
            wire.cut()
            type_line(machines[-1].root / PATH, f"typed {typed}.")
            typed += 1
            time.sleep(0.5)
            harm[typed % len(harm)]()
            wire.mend()
            time.sleep(chance.uniform(1.0, 3.0))
        assert [one.exitcode for one in writers] == [0] * len(writers)
        took = time.monotonic() - started
        for url, machine in list(zip(urls, machines, strict=True)) * 2:
            machine("sync", KB_DATABASE=url)

    print(f"\n{len(writers) * EVENTS} events in {took:.0f} s; {typed} times harmed, {refused.value} times refused")
    assert refused.value > 0, "nothing went wrong, so nothing was tried"
    texts = {machine.text(PATH) for machine in machines}
    assert len(texts) == 1, "every machine has the same file"
    (text,) = texts
    words = [f"event {number}.{n}." for number in range(len(writers)) for n in range(EVENTS)]
    assert [one for one in words if text.count(one) != 1] == []
    assert [n for n in range(typed) if text.count(f"typed {n}.") != 1] == []
    for machine in machines:
        with opened(machine.root, database) as base:
            assert in_step(machine.root, base)
            assert [record.entry.id for record in base.records()] == [ID]
        found = machine("search", words[-1], KB_DATABASE=database)
        assert "All applications down" in found.out


def through(wire: Cable, url: str) -> str:
    """The same database, by the cable."""
    address, _, name = url.rpartition("/")
    return f"{address.rpartition(':')[0]}:{wire.port}/{name}"


def again(server: Server, harm: Callable[[], None]) -> None:
    """Harms the server, leaves it so for a moment, and starts it again."""
    harm()
    time.sleep(0.3)
    server.start()


def known(machine: Kb, url: str, words: str) -> bool:
    """Looks whether it was recorded, once the server is back."""
    while (seen := machine.fails("history", ID, "--json", KB_DATABASE=url)).code:
        time.sleep(0.3)
    newest = str(seen.json["revisions"][-1]["rev"])
    while (seen := machine.fails("history", ID, "--rev", newest, KB_DATABASE=url)).code:
        time.sleep(0.3)
    return words in seen.out


def type_line(file: Path, words: str) -> None:
    """A person adds a line by hand and saves by rename."""
    aside = file.with_name("4913~")
    aside.write_text(file.read_text().replace("Rain.", f"Rain.\n\n{words}", 1))
    aside.replace(file)


@pytest.mark.parametrize("answered", [True, False])
def test_a_commit_whose_answer_is_lost_is_neither_lost_nor_made_twice(
    tmp_path: Path, server: Server, answered: bool
) -> None:
    """The line dies while the server commits; the command finds out that it did. Or just before: it did not."""
    database = fresh(server.url)
    put(tmp_path)
    with opened(tmp_path, database) as base:
        base.sync()
    armed = threading.Event()

    def listen(data: bytes) -> bool:
        if armed.is_set() and (b"COMMIT" in data if answered else b"UPDATE entries" in data):
            armed.clear()
            return True
        return False

    with (
        cable(server.port, listen) as wire,
        opened(tmp_path, through(wire, database)) as base,
    ):
        log(base, "before.")
        armed_at_writes(armed)
        if answered:
            log(base, "once.")
        else:
            with pytest.raises(StoreUnavailable) as told:
                log(base, "never.")
            assert "nothing was recorded" in told.value.hint
            assert base.sync().problems == ()
    with opened(tmp_path, database) as base:
        assert base.sync().problems == ()
        text = (tmp_path / PATH).read_text()
        assert (text.count("once."), text.count("never.")) == (1 if answered else 0, 0)
        assert in_step(tmp_path, base)


def test_the_server_dies_between_the_record_and_the_file(tmp_path: Path, kb: Kb, server: Server) -> None:
    """What is recorded is acknowledged, and said once: who types it again because of an error has it twice."""
    database = fresh(server.url)
    put(kb.root)
    kb("sync", KB_DATABASE=database)
    state = "waits"

    def listen(data: bytes) -> bool:
        nonlocal state
        if state == "waits" and b"event after all" in data:
            state = "writes"
        elif state == "writes" and b"COMMIT" in data:
            state = "done"
        elif state == "done":
            wire.cut()
        return False

    with cable(server.port, listen) as wire:
        ran = kb("log", "event after all", KB_DATABASE=through(wire, database))
    assert state == "done"
    assert "the file is not written yet" in ran.err
    assert "event after all" not in kb.text(PATH)
    kb("sync", KB_DATABASE=database)
    assert kb.text(PATH).count("event after all") == 1


def armed_at_writes(armed: threading.Event) -> None:
    """From the next revision on the line is listened to: transactions before it only read."""
    from kb.store import Writer

    patch = pytest.MonkeyPatch()
    save = Writer.save

    def armed_save(*arguments: object, **named: object) -> object:
        armed.set()
        patch.undo()
        return save(*arguments, **named)  # type: ignore[arg-type]

    patch.setattr(Writer, "save", armed_save)


def test_when_nobody_can_know_it_is_said_so(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    database = fresh(server.url)
    monkeypatch.setattr("kb.store.server.BACK_SECONDS", 0.5)
    put(tmp_path)
    with opened(tmp_path, database) as base:
        base.sync()
    armed = threading.Event()
    with (
        cable(server.port, lambda data: armed.is_set() and b"COMMIT" in data) as wire,
        opened(tmp_path, through(wire, database)) as base,
    ):
        armed_at_writes(armed)
        with pytest.raises(StoreUnavailable, match="was changed is not known") as told:
            log(base, "perhaps.")
    assert "shows revision 2" in told.value.hint
    with opened(tmp_path, database) as base:
        base.sync()
        assert (tmp_path / PATH).read_text().count("perhaps.") == 1
        assert len(base.history(ID)) == 2


def test_a_server_that_was_restarted_between_two_changes_is_not_noticed(tmp_path: Path, server: Server) -> None:
    put(tmp_path)
    with opened(tmp_path, fresh(server.url)) as base:
        base.sync()
        for number, harm in enumerate((server.drop_connections, server.kill, server.kill_hard)):
            harm()
            if number:
                server.start()
            log(base, f"event {number}.")
        assert [event.text for event in base.get(ID).entry.timeline][-3:] == ["event 0.", "event 1.", "event 2."]


def test_a_lock_that_is_kept_is_told_in_time(tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.store.server._BOUNDS", "SET LOCAL lock_timeout = '200ms'")
    url = fresh(postgres)
    put(tmp_path)
    with opened(tmp_path, url) as base:
        base.sync()
        with base.work.store.writing() as other:
            other.lock(ID)
            with opened(tmp_path, url) as mine, pytest.raises(StoreUnavailable, match="somebody has been changing"):
                log(mine, "late.")
        log(base, "then.")


def test_what_a_command_says_while_the_server_is_away(tmp_path: Path, kb: Kb) -> None:
    put(kb.root, TEXT)
    before = kb.files()
    ran = kb.fails("sync", KB_DATABASE="postgresql+psycopg://kb:secret-word@127.0.0.1:9/none")
    assert ran.code == 15
    assert "secret-word" not in ran.err
    assert "nothing was recorded" in ran.err
    assert kb.files() == before
