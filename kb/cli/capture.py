"""Commands that write to an entry while it burns, and after."""

from __future__ import annotations

import contextlib
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.cli import complete, output
from kb.cli.options import At, By, Json, On, Root, captured, now, opened
from kb.errors import KbError, UsageError
from kb.model import (
    Answer,
    Deployment,
    EventKind,
    Incident,
    IncidentStatus,
    LessonKind,
    Moment,
    Question,
    Relation,
    TimelineEvent,
    Verdict,
)

if TYPE_CHECKING:
    from kb.config import Settings
    from kb.journeys.base import KnowledgeBase
    from kb.journeys.record import Record


class VerdictWord(StrEnum):
    """Verdicts as they are typed."""

    CRACKED = "cracked"
    LEAD = "lead"
    DEAD_END = "dead-end"
    OPEN = "open"


_VERDICTS = {
    VerdictWord.CRACKED: Verdict.CRACKED, VerdictWord.LEAD: Verdict.LEAD,
    VerdictWord.DEAD_END: Verdict.DEAD_END, VerdictWord.OPEN: Verdict.OPEN,
}  # fmt: skip


def _when(at: str | None, record: Record) -> Moment:
    from kb.cli.when import moment

    return moment(at, record.entry.timezone, now()) if at else Moment(now())


def log(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What happened, was done or was seen.")],
    at: At = None,
    kind: Annotated[EventKind, typer.Option(help="What sort of event.")] = EventKind.NOTE,
    by: By = "",
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Log a timeline event."""
    from kb.journeys import capture

    with opened(root) as (base, _):
        record = capture.target(base, on)
        event = TimelineEvent(text, _when(at, record), str(kind), by)
        captured(capture.log(base, record, event), as_json, base)


def ask(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The question.")],
    by: By = "",
    at: At = None,
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Record a question that was asked."""
    from kb.journeys import capture

    with opened(root) as (base, _):
        record = capture.target(base, on)
        captured(capture.ask(base, record, Question(text, by, _when(at, record))), as_json, base)


def answer(
    words: Annotated[
        list[str], typer.Argument(metavar="[QUESTION] TEXT", help="Its id or a part of it; else the last open one.")
    ],
    verdict: Annotated[VerdictWord | None, typer.Option(help="What the question turned out to be worth.")] = None,
    evidence: Annotated[
        str, typer.Option(metavar="TEXT", help="The command, its output, or a link that shows it.")
    ] = "",
    by: By = "",
    at: At = None,
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Record an answer, and what the question was worth."""
    from kb.journeys import capture

    if len(words) > 2:
        raise UsageError(f"{len(words)} words where a question and an answer are expected", "put each in quotes")
    which, text = (words[0], words[1]) if len(words) == 2 else ("", words[0])
    with opened(root) as (base, _):
        record = capture.target(base, on)
        if not which and verdict and capture.names_a_question(record.entry, text):
            which, text = text, ""  # only the verdict is new
        question = capture.find_question(record.entry, which)
        given = Answer(text, by, _when(at, record), evidence)
        judged = _VERDICTS[verdict] if verdict else None
        captured(capture.answer(base, record, question, given, judged), as_json, base)


def set_(
    changes: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE …", help="FIELD+=VALUE adds to a list.")],
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Set fields: severity, status, services, summary, root_cause, …"""
    from kb.cli.standing import answered
    from kb.journeys import capture, deploying

    with opened(root) as (base, chosen):
        record, here = capture.target(base, on), now()
        wanted = [_spoken(record, *_assignment(change)) for change in changes]
        done = deploying.set_fields(base, chosen, record, wanted, here)
        answered(base, chosen, done, as_json)
        for one in deploying.set_off(base, chosen, record.entry, done.record.entry, here):
            output.tell(("warning: ", "yellow"), f"it goes ahead although there is {one.said}")


def _assignment(text: str) -> tuple[str, str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip("+- "):
        raise UsageError(f"'{text}' does not set a field", "write FIELD=VALUE, as in severity=sev1")
    how = f"{name[-1]}=" if name[-1] in "+-" else "="
    return name.rstrip("+-").strip(), how, value


def _spoken(record: Record, name: str, how: str, value: str) -> tuple[str, str, str]:
    """A time as people say it becomes the time it means."""
    from kb.cli.when import moment

    if name in ("started", "detected", "acknowledged", "mitigated", "resolved", "finished", "meeting") and value:
        return name, how, moment(value, record.entry.timezone, now()).local(record.entry.timezone)
    return name, how, value


_Cause = Annotated[str, typer.Option("--root-cause", metavar="TEXT", help="What it was.")]
_Fix = Annotated[str, typer.Option("--resolution", metavar="TEXT", help="What fixed it.")]


def mitigate(at: At = None, resolution: _Fix = "", on: On = None, root: Root = None, as_json: Json = False) -> None:
    """The harm has stopped, though the cause may remain."""
    _reach(IncidentStatus.MITIGATED, at, {"resolution": resolution}, on, root, as_json)


def resolve(
    at: At = None,
    root_cause: _Cause = "",
    resolution: _Fix = "",
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """It is over: all is as it was before."""
    _reach(IncidentStatus.RESOLVED, at, {"root_cause": root_cause, "resolution": resolution}, on, root, as_json)


def _reach(status: IncidentStatus, at: str | None, texts: dict[str, str], on: Any, root: Any, as_json: bool) -> None:
    from kb.journeys import capture

    with opened(root) as (base, chosen):
        record = capture.target(base, on, "incident")
        given = [(name, value) for name, value in texts.items() if value]
        done = capture.reach(base, record, status, _when(at, record), given)
        captured(done, as_json, base)
        if texts.get("root_cause"):
            _seen_before(base, chosen, done.record)


def _seen_before(base: KnowledgeBase, settings: Settings, record: Record) -> None:
    """On stderr, the earlier incident whose cause it may be; it is only advice, after the answer."""
    from kb.journeys.find import Finder
    from kb.journeys.undone import same_cause

    sys.stdout.flush()
    incident = record.entry
    assert isinstance(incident, Incident)
    with contextlib.suppress(KbError):
        name = same_cause(base, incident, Finder(settings, base).similar(incident, 5))
        if name:
            output.tell("Looks like ", (name, "bold"), ": the same cause?")
            output.tell((f"  → kb set recurrence_of+={name} --on {incident.id}", "dim"))


def lesson(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The lesson, in a sentence.")],
    kind: Annotated[
        LessonKind, typer.Option(help="What was learned, went well, went wrong, or was luck.")
    ] = LessonKind.LEARNED,
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Keep a lesson."""
    from kb.journeys import capture

    with opened(root) as (base, _):
        captured(capture.lesson(base, capture.target(base, on), text, kind), as_json, base)


def link(
    incident: Annotated[
        str, typer.Argument(metavar="INCIDENT", autocompletion=complete.incidents, help="An id or a part of it.")
    ],
    deployment: Annotated[
        str, typer.Argument(metavar="DEPLOYMENT", autocompletion=complete.deployments, help="An id or a part of it.")
    ],
    relation: Annotated[Relation, typer.Option(help="What the deployment had to do with it.")],
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Say what a deployment had to do with an incident."""
    from kb.cli.standing import answered
    from kb.journeys import capture

    with opened(root) as (base, chosen):
        pair = base.get(incident, "incident"), base.get(deployment, "deployment")
        done = capture.link(base, *pair, relation)
        entry = pair[1].entry
        answered(base, chosen, done, as_json, entry if isinstance(entry, Deployment) else None)


COMMANDS = [
    ("log", log, {"epilog": 'Example: kb log "CPU near 100 % on app-server-01" --at 09:04 --by "IT operations"'}),
    ("ask", ask, {"epilog": 'Example: kb ask "What is currently running on our application server?" --by CTO'}),
    ("answer", answer, {"epilog": 'Example: kb answer "currently running" "A DotNetNuke service" --verdict cracked'}),
    ("set", set_, {"epilog": 'Example: kb set severity=sev1 services+="back office" started="10 minutes ago"'}),
    ("mitigate", mitigate, {"epilog": "Example: kb mitigate --at 09:50"}),
    ("resolve", resolve, {"epilog": 'Example: kb resolve --root-cause "An unknown service ate the CPU"'}),
    ("lesson", lesson, {"epilog": 'Example: kb lesson "Ask questions until you find answers."'}),
    ("link", link, {"epilog": "Example: kb link all-applications release-4-10 --relation ruled-out"}),
]
