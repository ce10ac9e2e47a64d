"""`kb digest`: what a team should remember of the last days, as Markdown that may be mailed or posted as it is."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.cli import output, tasks
from kb.cli.options import Json, Root, now, opened
from kb.markdown.quote import quoted
from kb.model import OPEN_STATUSES, Entry, Incident, Verdict
from kb.model.dating import began, local_date
from kb.model.metrics import recovery_time
from kb.model.spoken import count, date_words, long, span
from kb.model.todo import Task, owner_key

if TYPE_CHECKING:
    from kb.journeys.digest import Anniversary, Digest, Hurt

_QUESTIONS = 20
"""So many open questions are told."""


def digest(
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="Since when: 7d, 2026-11-01, 'last monday'.")
    ] = "7d",
    as_of: Annotated[str, typer.Option("--as-of", metavar="TIME", help="Until when; now if not given.")] = "",
    root: Root = None,
    as_json: Json = False,
) -> None:
    """New lessons, incidents, overdue actions, what happened on this day, and questions still open.

    An entry's lessons are new when the last thing it tells of, in its milestones and its timeline, happened since then.
    """
    from kb.cli import when
    from kb.journeys import digest as journey

    with opened(root) as (base, chosen):
        records = base.records()
    until = when.moment(as_of, chosen.timezone, now()).at if as_of else now()
    period = journey.Period(when.since(since, chosen.timezone, until), until, chosen.timezone)
    own = (record.entry for record in records if not record.library)
    found = journey.digest(own, (record.entry for record in records if record.library), period)
    if as_json:
        output.print_json(_json(found))
    else:
        sys.stdout.write("\n".join(_letter(found, chosen.name)) + "\n")


def _letter(found: Digest, name: str) -> Iterator[str]:
    first, last = (date_words(day) for day in found.period.days)
    if found.empty:
        yield f"Nothing to tell of {quoted(name)} from {first} to {last}."
        return
    yield f"# {quoted(name)}: {first} to {last}"
    yield from _part("New lessons", (_lesson(entry, lesson) for entry, lesson in found.lessons))
    yield from _part("Incidents", _incidents(found))
    yield from _part("Deployments that hurt", map(_hurt, found.hurt))
    yield from _overdue(found.overdue)
    yield from _part("On this day", map(_anniversary, found.on_this_day))
    yield from _part("Questions still open", _questions(found))


def _part(heading: str, lines: Iterable[str], level: str = "##") -> Iterator[str]:
    every = [f"- {line}" for line in lines]
    if every:
        yield from ("", f"{level} {heading}", "", *every)


def _lesson(entry: Entry, lesson: Any) -> str:
    kind = {"learned": "Learned", "well": "Went well", "wrong": "Went wrong", "lucky": "Got lucky"}[str(lesson.kind)]
    return f"**{kind}:** {quoted(lesson.text)} ({_named(entry)})"


def _named(entry: Entry) -> str:
    return f"{quoted(entry.title)}, `{entry.id}`"


def _incidents(found: Digest) -> Iterator[str]:
    for incident in found.opened:
        yield f"Began {_day(incident)}: {_graded(incident)}, {_became(incident)}"
    for incident in (one for one in found.closed if one not in found.opened):
        yield f"Over that began {_day(incident)}: {_graded(incident)}, {_became(incident)}"
    for incident in found.running:
        yield f"Still open since {_day(incident)}: {_graded(incident)}"


def _became(incident: Incident) -> str:
    if incident.status in OPEN_STATUSES:
        return f"still open ({incident.status})"
    took = recovery_time(incident)
    return f"service was back after {span(took)}" if took else str(incident.status)


def _graded(incident: Incident) -> str:
    return _named(incident) + (f", {incident.severity}" if incident.severity else "")


def _day(incident: Incident) -> str:
    moment = began(incident)
    return date_words(local_date(moment, incident.timezone)) if moment else "an unknown day"


def _hurt(one: Hurt) -> str:
    blaming = (
        f"`{incident.id}`" + ("" if wait is None else f" after {span(wait)}") for incident, wait in one.incidents
    )
    said = f"had a part in {', '.join(blaming)}" if one.incidents else str(one.deployment.status)
    return f"{_named(one.deployment)}: {said}"


def _overdue(late: Iterable[Task]) -> Iterator[str]:
    """By owner, in the order of the names, what nobody has last; the most overdue of each first."""
    owners: dict[str, list[Task]] = {}
    for task in late:
        owners.setdefault(owner_key(task.action.owner), []).append(task)
    if owners:
        yield from ("", "## Overdue actions")
    for key in sorted(owners, key=lambda key: (not key, key)):
        mine = owners[key]
        name = quoted(mine[0].action.owner) or "Nobody's"
        yield from _part(f"{name}: {count(len(mine), 'action')}", map(_late, mine), "###")


def _late(task: Task) -> str:
    due = task.action.due
    return f"{quoted(task.action.text)} ({long(task.late)} late, due {due}; `{task.entry.id}`)"


def _anniversary(one: Anniversary) -> str:
    incident = one.incident
    whose = f" at {quoted(incident.company)}" if incident.company else ""
    asked = next((question.text for question in incident.questions if question.verdict is Verdict.CRACKED), "")
    cracked = f" The question that cracked it: “{quoted(asked)}”" if asked else ""
    return f"{date_words(one.day)}, {count(one.years, 'year')} ago{whose}: {_named(incident)}.{cracked}"


def _questions(found: Digest) -> Iterator[str]:
    for incident, question in found.questions[:_QUESTIONS]:
        going_on = ", still open itself" if incident.status in OPEN_STATUSES else ""
        yield f"{quoted(question.text)} ({_named(incident)}{going_on})"
    if len(found.questions) > _QUESTIONS:
        yield f"and {len(found.questions) - _QUESTIONS} more: `kb digest --json` names them all"


def _json(found: Digest) -> dict[str, Any]:
    return {
        "since": found.period.since, "until": found.period.until,
        "lessons": [
            {"entry": entry.id, "title": entry.title, "id": lesson.id, "kind": lesson.kind, "text": lesson.text}
            for entry, lesson in found.lessons
        ],
        "opened": [_brief(one) for one in found.opened], "closed": [_brief(one) for one in found.closed],
        "running": [_brief(one) for one in found.running],
        "hurt": [
            {
                "id": one.deployment.id, "title": one.deployment.title, "status": one.deployment.status,
                "incidents": [{"id": incident.id, "delay_seconds": wait} for incident, wait in one.incidents],
            }
            for one in found.hurt
        ],
        "overdue": [tasks.brief_json(task) for task in found.overdue],
        "on_this_day": [
            {"id": one.incident.id, "title": one.incident.title, "company": one.incident.company, "day": one.day,
             "years": one.years}
            for one in found.on_this_day
        ],
        "questions": [
            {"entry": incident.id, "id": question.id, "text": question.text,
             "incident_open": incident.status in OPEN_STATUSES}
            for incident, question in found.questions
        ],
    }  # fmt: skip


def _brief(incident: Incident) -> dict[str, Any]:
    return {"id": incident.id, "title": incident.title, "severity": incident.severity, "status": incident.status}


COMMANDS = [
    ("digest", digest, {"epilog": "Example: kb digest --since 7d | mail -s 'What we learned' team@example.org"})
]
