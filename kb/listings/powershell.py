"""What PowerShell prints of services and processes: tables, `Format-List`, CSV."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from kb.listings.text import cut, quoted, spans
from kb.listings.thing import Form, Reader, Row, Thing, named, number, whole

_Told = Callable[[Mapping[str, str]], Row]
"""Reads what is told of one thing, by the title of its column in small letters."""

_STATES = frozenset(
    {"running", "stopped", "paused"} | {f"{what}pending" for what in ("start", "stop", "continue", "pause")}
)
_BY_NUMBER = {"1": "Stopped", "2": "StartPending", "3": "StopPending", "4": "Running", "7": "Paused"}
_SERVICE_ROW = re.compile(r"\s{0,20}([A-Za-z]{6,16})\s+(\S.*)")
_BETWEEN = re.compile(r"\s{2,}|(?<=\.\.\.)\s|(?<=…)\s")
_PROCESS_ROW = re.compile(r"((?:\d[\d.,]{0,15} ){5,8})([^\d ].*)", re.ASCII)


def service(told: Mapping[str, str]) -> Row:
    """One service, with its display name."""
    name, display, status = told.get("name", ""), told.get("displayname", ""), told.get("status", "")
    state = _BY_NUMBER.get(status, status)
    if not name or state.lower() not in _STATES:
        return None
    also = (display,) if display else ()
    return (Thing(named(name), "service", also=also, state=state, runs=state.lower() == "running"),)


def process(told: Mapping[str, str]) -> Row:
    """One process."""
    name, pid = told.get("processname") or told.get("name", ""), told.get("id", "")
    if not name or not (pid.isascii() and pid.isdecimal()):
        return None
    seconds = number(told.get("cpu(s)") or told.get("cpu") or "")
    return (Thing(named(name), "program", pid=pid, seconds=seconds, memory=_memory(told)),)


def _memory(told: Mapping[str, str]) -> int:
    """KiB: the tables tell kilobytes or megabytes, the properties bytes."""
    kilobytes, megabytes = whole(told.get("ws(k)", "")), number(told.get("ws(m)", ""))
    in_bytes = next((told[name] for name in ("workingset64", "workingset", "ws") if told.get(name)), "")
    return kilobytes or int(megabytes * 1024) or whole(in_bytes) // 1024


def is_service(titles: Iterable[str]) -> bool:
    """Whether a thing with these properties is a service."""
    return {"name", "status"} <= set(titles)


def is_process(titles: Iterable[str]) -> bool:
    """Whether a thing with these properties is a process."""
    return "id" in titles and bool({"processname", "name"} & set(titles)) and not is_service(titles)


def _begins(fits: Callable[[Iterable[str]], bool], thing: _Told, row: Reader) -> Callable[[str, str], Reader | None]:
    def begins(line: str, ruler: str) -> Reader | None:
        columns = spans(ruler) if ruler.lstrip()[:1] == "-" else []
        titles = [title.strip().lower() for title in ([line[a:b] for a, b in columns] or quoted(line))]
        return _table(titles, [a for a, _ in columns], thing, row) if fits(titles) else None

    return begins


def _table(titles: list[str], starts: list[int], thing: _Told, bare: Reader) -> Reader:
    def row(line: str) -> Row:
        cells = cut(line, starts) if starts else quoted(line)
        return thing(dict(zip(titles, cells, strict=False))) or bare(line)

    return row


def _service_row(line: str) -> Row:
    found = _SERVICE_ROW.fullmatch(line)
    if not found or found[1].lower() not in _STATES:
        return None
    name, *display = _BETWEEN.split(found[2], maxsplit=1)
    if not display:
        name, *display = found[2].split(None, 1)
    return service({"status": found[1], "name": name, "displayname": "".join(display)})


def _process_row(line: str) -> Row:
    found = _PROCESS_ROW.fullmatch(" ".join(line.split()))
    return process({"name": found[2], "id": found[1].split()[-2]}) if found else None


GET_SERVICE = Form(
    "get-service", "Get-Service", "windows", _begins(is_service, service, _service_row), _service_row
)  # fmt: skip
GET_PROCESS = Form(
    "get-process", "Get-Process", "windows", _begins(is_process, process, _process_row), _process_row
)  # fmt: skip
