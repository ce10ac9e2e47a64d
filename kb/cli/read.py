"""Commands that show entries, and open one in an editor."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.cli import complete, gate, output, standing
from kb.cli.options import Json, Limit, Root, now, opened
from kb.errors import ConfigurationError, InvalidEntry, UsageError
from kb.model import OPEN_STATUSES, Deployment, Entry, Incident, Moment, Standing
from kb.model.plain import plain
from kb.model.standing import named, words
from kb.model.standing import standing as stands_now

if TYPE_CHECKING:
    from kb.journeys.record import Record

Id = Annotated[
    str | None,
    typer.Argument(metavar="ID", autocompletion=complete.ids, help="An id or a part of it; else the open incident."),
]
_ID_COMMENT = re.compile(r"<!-- ([a-z]:[0-9a-z]+) -->")


def show(id_: Id = None, root: Root = None, as_json: Json = False) -> None:
    """Show an entry; piped, as its file says."""
    from kb.journeys import capture, deploying

    with opened(root) as (base, chosen):
        record, here = capture.target(base, id_), now()
        entry = record.entry
        stands = deploying.stands(base, chosen, entry, here) if isinstance(entry, Deployment) else None
    if as_json:
        more = {"standing": standing.as_json(stands)} if stands else {}
        known = {"path": record.path, "rev": record.rev, "stale": record.stale}
        output.print_json({**known, **plain(entry), **more})
        return
    said = words(stands, entry.timezone) if stands else ""
    if sys.stdout.isatty():
        _pretty(record, said)
        return
    sys.stdout.write(output.safe(record.text))
    if said:
        output.tell(("stands: ", "dim"), said)


def _pretty(record: Record, said: str) -> None:
    from rich.markdown import Markdown

    entry: Any = record.entry
    out = output.console()
    body = output.safe(record.text).split("\n---\n", 1)[-1]
    facts = [
        said or str(getattr(entry, "status", "")),
        "overridden" if getattr(entry, "override", "") else "",
        str(getattr(entry, "severity", "")),
        *_times(entry),
        entry.visibility.value,
    ]
    out.print(output.text((" · ".join(fact for fact in facts if fact), "dim")))
    out.print(Markdown(_ID_COMMENT.sub(r"`\1`", body), hyperlinks=False))
    out.print(
        output.text(
            (record.path, "dim"),
            ("  the file has a fault; this is its last good version", "yellow") if record.stale else "",
        )
    )


def _times(entry: Any) -> list[str]:
    names = ("started", "mitigated", "resolved", "finished")
    return [f"{name} {at.local(entry.timezone)}" for name in names if (at := getattr(entry, name, None))]


def list_(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", autocompletion=complete.kinds, help="incidents, deployments, systems or library."
        ),
    ] = "",
    open_: Annotated[bool, typer.Option("--open", help="Only incidents still going on.")] = False,
    status: Annotated[str, typer.Option(metavar="STATUS", autocompletion=complete.statuses)] = "",
    severity: Annotated[str, typer.Option(metavar="SEV", autocompletion=complete.severities)] = "",
    service: Annotated[str, typer.Option(metavar="NAME", autocompletion=complete.services)] = "",
    system: Annotated[str, typer.Option(metavar="NAME", autocompletion=complete.machines)] = "",
    tag: Annotated[str, typer.Option(metavar="TAG", autocompletion=complete.tags)] = "",
    limit: Limit = 50,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """List entries, the newest first."""
    wanted = kind.lower().removesuffix("s") if kind.lower() != "library" else "library"
    if wanted not in ("", "incident", "deployment", "system", "library"):
        raise UsageError(f"'{kind}' is no kind of entry", "say incidents, deployments, systems or library")
    with opened(root) as (base, kept):
        records = base.records(None if wanted in ("", "library") else wanted)
        said, here = base.said() if wanted in ("", "deployment") else {}, now()
    library = wanted == "library"
    stands = {
        record.entry.id: stands_now(record.entry, said, here, kept.soak_hours)
        for record in records if isinstance(record.entry, Deployment)
    }  # fmt: skip
    chosen = [
        record for record in records
        if record.library == library and (not open_ or _open(record.entry)) and _is(record.entry, status, stands)
        and _fits(record.entry, severity=severity, service=service, system=system, tag=tag)
    ]  # fmt: skip
    chosen.sort(key=lambda record: (_day(record.entry), record.entry.id), reverse=True)
    if as_json:
        output.print_json({"total": len(chosen), "entries": [_row_json(record, stands) for record in chosen[:limit]]})
        return
    _table(chosen[:limit], stands)
    if len(chosen) > limit:
        output.tell(f"{len(chosen) - limit} more; -n {len(chosen)} shows them all")
    if not chosen:
        output.tell(
            "nothing of that kind is recorded" + ("" if library else "; 'kb list library' lists what others learned")
        )


def _open(entry: Entry) -> bool:
    return isinstance(entry, Incident) and entry.status in OPEN_STATUSES


def _is(entry: Any, status: str, stands: Mapping[str, Standing]) -> bool:
    """Whether it is of a status; of a deployment the one it has by now."""
    now_it_is = stands[entry.id].status if entry.id in stands else entry.status
    return not status or _plain(status) == _plain(now_it_is)


def _plain(status: str) -> str:
    """A status as it is compared: `in-progress` is `in progress`."""
    return status.casefold().replace("-", " ")


def _fits(entry: Any, **wanted: str) -> bool:
    for name, value in wanted.items():
        if not value:
            continue
        single = getattr(entry, name, None)
        held = getattr(entry, f"{name}s", ()) if single is None else (str(single),)
        if value.casefold() not in {str(getattr(item, "name", item)).casefold() for item in held}:
            return False
    return True


def _day(entry: Any) -> str:
    at = getattr(entry, "started", None) or getattr(entry, "window_start", None)
    return at.local(entry.timezone) if at else ""


def _row_json(record: Record, stands: Mapping[str, Standing]) -> dict[str, Any]:
    entry: Any = record.entry
    more = {"standing": standing.as_json(stands[entry.id])} if entry.id in stands else {}
    return {
        "id": entry.id, "kind": entry.kind, "title": entry.title, "path": record.path, "status": str(entry.status),
        "severity": str(getattr(entry, "severity", "")), "started": _day(entry), "stale": record.stale, **more,
    }  # fmt: skip


def _table(records: list[Record], stands: Mapping[str, Standing]) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for name in ("when", "what", "status"):
        table.add_column(name, no_wrap=name != "what", overflow="ellipsis" if name != "what" else "fold")
    for record in records:
        entry: Any = record.entry
        style = "red" if _open(entry) else "dim"
        severity = f"{getattr(entry, 'severity', '')} " if getattr(entry, "severity", "") else ""
        what = [(entry.title, "bold"), (f"\n{entry.id}", "dim")]
        status = str(entry.status)
        if entry.id in stands:
            status, told = str(stands[entry.id].status), _told(entry, stands[entry.id])
            what += [(f"\n{told}", "yellow")] if told else []
        table.add_row(output.text(_day(entry)[:16]), output.text(*what), output.text((f"{severity}{status}", style)))
    if records:
        output.console().print(table)


def _told(deployment: Deployment, stands: Standing) -> str:
    """What else there is to say of how a deployment stands."""
    until = f"until {Moment(stands.until).local(deployment.timezone)}" if stands.until else ""
    return ", ".join(filter(None, [until, named(stands), "overridden" if deployment.override else ""]))


def edit(id_: Id = None, root: Root = None) -> None:
    """Edit an entry in $EDITOR; it is checked when you save, and a faulty draft is kept."""
    from kb.journeys import capture, editing

    with opened(root) as (base, chosen):
        record = capture.target(base, id_)
        while True:
            done = editing.edit(base, chosen, record, lambda draft: _edited(draft, record.text, chosen.root))
            if done.record or not sys.stdin.isatty() or not typer.confirm(_faults(done), default=True, err=True):
                break
    if done.record is None:
        output.problem_lines(done.problems)
        raise InvalidEntry(
            "the draft has faults and was not taken in", f"it is kept in {done.path}; 'kb edit' takes it up again"
        )
    output.say(("✓ ", "green"), record.entry.id if done.changed else "nothing was changed")


def _faults(done: Any) -> str:
    listed = "\n".join(output.safe(str(problem)) for problem in done.problems)
    return f"{listed}\nEdit it again?"


def _edited(draft: Path, before: str, root: Path) -> None:
    _editor(draft)
    gate.draft(draft, before, root)


def _editor(draft: Path) -> None:
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not command and not sys.stdin.isatty():
        raise UsageError("there is no terminal to edit in", "set $EDITOR to an editor that needs none")
    command = command or ("notepad" if os.name == "nt" else "vi")
    try:
        code = subprocess.run([*shlex.split(command), str(draft)], check=False).returncode
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"the editor '{command}' cannot be started: {error}", "set $EDITOR to yours") from None
    if code != 0:
        raise UsageError(
            f"the editor '{command}' ended with {code}; nothing was taken in", f"the draft is kept: {draft}"
        )
    if not draft.is_file():
        raise UsageError(f"the editor '{command}' removed the draft", "nothing was taken in")


COMMANDS = [
    ("show", show, {"epilog": "Example: kb show all-applications"}),
    ("list", list_, {"epilog": "Example: kb list incidents --severity sev1"}),
    ("edit", edit, {"epilog": "Example: EDITOR=nano kb edit all-applications"}),
]
