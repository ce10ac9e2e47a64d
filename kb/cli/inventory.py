"""`kb inventory`: what is really running on a system, held against what is expected to run there."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.cli import complete, output
from kb.cli.options import At, By, Json, Root, capture_json, captured, now, opened
from kb.errors import InvalidEntry, NotFound, ProblemsFound, UsageError
from kb.model import Moment

if TYPE_CHECKING:
    from kb.journeys.inventory import Absent, Comparison, Found
    from kb.journeys.record import Record
    from kb.listings import Listing

_MOST_BYTES = 64 << 20
_MOST_UNREAD = 3
_HOW = """\
  Windows      tasklist | kb inventory SYSTEM          (tasklist /svc names services too)
  PowerShell   Get-Service > services.txt; kb inventory SYSTEM services.txt
  IIS          appcmd list site | kb inventory SYSTEM
  Linux        ps aux | kb inventory SYSTEM            (or systemctl list-units)
  Docker       docker ps | kb inventory SYSTEM
  Kubernetes   kubectl get pods -A | kb inventory SYSTEM
  else         one name a line"""


def inventory(
    system: Annotated[
        str,
        typer.Argument(
            metavar="SYSTEM", autocompletion=complete.systems, help="A system's id, a part of it, or one of its hosts."
        ),
    ],
    file: Annotated[str, typer.Argument(metavar="[FILE|-]", help="The listing; else what is piped in.")] = "",
    form: Annotated[
        str, typer.Option("--format", metavar="NAME", help="ps, systemctl, tasklist, …; else what it looks like.")
    ] = "",
    accept: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="It belongs there from now on; repeatable.")
    ] = None,
    owner: Annotated[str, typer.Option(metavar="WHO", help="Who answers for what is accepted.")] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="What it is for.")] = "",
    log: Annotated[
        bool, typer.Option("--log", help="Write what was found to the timeline of the open incident.")
    ] = False,
    on: Annotated[
        str | None,
        typer.Option(metavar="INCIDENT", autocompletion=complete.incidents, help="With --log: another incident."),
    ] = None,
    at: At = None,
    by: By = "",
    every: Annotated[bool, typer.Option("--all", help="Show what is expected and the system's own, too.")] = False,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """What runs on a system and is unknown, expected or missing; ends with 3 when something is unknown.

    A name is no proof of what a program is: something else may call itself svchost.exe.
    """
    from kb.journeys import inventory as journey

    if (owner or note) and not accept:
        raise UsageError("--owner and --note say of what?", "name it with --accept NAME")
    listing = _listing(file, form, bool(accept))
    with opened(root) as (base, _):
        record = journey.find_system(base, system)
        target = journey.log_target(base, record, on) if log or on else None
        moment = _when(at, record)
        accepted = journey.accept(base, record, accept, owner, note) if accept else None
        if listing is None:
            assert accepted
            captured(accepted, as_json, base)
            return
        comparison = journey.compare(accepted.record if accepted else record, listing)
        logged = journey.log(base, comparison, target, moment, by) if target else []
        done = [one for one in (accepted, *logged) if one]
        if as_json:
            output.print_json(_as_json(comparison, every, [capture_json(one, base) for one in done]))
        else:
            _show(comparison, every)
            for one in done:
                captured(one, False, base)
    if comparison.unknown:
        names = ", ".join(found.name for found in comparison.unknown[:5])
        more = f" and {len(comparison.unknown) - 5} more" if len(comparison.unknown) > 5 else ""
        raise ProblemsFound(f"unknown on {comparison.system.id}: {names}{more}", "who installed it, and what for?")


def _when(at: str | None, record: Record) -> Moment:
    from kb.cli.when import moment

    return moment(at, record.entry.timezone, now()) if at else Moment(now())


def _listing(file: str, form: str, accepting: bool) -> Listing | None:
    """What was given to read; nothing if the command only accepts."""
    from kb.listings import decode, read

    if not file and accepting:
        return None
    if file not in ("", "-"):
        data = _bytes(Path(file))
    elif sys.stdin.isatty() and not file:
        raise UsageError("which listing? pipe one in, or name a file", f"get one like this:\n{_HOW}")
    else:
        data = sys.stdin.buffer.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise InvalidEntry("more than 64 MB is no listing of what runs", "is it the right file?")
    return read(decode(data), form)


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise NotFound(f"no file {path}", "name a file, or - for what is piped in")
    with path.open("rb") as file:
        return file.read(_MOST_BYTES + 1)


def _show(comparison: Comparison, every: bool) -> None:
    forms = ", ".join(comparison.listing.forms)
    running = sum(thing.runs for thing in comparison.listing.things)
    output.say((comparison.system.title, "bold"))
    output.say((f"{forms}: {running} running", "dim"))
    _group("Unknown", "bold red", comparison.unknown)
    _group("Failed", "yellow", comparison.failed)
    _absents("Missing", "bold yellow", [one for one in comparison.absent if one.sure])
    _absents("Not in this listing", "dim", [one for one in comparison.absent if not one.sure])
    if every:
        _group("Expected", "green", comparison.expected)
        _group("The operating system's own", "dim", comparison.own)
    _counts(comparison)
    _unread(comparison)
    if comparison.unknown:
        output.heading("If it belongs there")
        for found in comparison.unknown:
            name = _quoted(found.name)
            line = f'kb inventory {comparison.system.id} --accept {name} --owner @who --note "what it is for"'
            output.console().print(output.text(line), soft_wrap=True)  # it is copied


def _group(title: str, style: str, groups: Iterable[Found]) -> None:
    for number, found in enumerate(groups):
        if not number:
            output.heading(title)
        output.say(("● ", style), (found.name, style), (f"  {_details(found)}", "dim"))
        if title == "Unknown" and found.items:
            _below(f"found here before: {found.items[0].text}")


def _below(words: str) -> None:
    from rich.padding import Padding

    output.console().print(Padding(output.text((words, "dim")), (0, 0, 0, 2), expand=False))


def _details(found: Found) -> str:
    first, count = found.things[0], len(found.things)
    pids = [thing.pid for thing in found.things if thing.pid]
    other = [first.image, *(name for name in first.also[:1] if not first.image)]
    said = [
        f"{count} of it" if count > 1 else "",
        *found.uses,
        f"pid {', '.join(pids[:3])}{', …' if len(pids) > 3 else ''}" if pids else "",
        *(name for name in other if name and name != found.name),
        first.path,
        first.state if not pids else "",
        f"line {first.line}",
    ]
    return " · ".join(part for part in said if part)


def _absents(title: str, style: str, items: list[Absent]) -> None:
    """What is not there, by why that is thought."""
    if items:
        output.heading(title)
    for why in dict.fromkeys(absent.why for absent in items):
        for absent in items:
            if absent.why == why:
                output.say(("○ ", style), absent.item.text)
        _below(why)


def _counts(comparison: Comparison) -> None:
    items = len(comparison.system.expected)
    there = items - len(comparison.absent)
    own = sum(len(found.things) for found in comparison.own)
    output.say()
    if items:
        output.say((f"{there} of {items} expected items run.", "green"))
    else:
        output.say(("Nothing is written down as expected to run here yet.", "yellow"))
    if own:
        output.say((f"{own} of the operating system's own passed over (--all); a name is no proof.", "dim"))


def _unread(comparison: Comparison) -> None:
    unread = comparison.listing.unread
    for one in unread[:_MOST_UNREAD]:
        output.tell(("not understood: ", "yellow"), f"line {one.line}: {one.text[:100]}")
    if len(unread) > _MOST_UNREAD:
        output.tell(("not understood: ", "yellow"), f"{len(unread) - _MOST_UNREAD} more lines; --json has them all")


def _quoted(name: str) -> str:
    """A name as shells take it, of Windows too where that is possible."""
    if re.fullmatch(r"[\w.@+-]+", name):
        return name
    return shlex.quote(name) if re.search(r'["$\\!%]', name) else f'"{name}"'


def _as_json(comparison: Comparison, every: bool, done: list[dict[str, object]]) -> dict[str, Any]:
    absent = [({"id": one.item.id, "text": one.item.text, "why": one.why}, one.sure) for one in comparison.absent]
    return {
        "system": comparison.system.id,
        "format": ", ".join(comparison.listing.forms),
        "expected": [_found_json(found, "items") for found in comparison.expected],
        "unknown": [_found_json(found, "found_before") for found in comparison.unknown],
        "missing": [told for told, sure in absent if sure],
        "not_in_listing": [told for told, sure in absent if not sure],
        "failed": [_found_json(found, "items") for found in comparison.failed],
        "own": [_found_json(found, "items") for found in comparison.own] if every else [],
        "passed_over": sum(len(found.things) for found in comparison.own),
        "unread": comparison.listing.unread,
        "written": done,
    }


def _found_json(found: Found, items: str) -> dict[str, Any]:
    first = found.things[0]
    return {
        "name": found.name,
        "count": len(found.things),
        "kind": first.kind,
        "pids": [thing.pid for thing in found.things if thing.pid],
        "cpu_percent": found.percent or None,
        "cpu_seconds": found.seconds or None,
        "memory_kib": found.memory or None,
        "also": list(first.also),
        "image": first.image,
        "path": first.path,
        "state": first.state,
        "lines": [thing.line for thing in found.things],
        items: [item.text for item in found.items],
    }


COMMANDS = [
    ("inventory", inventory, {"epilog": "Example: tasklist | kb inventory app-server-01 --log"}),
]
