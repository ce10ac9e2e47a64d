"""What a team's own past says of a deployment before it goes out: all that the paper for its risk meeting is made of.

Nothing is guessed and nothing is asked of the network: what stands in a brief stands in an entry, which it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from kb.journeys.obstacles import frozen
from kb.journeys.past import Near, Past, systems_of
from kb.model import (
    OPEN_STATUSES,
    Deployment,
    Entry,
    Incident,
    LessonKind,
    Match,
    Moment,
    Relation,
    Severity,
    Standing,
    Suggestion,
    System,
    Verdict,
)
from kb.model.delivery import delay
from kb.model.metrics import Share, change_failures
from kb.model.names import slug
from kb.model.standing import Said
from kb.model.todo import undone
from kb.search.alike import alike, telling
from kb.search.cards import asked
from kb.search.questions import for_meeting

if TYPE_CHECKING:
    from kb.freeze import Freeze

MOST = 8
"""Of everything a meeting reads, so much at most: one page."""
HEARD = 60
"""So many past entries are asked for their questions and lessons, those that have most to do with it."""
_FIT = {"strong": 600, "likely": 450, "weak": 250}
_LESSON = {LessonKind.LEARNED: 100, LessonKind.WRONG: 60, LessonKind.LUCKY: 40}
_FURTHER = 85
"""Percent of its weight that each further lesson of one entry keeps: several are heard first."""


@dataclass(frozen=True, slots=True)
class After:
    """An incident that names an earlier deployment.

    Args:
        seconds: from the deployment's end to the incident's start; None when that is not known to the minute.
    """

    id: str
    title: str
    relation: Relation
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier deployment of the same services: how it stands now, and what came after it."""

    id: str
    title: str
    at: Moment | None
    timezone: str
    services: tuple[str, ...]
    standing: Standing
    after: tuple[After, ...]


@dataclass(frozen=True, slots=True)
class Like:
    """A past incident that has to do with such a change: why, what cracked it, and what fixed it."""

    id: str
    title: str
    library: bool
    reasons: tuple[str, ...]
    cracked_by: str = ""
    fixed_by: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """A lesson, a risk, an action item or a program that nobody knew, and the entry it stands in.

    Args:
        note: what is to be known of it: what became of a risk, who owes an action.
        late_days: by how many days an action is overdue.
    """

    text: str
    entry: str
    note: str = ""
    late_days: int = 0


@dataclass(frozen=True, slots=True)
class Burning:
    """An incident that is going on.

    Args:
        shared: it hits what is to be deployed.
    """

    id: str
    title: str
    severity: Severity
    shared: bool


@dataclass(frozen=True, slots=True)
class Brief:
    """What the past says of a deployment.

    Args:
        id: the deployment; empty when it is not recorded yet.
        before: the last deployments of its services, newest first.
        failures: how many of all of them hurt.
        frozen: the freezes that its time touches, in words.
        override: why it goes ahead all the same.
        unwritten: systems it goes to of which nobody wrote down what is expected to run there.
    """

    id: str
    title: str
    services: tuple[str, ...]
    systems: tuple[str, ...]
    tool: str
    failures: Share
    frozen: tuple[str, ...] = ()
    override: str = ""
    burning: tuple[Burning, ...] = ()
    before: tuple[Before, ...] = ()
    alike: tuple[Like, ...] = ()
    lessons: tuple[Noted, ...] = ()
    risks: tuple[Noted, ...] = ()
    overdue: tuple[Noted, ...] = ()
    unknown: tuple[Noted, ...] = ()
    unwritten: tuple[str, ...] = ()
    questions: tuple[Suggestion, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the team's past says nothing of it."""
        return not (self.before or self.lessons or self.risks or self.overdue or self.unknown)


def facets(plan: Deployment, systems: Iterable[System]) -> list[str]:
    """What is asked of the search's index for a brief: all that names its services or systems, and what burns.

    Args:
        systems: all there are.
    """
    services = (f"service:{slug(name)}" for name in plan.names)
    on = (f"system:{slug(name)}" for name in systems_of(plan, systems)[1])
    return [*services, *on, *(f"status:{status}" for status in OPEN_STATUSES)]


def brief(
    plan: Deployment,
    own: Sequence[Entry],
    matches: Sequence[Match],
    now: datetime,
    soak_hours: int,
    freezes: Iterable[Freeze] = (),
) -> Brief:
    """What the past says of a deployment.

    Args:
        plan: what is to be deployed, recorded or not.
        own: the team's entries; those that have nothing to do with it may be left out.
        matches: incidents that resemble it, the best first.
        now: an aware datetime.
        soak_hours: hours after its end until a finished deployment counts as succeeded.
        freezes: when nothing is to be deployed.
    """
    past = Past.of(plan, own)
    related = past.near()
    near = related[:HEARD]
    like = [match for match in matches if match.fit in _FIT and not (match.entry.library and match.fit == "weak")]
    ran, by_id = past.ran(now, soak_hours), {incident.id: incident for incident in past.incidents}
    return Brief(
        plan.id, plan.title, plan.names, plan.systems, plan.tool,
        change_failures([one for one, _ in ran], past.incidents),
        frozen=tuple(one.said for one in frozen(plan, freezes, now)),
        override=plan.override,
        burning=tuple(_burning(past)),
        before=tuple(_told(one, stands, past.said, by_id) for one, stands in ran[:MOST]),
        alike=tuple(_alike(past, near, like)),
        lessons=tuple(_lessons(near))[:MOST + 2],
        risks=tuple(_risks(one for one, _ in ran))[:MOST],
        overdue=tuple(_overdue((one.entry for one in related), now.date()))[:MOST],
        unknown=tuple(Noted(item.text, system.id) for system in past.systems for item in system.unexpected),
        unwritten=tuple(past.unwritten()),
        questions=tuple(_questions(near, like)),
    )  # fmt: skip


def _told(one: Deployment, stands: Standing, said: Said, incidents: Mapping[str, Incident]) -> Before:
    """An earlier deployment, and every incident that names it."""
    after = (
        After(name, incidents[name].title, relation, delay(one, incidents[name]))
        for name, relation in said.get(one.id, ())
    )
    versions = tuple(f"{service.name} {service.version}".strip() for service in one.services)
    return Before(one.id, one.title, one.started or one.window_start, one.timezone, versions, stands, tuple(after))


def _burning(past: Past) -> Iterator[Burning]:
    """What is going on now; what it shares with the deployment comes first, then the worst."""
    going_on = [incident for incident in past.incidents if incident.status in OPEN_STATUSES]
    found = [Burning(one.id, one.title, one.severity, past.why(one)[0] > 0) for one in going_on]
    yield from sorted(found, key=lambda one: (not one.shared, one.severity or "sev9"))


def _alike(past: Past, near: Sequence[Near], matches: Sequence[Match]) -> Iterator[Like]:
    """The team's own incidents around these services, then what resembles the change, here and elsewhere."""
    over = ((one.entry, one.reasons) for one in near if isinstance(one.entry, Incident))
    known = [(entry, why) for entry, why in over if entry.status not in OPEN_STATUSES][: MOST // 2]
    for entry, why in known:
        cracked = next((question.text for question in entry.questions if question.verdict is Verdict.CRACKED), "")
        yield Like(entry.id, entry.title, False, why, cracked, _first(entry.resolution))
    burning = (one.id for one in past.incidents if one.status in OPEN_STATUSES)
    shown = {past.plan.id, *burning, *(entry.id for entry, _ in known)}
    others = [match.entry for match in matches if match.entry.id not in shown]
    reasons = {match.entry.id: match.reasons for match in matches}
    for card in others[: MOST - 2 - len(known)]:
        yield Like(card.id, card.title, card.library, reasons[card.id], card.cracked_by or "", card.fixed_by or "")


def _first(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())


def _lessons(near: Sequence[Near]) -> Iterator[Noted]:
    """What was learned and what went wrong; each lesson once, several entries before the further ones of one."""
    weighed = []
    for entry, share, _ in near:
        telling_ones = [lesson for lesson in entry.lessons if lesson.kind in _LESSON]
        for number, lesson in enumerate(sorted(telling_ones, key=lambda one: -_LESSON[one.kind])):
            weight = share * _LESSON[lesson.kind] * _FURTHER**number // 100**number
            weighed.append((weight, lesson.text, entry.id))
    said: list[frozenset[str]] = []
    for _, text, name in sorted(weighed, key=lambda one: -one[0]):
        words = telling(text)
        if not any(alike(words, other) for other in said[: MOST * 2]):
            said.append(words)
            yield Noted(text, name)


def _risks(deployments: Iterable[Deployment]) -> Iterator[Noted]:
    """What was feared in earlier meetings, each once, with what became of it the last time."""
    said: set[frozenset[str]] = set()
    for one in deployments:
        for risk in one.risks:
            words = telling(risk.text)
            if words not in said:
                said.add(words)
                yield Noted(risk.text, one.id, risk.outcome or "nobody wrote down what became of it")


def _overdue(entries: Iterable[Entry], today: date) -> Iterator[Noted]:
    """What should have been done by now, the latest first."""
    for task in undone(entries, today):
        if task.late:
            yield Noted(task.action.text, task.entry.id, task.action.owner or "no owner", task.late)


def _questions(near: Sequence[Near], matches: Sequence[Match]) -> list[Suggestion]:
    known = [(entry.id, tuple(asked(entry)), share) for entry, share, _ in near]
    shown = {name for name, _, _ in known}
    others = [(m.entry.id, m.entry.questions, _FIT[m.fit]) for m in matches if m.entry.id not in shown]
    return for_meeting([*known, *others], MOST)
