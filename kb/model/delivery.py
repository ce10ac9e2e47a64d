"""How often deployments reach production, and how long afterwards the trouble begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kb.model.dating import local_date
from kb.model.entry import Deployment, Incident, Relation
from kb.model.metrics import Edges, Spread, between, reached_production, spread
from kb.model.moment import Moment
from kb.model.standing import BLAMED

DELAYS: Edges = (
    (900, "≤ 15 min"), (3600, "≤ 1 h"), (14400, "≤ 4 h"), (86400, "≤ 24 h"), (259200, "≤ 72 h"), (None, "longer"),
)  # fmt: skip
"""Seconds from a deployment to the incident it had a part in."""


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often deployments reached production.

    Args:
        n: how many did in these weeks.
        weeks: whole weeks, counted back from the last day; what is left over before them is no week.
        a_week: deployments in a week: median and quartiles over the weeks, those without any included.
        days_a_week: days with at least one deployment in a week, likewise.
    """

    n: int
    weeks: int
    a_week: Spread
    days_a_week: Spread


def reached_on(deployment: Deployment) -> Moment | None:
    """When a deployment reached production: its end, else its start, else when it was to be."""
    return deployment.finished or deployment.started or deployment.window_end or deployment.window_start


def frequency(
    deployments: Iterable[Deployment], incidents: Iterable[Incident], today: date, since: date | None = None
) -> Frequency | None:
    """How often deployments reached production: DORA's *deployment frequency*; None before the first week is over.

    DORA asks how often changes are deployed to production, and its Four Keys project answers with the median, over
    weeks, of the days with at least one deployment: three or more of them it calls daily. Days are those of the place
    where it happened. Source: <https://dora.dev/guides/dora-metrics-four-keys/>,
    <https://github.com/dora-team/fourkeys/blob/main/METRICS.md>.

    Args:
        today: the last day that counts.
        since: the first day that counts; the day of the first deployment, if not given.
    """
    days = [
        local_date(at, one.timezone) for one in reached_production(deployments, incidents) if (at := reached_on(one))
    ]
    past = [day for day in days if day <= today]
    first = since or min(past, default=today)
    weeks = ((today - first).days + 1) // 7
    if weeks < 1:
        return None
    begin = today - timedelta(days=7 * weeks - 1)
    inside = [(day - begin).days // 7 for day in past if day >= begin]
    distinct = Counter((day - begin).days // 7 for day in {day for day in past if day >= begin})
    counted = Counter(inside)
    a_week, days_a_week = (spread(float(found[week]) for week in range(weeks)) for found in (counted, distinct))
    assert a_week
    assert days_a_week
    return Frequency(len(inside), weeks, a_week, days_a_week)


def delays(
    deployments: Iterable[Deployment], incidents: Iterable[Incident], relations: Collection[Relation] = BLAMED
) -> list[float]:
    """Seconds from each deployment to each incident that it caused or contributed to; a measure of our own.

    It says how long a green deployment should be watched. Of a pair that is not known to the minute, or whose incident
    began before the deployment did, nothing can be said.

    Args:
        relations: what the incident has to say of the deployment, if not that it had a part.
    """
    every = list(incidents)
    return [seconds for _, seconds in delayed(reached_production(deployments, every), every, relations)]


def delayed(
    deployments: Iterable[Deployment], incidents: Iterable[Incident], relations: Collection[Relation] = BLAMED
) -> Iterator[tuple[Deployment, float]]:
    """Each of these deployments with the seconds to each incident that says so of it, as `delays` counts them."""
    known = {one.id: one for one in deployments}
    for incident in incidents:
        named = {link.id for link in incident.deployments if link.relation in relations}
        for name in sorted(named & known.keys()):
            seconds = delay(known[name], incident)
            if seconds is not None:
                yield known[name], seconds


def delay(deployment: Deployment, incident: Incident) -> float | None:
    """Seconds from the end of a deployment, or else its start, to the start of an incident.

    0 when the incident began while the deployment ran; None when it began before that, or when a time is not known to
    the minute.
    """
    since_start = between(deployment.started, incident.started)
    since_end = between(deployment.finished, incident.started)
    if since_end is not None or since_start is None:
        return since_end
    return 0.0 if between(incident.started, deployment.finished) is not None else since_start
