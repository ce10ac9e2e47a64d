"""Every measure of a team at once, of all times or of a period, of everything or of one service.

Both faces show what stands here, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from kb.journeys.services import named
from kb.model import Deployment, Entry, Incident, Moment, Relation
from kb.model.dating import began, newest
from kb.model.delivery import DELAYS, Frequency, delays, frequency, reached_on
from kb.model.metrics import (
    MILESTONES,
    Bin,
    Edges,
    Share,
    Spread,
    change_failures,
    failed_deployment_recovery,
    histogram,
    spread,
    time_to_crack,
)
from kb.model.recurrence import Recurrence, came_back, recurrences
from kb.model.todo import Task, undone

LATENESS: Edges = (
    (7, "≤ 1 week"), (30, "≤ 1 month"), (91, "≤ 3 months"), (365, "≤ 1 year"), (None, "longer"),
)  # fmt: skip
"""Days by which an action is overdue."""
CRACKED: Edges = (
    (900, "≤ 15 min"), (1800, "≤ 30 min"), (3600, "≤ 1 h"), (7200, "≤ 2 h"), (21600, "≤ 6 h"), (None, "longer"),
)  # fmt: skip
"""Seconds until the question was asked that cracked it."""
_TO_MIDNIGHT = timedelta(days=1, microseconds=-1)
_E = TypeVar("_E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Measures:
    """What can be said in figures; every duration in seconds.

    Args:
        incidents: how many incidents are counted.
        deployments: how many deployments are looked at, whatever became of them.
        durations: the four durations of an incident by their names; None where nothing is known.
        crack: from the start to the question that cracked it; `crack_bins` is its histogram.
        frequency: how often deployments reached production; None before the first week is over.
        failures: deployments that hurt, of those that reached production.
        recovery: how long service took to come back after a deployment broke it.
        delay: from a deployment to the incident it had a part in; `delay_bins` is its histogram, and `cleared_bins`
            that of the deployments that were suspected and ruled out, which no other figure counts.
        came_back: the incidents that had the cause of an earlier one, newest first.
        overdue: actions past their due date, the most overdue first; `overdue_bins` counts them by days.
        unfinished: how many actions are not done, overdue or not.
    """

    incidents: int
    deployments: int
    durations: tuple[tuple[str, Spread | None], ...]
    crack: Spread | None
    crack_bins: tuple[Bin, ...]
    frequency: Frequency | None
    failures: Share
    recovery: Spread | None
    delay: Spread | None
    delay_bins: tuple[Bin, ...]
    cleared_bins: tuple[Bin, ...]
    came_back: tuple[Recurrence, ...]
    overdue: tuple[Task, ...]
    overdue_bins: tuple[Bin, ...]
    unfinished: int

    @property
    def recurrences(self) -> tuple[Recurrence, ...]:
        """What came back while an action against it was still open."""
        return tuple(recurrences(self.came_back))


def measures(entries: Iterable[Entry], now: datetime, since: datetime | None = None, service: str = "") -> Measures:
    """The measures of a team's own entries.

    Args:
        entries: every entry of the team, and none of the library.
        now: an aware datetime; lateness and weeks are counted to its day, in UTC.
        since: an aware datetime. An incident counts by its start and a deployment by its end, or else its start;
            what nobody knows the time of does not. What incidents say of a deployment that counts is heard whenever it
            is said, and actions that are overdue are overdue now.
        service: only what names that service, however it is spelled.
    """
    every = list(entries)
    wanted = named(every, service) if service else every
    incidents = [one for one in _of_kind(wanted, Incident) if _inside(began(one), since)]
    changes = [one for one in _of_kind(wanted, Deployment) if _inside(reached_on(one), since)]
    ours = _of_kind(every, Incident)  # a deployment of one service may hurt another
    cracked, waits = [time_to_crack(one) for one in incidents], delays(changes, ours)
    today = now.date()
    left = undone(wanted, today)
    late = tuple(task for task in left if task.late)
    counted = {one.id for one in incidents}
    back = [one for one in came_back(ours) if one.incident.id in counted]
    return Measures(
        incidents=len(incidents),
        deployments=len(changes),
        durations=tuple((name, spread(map(measure, incidents))) for name, measure in MILESTONES),
        crack=spread(cracked),
        crack_bins=histogram((one for one in cracked if one is not None), CRACKED),
        frequency=frequency(changes, ours, today, _day(since)),
        failures=change_failures(changes, ours),
        recovery=failed_deployment_recovery(changes, ours),
        delay=spread(waits),
        delay_bins=histogram(waits, DELAYS),
        cleared_bins=histogram(delays(changes, ours, (Relation.RULED_OUT,)), DELAYS),
        came_back=tuple(sorted(back, key=lambda one: newest(one.incident), reverse=True)),
        overdue=late,
        overdue_bins=histogram((task.late for task in late), LATENESS),
        unfinished=len(left),
    )


def _of_kind(entries: Iterable[Entry], kind: type[_E]) -> Sequence[_E]:
    return [one for one in entries if isinstance(one, kind)]


def _inside(moment: Moment | None, since: datetime | None) -> bool:
    return since is None or (moment is not None and moment.utc >= since)


def _day(since: datetime | None) -> date | None:
    """The first whole day of the period, in its own time zone."""
    return (since + _TO_MIDNIGHT).date() if since else None
