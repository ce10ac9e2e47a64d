"""Power that goes off: what a disk may hold then, made from what a process did to it, and whether kb heals there.

As SQLite tests itself: of what was written and not synced, any part may be there or not, torn in the middle of a page;
of names made, changed or removed in a folder that was not synced, the last ones may be missing.

`python tests/crash/power.py LIBRARY FOLDER COUNT SEED`, with the library loaded before the C library.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from crash.campaign import COUNT, OFF, Disk, call, forked, fresh, healed, template
from crash.commands import COMMANDS, INCIDENT

STEPS = (
    ("log", "KEPTONE", "--on", INCIDENT), ("ask", "KEPTTWO", "--on", INCIDENT), ("new", "incident", "KEPTTHREE"),
    ("search", "KEPTONE"), ("set", "impact=KEPTFOUR", "--on", INCIDENT), ("new", "system", "KEPTFIVE"),
    ("log", "KEPTSIX", "--on", INCIDENT), ("search", "KEPTSIX"),
)  # fmt: skip
"""What is done in a row; each word stands in an entry once its command has answered."""


@dataclass
class Content:
    """A file's bytes: those that are safe, and the changes that are not yet."""

    safe: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def now(self) -> bytes:
        """As processes see it."""
        return applied(self.safe, self.pending)

    def sync(self) -> None:
        """From now on all of it is safe."""
        self.safe, self.pending = self.now(), []

    def left(self, chance: random.Random) -> bytes:
        """What may be left of it: any of the changes, the last of them perhaps torn."""
        kind = chance.randrange(4)
        if kind < 2:
            return self.safe if kind else self.now()
        some = [change for change in self.pending if chance.random() < 0.5]
        if some and kind == 3 and some[-1][1]:
            place, data = some[-1]
            assert data is not None
            some[-1] = (place, data[: chance.choice((512, 4096, 1))])
        return applied(self.safe, some)


def applied(data: bytes, changes: list[tuple[int, bytes | None]]) -> bytes:
    """Bytes after writes (place and data) and truncations (length and nothing)."""
    made = bytearray(data)
    for place, new in changes:
        if len(made) < place:
            made.extend(bytes(place - len(made)))
        if new is None:
            del made[place:]
        else:
            made[place : place + len(new)] = new
    return bytes(made)


@dataclass
class Disks:
    """A file system whose names and contents are made safe apart from each other, as POSIX allows."""

    names: dict[str, Content] = field(default_factory=dict)
    safe_names: dict[str, Content] = field(default_factory=dict)
    waiting: list[tuple[str, str, Content | None]] = field(default_factory=list)

    def do(self, what: str, number: int, one: str, other: str, data: bytes) -> None:
        """One thing that a process did."""
        if what == "write":
            self._at(one).pending.append((number, data))
        elif what == "truncate":
            self._at(one).pending.append((number, None))
        elif what == "create":
            self._name(one, Content())
        elif what == "unlink":
            self._name(one, None)
        elif what in ("rename", "link"):
            self._name(other, self.names.get(one))
            if what == "rename":
                self._name(one, None)
        elif what == "exchange":
            first, second = self.names[one], self.names[other]
            self._name(one, second)
            self._name(other, first)
        elif what == "fsync":
            if one in self.names:
                self.names[one].sync()
            else:
                self._sync_folder(one)

    def _at(self, name: str) -> Content:
        return self.names.setdefault(name, Content())

    def _name(self, name: str, content: Content | None) -> None:
        if content is None:
            self.names.pop(name, None)
        else:
            self.names[name] = content
        self.waiting.append((str(Path(name).parent), name, content))

    def _sync_folder(self, folder: str) -> None:
        for _, name, content in (w for w in self.waiting if w[0] == folder):
            self._settle(self.safe_names, name, content)
        self.waiting = [w for w in self.waiting if w[0] != folder]

    @staticmethod
    def _settle(names: dict[str, Content], name: str, content: Content | None) -> None:
        if content is None:
            names.pop(name, None)
        else:
            names[name] = content

    def after_power_loss(self, chance: random.Random) -> dict[str, bytes]:
        """What may be found when the power is back: names and bytes."""
        names = dict(self.safe_names)
        for _, name, content in self.waiting[: chance.randrange(len(self.waiting) + 1)]:
            self._settle(names, name, content)
        left: dict[int, bytes] = {}
        return {name: left.setdefault(id(c), c.left(chance)) for name, c in sorted(names.items())}


def recorded(disk: Disk, root: Path, log: Path, _pipe: int) -> str:
    """Does the steps on a disk that writes down what it sees; an acknowledgement is written down among it."""
    record = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    disk.arm(root, COUNT, 0, 0, record)
    for words in STEPS:
        code, _, err = call(root, words)
        assert code == 0, err
        kept = next((word.split("=")[-1] for word in words if "KEPT" in word and words[0] != "search"), "")
        os.write(record, f"ack\t0\t0\t{kept}\t\n".encode())
    disk.arm(root, OFF)
    return ""


def events(log: Path) -> Iterator[tuple[str, int, str, str, bytes]]:
    """What was written down, in its order."""
    with log.open("rb") as file:
        while line := file.readline():
            what, number, length, one, other = line.decode("utf-8", "surrogateescape").rstrip("\n").split("\t")
            yield what, int(number), one, other, file.read(int(length))


def lost(root: Path, words: set[str], _pipe: int) -> str:
    """What is wrong once kb has healed: in general, and of what was acknowledged."""
    if wrong := healed(root, COMMANDS["backup"], False, 0):
        return wrong
    text = "".join(path.read_text() for path in (root / "entries").rglob("*.md"))
    twice = [w for w in ("KEPTONE", "KEPTTWO", "KEPTSIX") if text.count(w) > 1]
    missing = [word for word in sorted(words) if word not in text]
    return f"lost {missing}, twice {twice}" if missing or twice else ""


def main(library: str, folder: str, count: str, seed: str) -> None:
    """Plays so many losses of power."""
    disk, origin, chance = Disk(library), template(Path(folder)), random.Random(seed)
    root, log = fresh(origin, Path(folder) / "try"), Path(folder) / "record"
    start = {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    status, said = forked(recorded, disk, root, log)
    assert status == 0, said
    happened = list(events(log))
    with contextlib.suppress(OSError):
        call(root, ("search", "warm"))
    bad = 0
    for number in range(int(count)):
        until = chance.randrange(len(happened) + 1) if number else len(happened)
        state = Disks({n: Content(d) for n, d in start.items()})
        state.safe_names = dict(state.names)
        words = set()
        for what, place, one, other, data in happened[:until]:
            if what == "ack":
                words.add(one)
            else:
                state.do(what, place, one, other, data)
        shutil.rmtree(root)
        (root / "entries").mkdir(parents=True)
        for name, data in state.after_power_loss(chance).items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(data)
        (root / ".kb").mkdir(exist_ok=True, mode=0o700)
        code, wrong = forked(lost, root, words - {""})
        if wrong or code:
            bad += 1
            print(json.dumps({"try": number, "until": until, "of": len(happened), "wrong": wrong or code}), flush=True)
    print(json.dumps({"losses": int(count), "calls": len(happened), "bad": bad}))


if __name__ == "__main__":
    main(*sys.argv[1:])
