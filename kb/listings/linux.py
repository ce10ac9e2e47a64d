"""Listings of a Linux machine: `ps` in its many columns, and `systemctl list-units`."""

from __future__ import annotations

import re

from kb.listings.commands import program
from kb.listings.thing import Form, Row, Thing, named, number, whole

_COMMANDS = frozenset({"COMMAND", "CMD", "ARGS"})
_AUX = ["USER", "PID", "%CPU", "%MEM", "VSZ", "RSS", "TTY", "STAT", "START", "TIME", "COMMAND"]
_FULL = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
_FIGURE = re.compile(r"-|-?\d+(?:[.,]\d+)?[kmgt]?", re.IGNORECASE | re.ASCII)
_SHAPES = dict.fromkeys(("%CPU", "%MEM", "PPID", "VSZ", "RSS", "C", "PRI", "NI"), _FIGURE) | {
    "PID": re.compile(r"\d+", re.ASCII), "TIME": re.compile(r"(?:\d+-)?\d+[:.]\d[\d:.]*", re.ASCII),
}  # fmt: skip
"""What stands in a column of that title; elsewhere it may be anything."""
_UNIT = re.compile(r"\S+\.(?:service|socket|mount|automount|timer|target|device|slice|scope|path|swap)")
_LOADED = frozenset({"loaded", "not-found", "masked", "error", "bad-setting", "merged", "stub"})
_LEGEND = re.compile(r"(?:LOAD|ACTIVE|SUB) += |\d+ (?:loaded )?units? |To show all |Pass --all |lines \d")


def _ps(line: str, _ruler: str = "") -> _Processes | None:
    titles = line.upper().split()
    return _Processes(titles) if "PID" in titles and _COMMANDS & set(titles) else None


class _Processes:
    """The rows below a head of `ps`, whatever its columns: all are single words but the command."""

    def __init__(self, titles: list[str]) -> None:
        self._titles = titles
        self._command = next(number for number, title in enumerate(titles) if title in _COMMANDS)
        self._shapes = [(number, _SHAPES[title]) for number, title in enumerate(titles) if title in _SHAPES]

    def __call__(self, line: str) -> Row:
        """The process of a row; none for a thread of the kernel and for what has ended already."""
        cells = line.split(None, self._command)
        cells += cells.pop().rsplit(None, len(self._titles) - 1 - self._command) if cells else []
        if len(cells) != len(self._titles) or not all(shape.fullmatch(cells[at]) for at, shape in self._shapes):
            return None
        told = dict(zip(self._titles, cells, strict=True))
        command = cells[self._command].strip()
        if command.endswith("<defunct>") or _of_the_kernel(told, command):
            return ()
        name, path = ("", "") if command.startswith("[") else program(command)
        percent, memory = number(told.get("%CPU", "")), whole(told.get("RSS", ""))
        return (Thing(named(name or command), "program", pid=told["PID"], percent=percent, memory=memory, path=path),)


def _of_the_kernel(told: dict[str, str], command: str) -> bool:
    """Threads of the kernel stand in brackets and have no memory of their own; a program may only look like one."""
    if not (command.startswith("[") and command.endswith("]")):
        return False
    return told.get("RSS", "0") == "0" and ("PPID" not in told or told["PPID"] in ("0", "2"))


_by_aux, _by_full = _Processes(_AUX), _Processes(_FULL)


def _ps_row(line: str) -> Row:
    found = _by_aux(line)
    return found if found is not None else _by_full(line)


def _systemctl(line: str, _ruler: str = "") -> _Units | None:
    return _Units() if line.split()[:3] == ["UNIT", "LOAD", "ACTIVE"] else None


class _Units:
    """The rows of `systemctl list-units`; only services run, the rest is furniture."""

    def __call__(self, line: str) -> Row:
        """The service of a row; nothing for the legend."""
        return () if _LEGEND.match(line.strip()) else _unit_row(line)


def _unit_row(line: str) -> Row:
    cells = line.lstrip(" ●*○×↻").split(None, 4)
    if len(cells) < 4 or not _UNIT.fullmatch(cells[0]) or cells[1] not in _LOADED:
        return None
    unit, _, active, sub = cells[:4]
    if not unit.endswith(".service"):
        return ()
    template = unit.partition("@")[0] if "@" in unit else ""
    also = tuple(one for one in (*cells[4:], template) if one)
    runs = active in ("active", "reloading") and sub == "running"
    return (
        Thing(
            named(unit), "service", also=also, state=f"{active} {sub}", runs=runs,
            failed="failed" in (active, sub) or sub == "auto-restart",
        ),
    )  # fmt: skip


PS = Form("ps", "ps aux, ps -ef", "linux", _ps, _ps_row)
SYSTEMCTL = Form("systemctl", "systemctl list-units --type=service", "linux", _systemctl, _unit_row)
