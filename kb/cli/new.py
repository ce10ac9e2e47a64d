"""`kb new`: from the prompt to a usable record in under a minute."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.cli import complete, gate, output, tasks
from kb.cli.options import Json, Root, at_work, capture_json, now, settings, versioned
from kb.config import Settings
from kb.errors import KbError, UsageError
from kb.model import Moment

if TYPE_CHECKING:
    from kb.journeys.base import KnowledgeBase
    from kb.journeys.capture import Captured
    from kb.model import Incident

_HEADLINE = 80
_JUST_NOW = 24 * 3600
"""Seconds: an incident that began longer ago is written down afterwards, and was not noticed now."""

_EQUALS = re.compile(r"^(.*?\S)\s+(\S*\d\S*(?:\s*->\s*\S+)?)$")
"""A service and its version, said with a blank between them."""
_CLOCKED = re.compile(
    r"\d:\d\d|\d{4}-\d\d-\d\d|\b\d+ ?(?:am|pm)\b|^(?:today|tonight|tomorrow|now|noon|midnight|next|in|on) ",
    re.IGNORECASE,
)
"""What is a time rather than the name of a tool."""

new = typer.Typer(no_args_is_help=True, help="Write down an incident, a deployment or a system.")

Title = Annotated[str, typer.Argument(metavar="TITLE", help="What happens, in a line.")]
Services = Annotated[
    list[str] | None,
    typer.Option("--service", metavar="NAME", autocompletion=complete.services, help="A service; may be repeated."),
]
Systems = Annotated[
    list[str] | None,
    typer.Option("--system", metavar="NAME", autocompletion=complete.machines, help="A host or database; repeatable."),
]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", autocompletion=complete.tags, help="A tag; may be repeated.")
]
Environment = Annotated[str, typer.Option(metavar="NAME", help="Where: production, staging, …")]
Started = Annotated[str, typer.Option(metavar="TIME", help="When it began: 09:05, '10 minutes ago', 2026-11-22 09:05.")]


@new.command(
    "incident", epilog='Example: kb new incident "All applications down" --symptom "CPU near 100 %" --severity sev1'
)
def incident(
    title: Title = "",
    symptom: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="What is seen; may be repeated.")] = None,
    severity: Annotated[
        str,
        typer.Option(
            metavar="SEV", autocompletion=complete.severities, help="sev1 (all down) to sev4 (hardly noticed)."
        ),
    ] = "",
    started: Started = "",
    detected_by: Annotated[str, typer.Option(metavar="HOW", help="Who or what noticed.")] = "",
    service: Services = None,
    system: Systems = None,
    environment: Environment = "",
    tag: Tags = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Something breaks: write it down, and see at once whether it has been seen before."""
    from kb.cli.when import moment

    chosen = settings(root)
    seen = symptom or []
    if not title and seen:
        title = _headline(seen[0])
    elif not title and sys.stdin.isatty() and sys.stdout.isatty():
        title, seen, severity = _interview(severity)
    clock = now()
    here = Moment(clock)
    began = moment(started, chosen.timezone, clock) if started else here
    noticed = here if here.seconds_since(began) < _JUST_NOW else None
    fields = [
        ("severity", severity), ("started", began.local(chosen.timezone)),
        ("detected", noticed.local(chosen.timezone) if noticed else ""), ("detected_by", detected_by),
        ("environment", environment), *_named(service, system, tag),
    ]  # fmt: skip
    _create(chosen, "incident", title, began.local(chosen.timezone)[:10], fields, tuple(seen), as_json)


def _headline(symptom: str) -> str:
    """What is seen, in a line short enough for a title: at three in the morning nobody is asked for a better one."""
    line = " ".join(symptom.split())
    return line if len(line) <= _HEADLINE else line[:_HEADLINE].rpartition(" ")[0] or line[:_HEADLINE]


def _interview(severity: str) -> tuple[str, list[str], str]:
    """The three questions; everything else can wait."""
    title = gate.prompt("What happens?")
    answer = gate.prompt("What do you see? (several things: separate them with ';')", default="")
    seen = [part.strip() for part in answer.split(";") if part.strip()]
    while not severity:
        given = gate.prompt("How bad? 1 all down … 4 hardly noticed", default="").strip().lower()
        if not given:
            break
        severity = f"sev{given}" if given in ("1", "2", "3", "4") else given
        if severity not in ("sev1", "sev2", "sev3", "sev4"):
            typer.echo("Say 1, 2, 3 or 4, or press Enter to leave it open.", err=True)
            severity = ""
    return title, seen, severity


@new.command(
    "deployment", epilog='Example: kb new deployment "Release 4.10" --service storefront=4.10 --tool "Octopus Deploy"'
)
def deployment(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What is deployed, in a line; else its services.")] = "",
    service: Annotated[
        list[str] | None,
        typer.Option(
            "--service",
            metavar="NAME[=VERSION]",
            autocompletion=complete.services,
            help="storefront=4.10, or =4.9->4.10; repeatable.",
        ),
    ] = None,
    status: Annotated[
        str,
        typer.Option(
            metavar="STATUS",
            autocompletion=complete.deployment_statuses,
            help="planned, in progress, finished, failed, …",
        ),
    ] = "planned",
    tool: Annotated[str, typer.Option(metavar="NAME", help="Octopus Deploy, Argo CD, a script, …")] = "",
    window: Annotated[str, typer.Option(metavar="'TIME to TIME'", help="'2026-11-24 05:00 to 06:00'.")] = "",
    started: Started = "",
    finished: Annotated[str, typer.Option(metavar="TIME", help="When it ended.")] = "",
    system: Systems = None,
    environment: Environment = "",
    change: Annotated[str, typer.Option("--change", metavar="TEXT", help="What is changed.")] = "",
    meeting: Annotated[str, typer.Option(metavar="TIME", help="When its risks were weighed.")] = "",
    attendee: Annotated[list[str] | None, typer.Option(metavar="WHO", help="Who weighed them; repeatable.")] = None,
    decision: Annotated[str, typer.Option(metavar="WORDS", help="go, no-go, 'go with conditions: …'.")] = "",
    risk: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="'… (likelihood: low; owner: @who)'; repeatable.")
    ] = None,
    check: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="What is to be verified; repeatable.")] = None,
    rollback: Annotated[str, typer.Option(metavar="TEXT", help="How to go back.")] = "",
    override: Annotated[
        str, typer.Option(metavar="REASON", help="Why it goes ahead in a freeze, or during a sev1 or sev2.")
    ] = "",
    tag: Tags = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """A change on its way to production, and the risks weighed before it."""
    from kb.cli.when import moment

    chosen, here = settings(root), now()
    named = [versioned(name) for name in service or ()]
    if not title and not named and sys.stdin.isatty() and sys.stdout.isatty():
        title, named, *asked = _ask_deployment(chosen.timezone, here)
        tool, window = tool or asked[0], window or asked[1]
    times = {
        name: moment(text, chosen.timezone, here).local(chosen.timezone)
        for name, text in (("started", started), ("finished", finished), ("meeting", meeting)) if text
    }  # fmt: skip
    if window:
        times["window"] = _window(window, chosen.timezone, here)
    day = (times.get("started") or times.get("window") or Moment(here).local(chosen.timezone))[:10]
    fields = [
        ("status", status), *times.items(), ("environment", environment), ("tool", tool), ("summary", change),
        *(("attendees", who) for who in attendee or ()), ("decision", decision),
        *(("risks", text) for text in risk or ()), *(("checks", text) for text in check or ()),
        ("rollback_plan", rollback), *_named(named, system, tag),
    ]  # fmt: skip
    _create_deployment(chosen, title, day, fields, override, as_json)


def _ask_deployment(timezone: str, here: datetime) -> tuple[str, list[str], str, str]:
    """The three questions; everything else can wait. Gives title, services, tool and window."""
    title = gate.prompt("What is deployed?")
    answer = gate.prompt("Which services? (web 4.10, back office 4.9 -> 4.10)", default="")
    named = [versioned(_EQUALS.sub(r"\1=\2", part.strip())) for part in answer.split(",") if part.strip()]
    while True:
        answer = gate.prompt("With what tool, or when? (Argo CD; 05:00 to 06:00)", default="")
        parts = [part.strip() for part in answer.split(";") if part.strip()]
        times = [part for part in parts if _CLOCKED.search(part)]
        try:
            window = _window(times[0], timezone, here) if times else ""
        except UsageError as error:
            typer.echo(f"{error.message}; {error.hint}", err=True)
        else:
            return title, named, " ".join(part for part in parts if part not in times), window


def _create_deployment(
    chosen: Settings, title: str, day: str, fields: list[tuple[str, str]], override: str, as_json: bool
) -> None:
    from datetime import date

    from kb.cli.standing import answered
    from kb.journeys import deploying
    from kb.journeys.capture import Draft

    if not title.strip() and not any(name == "services" for name, _ in fields):
        raise UsageError("a new deployment needs a title", "name it, or what is deployed: --service web=4.10")
    draft = Draft(title, date.fromisoformat(day), tuple((name, value) for name, value in fields if value))
    with at_work(chosen) as base:
        done = deploying.new(base, chosen, draft, now(), override)
        answered(base, chosen, done, as_json)
        if override.strip() and not getattr(done.record.entry, "override", ""):
            output.tell("nothing is in its way; there was nothing to override")


def _window(text: str, timezone: str, here: datetime) -> str:
    """A window as it is written; `23:00 to 01:00` ends the day after."""
    from kb.cli.when import moment

    first, _, last = text.partition(" to ")
    begin = moment(first, timezone, here, ahead=True)
    if not last:
        return begin.local(timezone)
    end = moment(last, timezone, begin.at, ahead=True)
    return f"{begin.local(timezone)} to {end.local(timezone)}"


@new.command("system", epilog='Example: kb new system app-server-01 --expect "IIS (W3SVC)" --owner @ops')
def system(
    title: Title = "",
    expect: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Something that runs there; repeatable.")
    ] = None,
    owner: Annotated[str, typer.Option(metavar="WHO", help="Who looks after it.")] = "",
    host: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Its host names; repeatable.")] = None,
    service: Services = None,
    environment: Environment = "",
    tag: Tags = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """A host, a database or a service, and what is expected to run on it."""
    fields = [
        ("environment", environment), ("owner", owner), *(("hosts", name) for name in host or ()),
        *(("expected", text) for text in expect or ()), *_named(service, None, tag),
    ]  # fmt: skip
    _create(settings(root), "system", title or _prompt("Which system?"), "", fields, (), as_json)


def _prompt(question: str) -> str:
    return gate.prompt(question) if sys.stdin.isatty() and sys.stdout.isatty() else ""


def _named(service: list[str] | None, system: list[str] | None, tag: list[str] | None) -> list[tuple[str, str]]:
    several = (("services", service), ("systems", system), ("tags", tag))
    return [(name, value) for name, values in several for value in values or ()]


def _create(
    chosen: Settings,
    kind: str,
    title: str,
    day: str,
    fields: list[tuple[str, str]],
    symptoms: tuple[str, ...],
    as_json: bool,
) -> None:
    from datetime import date

    from kb.journeys import capture

    if not title.strip():
        raise UsageError(f"a new {kind} needs a title", f'kb new {kind} "in a line, what it is"')
    given = tuple((name, value) for name, value in fields if value)
    draft = capture.Draft(title, date.fromisoformat(day) if day else None, given, symptoms)
    with at_work(chosen) as base:
        done = capture.new(base, chosen, kind, draft)
        if not as_json:
            output.say(("✓ ", "green"), (done.record.path, "bold"))
            sys.stdout.flush()
        if kind == "incident":
            _seen_before(base, chosen, done, as_json)
        elif as_json:
            output.print_json(capture_json(done, base))


def _seen_before(base: KnowledgeBase, chosen: Settings, done: Captured, as_json: bool) -> None:
    """What resembles a new incident, what to ask, and which deployments may be behind it."""
    from kb.journeys.find import Finder
    from kb.journeys.suspects import suspects
    from kb.journeys.undone import left_undone

    entry: Any = done.record.entry
    incident: Incident = entry
    alike, questions = [], []
    try:
        with output.progress("Indexing") as told:
            finder = Finder(chosen, base, told)
            alike, questions = finder.similar(incident), finder.questions(incident, 4)
    except KbError as error:  # the incident is written down; what it resembles is only advice
        output.complain(error)
    records = base.some(match.entry.id for match in alike)
    similar, unfinished = alike[:3], left_undone(alike, records, now().date())
    hours = chosen.suspect_hours
    deployments = suspects(incident, base.suspectable(incident, hours), hours, chosen.soak_hours)
    if as_json:
        output.print_json({
            **capture_json(done, base),
            "similar": [output.hit_json(match) for match in similar],
            "questions": [output.suggestion_json(question) for question in questions],
            "suspects": deployments,
            "unfinished": [tasks.brief_json(task) for task in unfinished],
        })  # fmt: skip
        return
    seen = [match for match in similar if match.fit != "none"]
    output.heading("Seen before" if seen else "Nothing like this is recorded yet")
    output.hits(seen)
    output.heading("Ask these first")
    output.suggestions(questions)
    if deployments:
        output.heading(f"Deployed in the {hours} hours before")
        output.suspects(deployments)
    if unfinished:
        output.heading("Left undone after incidents like this")
        tasks.say(unfinished, 5)
    output.say()
    output.say(('Next: kb log "…", kb ask "…", kb answer "…"; all about this one while it is open.', "dim"))


COMMANDS: list[tuple[str, typer.Typer, dict[str, str]]] = [("new", new, {})]
