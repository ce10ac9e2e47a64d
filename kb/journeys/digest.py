"""What a team should remember of the last days: made to be mailed or posted, once a week or as often as one likes.

Everything comes from the dates in the entries and not from when they were saved: a base that was restored, cloned or
imported tells the same. A thing belongs to the period in which it happened, so that of two digests, one after the
other, only one tells it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kb.model import OPEN_STATUSES, Deployment, Entry, Incident, Lesson, Moment, Question, Verdict, zone
from kb.model.dating import began, day_of, newest
from kb.model.delivery import delay, reached_on
from kb.model.metrics import hurt
from kb.model.standing import BLAMED
from kb.model.todo import Task, undone


@dataclass(frozen=True, slots=True)
class Period:
    """From one moment, which is not in it, to another, which is.

    Args:
        timezone: IANA name of the zone in which its days are counted.
    """

    since: datetime
    until: datetime
    timezone: str

    def __contains__(self, moment: Moment | None) -> bool:
        return moment is not None and self.since < moment.utc <= self.until

    @property
    def days(self) -> tuple[date, date]:
        """The day it begins on, which is the last of the period before, and its own last day."""
        there = zone(self.timezone)
        return self.since.astimezone(there).date(), self.until.astimezone(there).date()


@dataclass(frozen=True, slots=True)
class Hurt:
    """A deployment that hurt, and the incidents that blame it, each with the seconds between, where they are known."""

    deployment: Deployment
    incidents: tuple[tuple[Incident, float | None], ...]


@dataclass(frozen=True, slots=True)
class Anniversary:
    """An incident that began so many years before a day of the period."""

    incident: Incident
    day: date
    years: int


@dataclass(frozen=True, slots=True)
class Digest:
    """What there is to tell.

    Args:
        lessons: of the entries in which the last thing happened in the period, as their milestones and timelines say.
        opened, closed: incidents that began, and that were resolved.
        running: incidents that are open and began before.
        hurt: deployments that hurt, and reached production in the period or are blamed by an incident of it.
        overdue: the most overdue first, whatever the period.
        on_this_day: the team's own incidents; of the library where the team has none in these days.
        questions: those without a verdict, of open incidents first, then the newest.
    """

    period: Period
    lessons: tuple[tuple[Entry, Lesson], ...] = ()
    opened: tuple[Incident, ...] = ()
    closed: tuple[Incident, ...] = ()
    running: tuple[Incident, ...] = ()
    hurt: tuple[Hurt, ...] = ()
    overdue: tuple[Task, ...] = ()
    on_this_day: tuple[Anniversary, ...] = ()
    questions: tuple[tuple[Incident, Question], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        told = (self.lessons, self.opened, self.closed, self.running, self.hurt, self.overdue, self.on_this_day)
        return not any(told) and not self.questions


def digest(own: Iterable[Entry], library: Iterable[Entry], period: Period) -> Digest:
    """The digest of a period.

    Args:
        own: every entry of the team.
        library: well-known incidents of other companies; they are told on their days alone.
    """
    every = sorted(own, key=newest, reverse=True)
    incidents = [one for one in every if isinstance(one, Incident)]
    running = [one for one in incidents if one.status in OPEN_STATUSES]
    opened = tuple(one for one in incidents if began(one) in period)
    others = sorted((one for one in library if isinstance(one, Incident)), key=newest, reverse=True)
    return Digest(
        period,
        lessons=tuple((one, lesson) for one in every if _last(one) in period for lesson in one.lessons),
        opened=opened,
        closed=tuple(one for one in incidents if one.status not in OPEN_STATUSES and one.resolved in period),
        running=tuple(one for one in running if one not in opened),
        hurt=tuple(_hurt(every, incidents, period)),
        overdue=tuple(task for task in undone(every, period.days[1]) if task.late),
        on_this_day=_anniversaries(incidents, period) or _anniversaries(others, period),
        questions=tuple(_questions([*running, *(one for one in incidents if one.status not in OPEN_STATUSES)])),
    )


def _last(entry: Entry) -> Moment | None:
    """When the last thing happened that an entry tells the time of."""
    reached = ("started", "detected", "acknowledged", "mitigated", "resolved", "finished")
    moments = [*(getattr(entry, name, None) for name in reached), *(event.at for event in entry.timeline)]
    return max((moment for moment in moments if moment), key=lambda moment: moment.utc, default=None)


def _hurt(entries: Iterable[Entry], incidents: Sequence[Incident], period: Period) -> Iterator[Hurt]:
    blames: dict[str, list[Incident]] = {}
    for incident in incidents:
        for name in {link.id for link in incident.deployments if link.relation in BLAMED}:
            blames.setdefault(name, []).append(incident)
    for change in hurt((one for one in entries if isinstance(one, Deployment)), incidents):
        blaming = blames.get(change.id, [])
        if reached_on(change) in period or any(began(one) in period for one in blaming):
            yield Hurt(change, tuple((one, delay(change, one)) for one in blaming))


def _anniversaries(incidents: Iterable[Incident], period: Period) -> tuple[Anniversary, ...]:
    """By day, and on each day the newest first."""
    found = (_anniversary(incident, period) for incident in incidents)
    return tuple(sorted((one for one in found if one), key=lambda one: one.day))


def _anniversary(incident: Incident, period: Period) -> Anniversary | None:
    """The last time in the period that an incident began so many years ago."""
    (first, last), day = period.days, day_of(incident)
    for year in (last.year, last.year - 1):
        if day and year > day.year and first < (again := _in_year(day, year)) <= last:
            return Anniversary(incident, again, year - day.year)
    return None


def _in_year(day: date, year: int) -> date:
    """The same day of another year; of 29 February, the day before 1 March."""
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) and not _leap(year) else day.replace(year)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _questions(incidents: Iterable[Incident]) -> Iterator[tuple[Incident, Question]]:
    for incident in incidents:
        for question in incident.questions:
            if question.verdict is Verdict.OPEN:
                yield incident, question
