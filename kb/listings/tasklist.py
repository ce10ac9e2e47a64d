"""`tasklist` of Windows, in whatever language its head is: plain, `/svc`, `/v`, as a table, as CSV, as a list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.listings.text import cut, quoted, spans
from kb.listings.thing import Form, Reader, Row, Thing, key, named, whole

_ROW = re.compile(r"(\S.{0,120}?) (\d{1,10}) (?:([^\d ]\S{0,30}) )?(\d{1,5}) (\d[\d.,'’ ]{0,14}) [^\d ]{1,2}", re.ASCII)
_NO_SERVICE = frozenset({"n/a", "n/d", "n.v.t.", "nicht zutreffend"})
_CLOCK = re.compile(r"(\d{1,6}):(\d\d):(\d\d)", re.ASCII)
_SHARED_HOSTS = frozenset({"svchost", "system"})
_WIDTH = 25
"""Longer names of programs are cut off by the table."""


def task(cells: Sequence[str]) -> Row:
    """One process: name and PID, then its services, or session, number of the session, memory, and what `/v` adds."""
    name, pid = cells[0].strip(), cells[1].strip() if len(cells) > 1 else ""
    if not name or not (pid.isascii() and pid.isdecimal()):
        return None
    if len(cells) == 3:
        return _hosted(name, pid, cells[2])
    used = _CLOCK.fullmatch(cells[7].strip()) if len(cells) > 7 else None
    seconds = int(used[1]) * 3600 + int(used[2]) * 60 + int(used[3]) if used else 0
    return (Thing(named(name), "program", pid=pid, seconds=seconds, memory=whole("".join(cells[4:5]))),)


def _hosted(name: str, pid: str, cell: str) -> tuple[Thing, ...]:
    """A process, and the services in it: other names of a program of their own, things of their own in a shared one."""
    services = [named(one) for one in cell.split(",") if one.strip() and one.strip().lower() not in _NO_SERVICE]
    if key(name) not in _SHARED_HOSTS:
        return (Thing(named(name), "program", pid=pid, also=tuple(services)),)
    inside = (Thing(one, "service", pid=pid, state=f"in {named(name)}") for one in services)
    return (Thing(named(name), "program", pid=pid), *inside)


class _Table:
    """The rows below a ruler."""

    def __init__(self, starts: list[int]) -> None:
        self._starts = starts
        self._above: tuple[str, str] | tuple[()] = ()

    def __call__(self, line: str) -> Row:
        """The processes and services of a row."""
        cells = cut(line, self._starts)
        if len(cells) != 3:
            return task(_marked(cells)) or _bare(line)
        if not cells[0] and not cells[1] and self._above:  # the services of the row above go on
            return _hosted(*self._above, cells[2])[1:]
        found = task(cells)
        self._above = (cells[0], cells[1]) if found else ()
        return found


def _marked(cells: list[str]) -> list[str]:
    """The cells of a row, with dots after a name that fills its column: it may have been longer."""
    return [cells[0] + "...", *cells[1:]] if len(cells[0]) == _WIDTH else cells


def _begins(line: str, ruler: str) -> Reader | None:
    if ruler.lstrip()[:1] == "=":
        starts = [begin for begin, _ in spans(ruler)]
        return _Table(starts) if len(starts) >= 3 else None
    titles = quoted(line)
    return (lambda row: task(quoted(row) or [""])) if len(titles) > 2 and titles[1] == "PID" else None


def _bare(line: str) -> Row:
    """A row without its head."""
    if found := _ROW.fullmatch(" ".join(line.split())):
        return task([found[1], found[2], found[3] or "", found[4], found[5]])
    cells = quoted(line)
    return task(cells) if len(cells) >= 5 and cells[3].isdecimal() else None


TASKLIST = Form("tasklist", "tasklist, tasklist /svc", "windows", _begins, _bare)
