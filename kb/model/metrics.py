"""Measures over incidents and deployments, with the definitions they follow.

A measure never hides how much it rests on: it comes as median, quartiles and *n*. The mean is not offered. Times to
recover are few and heavily skewed, so that a mean moves with one long night and says nothing about the next incident
(Štěpán Davidovič, *Incident Metrics in SRE*, Google / O'Reilly 2021; the VOID reports, 2021 and 2022).

A duration counts only when both of its moments are recorded to the minute and are in order: a moment known to the day
says nothing about minutes.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from kb.model.definitions import ACKNOWLEDGE, DETECT, MITIGATE, RESOLVE
from kb.model.entry import Deployment, DeploymentStatus, Incident, Relation, Verdict
from kb.model.moment import Moment
from kb.model.standing import BLAMED

FEW = 10
"""Below so many values a figure is shown with a warning."""
FAILED = frozenset({DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK})
"""How a deployment ends that went wrong by itself, whatever incidents say of it."""
_LIVE = FAILED | {DeploymentStatus.PROVISIONAL, DeploymentStatus.SUCCEEDED}
NOT_PRODUCTION = frozenset({
    "ci", "demo", "dev", "development", "int", "integration", "local", "nonprod", "nonproduction", "preprod",
    "preproduction", "preview", "qa", "sandbox", "stage", "staging", "test", "testing", "training", "uat",
})  # fmt: skip
"""Words that name an environment where no user is served; with none of them, or without a name, it is production."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Several durations in a few figures.

    Args:
        n: how many durations there are.
        median: the middle one, in seconds; half took longer.
        low: lower quartile, in seconds.
        high: upper quartile, in seconds.
    """

    n: int
    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def fraction(self) -> float | None:
        """Between 0 and 1; None when there is nothing to divide by."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Bin:
    """One column of a histogram.

    Args:
        upto: the largest value in it; None for all that are larger than in the one before.
        n: how many values there are.
    """

    label: str
    upto: float | None
    n: int


Edges = Sequence[tuple[float | None, str]]
"""The bins of a histogram before anything is counted: the largest value of each, and its label; the last has no end."""


def histogram(values: Iterable[float], edges: Edges) -> tuple[Bin, ...]:
    """How many values there are in each bin; every bin is there, also the empty ones."""
    counted = [0] * len(edges)
    for value in values:
        counted[next(at for at, (end, _) in enumerate(edges) if end is None or value <= end)] += 1
    return tuple(Bin(label, end, n) for (end, label), n in zip(edges, counted, strict=True))


def between(earlier: Moment | None, later: Moment | None) -> float | None:
    """Seconds from one moment to the other; None unless both are known to the minute and in order."""
    if earlier is None or later is None or "day" in (earlier.precision, later.precision):
        return None
    seconds = later.seconds_since(earlier)
    return seconds if seconds >= 0 else None


def time_to_detect(incident: Incident) -> float | None:
    """Seconds from the start of the trouble until somebody or something noticed: `detected` - `started`."""
    return between(incident.started, incident.detected)


def time_to_acknowledge(incident: Incident) -> float | None:
    """Seconds from the alert until a person took it up: `acknowledged` - `detected`.

    The on-call services define it so, counting from the alert and not from the fault.
    """
    return between(incident.detected, incident.acknowledged)


def time_to_mitigate(incident: Incident) -> float | None:
    """Seconds until users were no longer hurt: `mitigated` - `started`.

    The Google SRE books count mitigation rather than repair: service is back although the cause may remain.
    """
    return between(incident.started, incident.mitigated)


def time_to_resolve(incident: Incident) -> float | None:
    """Seconds until it was over: `resolved` - `started`.

    "MTTR" stands for four different things (repair, recovery, respond, resolve), so the word is not used.
    """
    return between(incident.started, incident.resolved)


def recovery_time(incident: Incident) -> float | None:
    """Seconds until service was back: to mitigation, or to resolution where no mitigation is recorded."""
    shorter = time_to_mitigate(incident)
    return shorter if shorter is not None else time_to_resolve(incident)


def time_to_crack(incident: Incident) -> float | None:
    """Seconds from the start of the trouble until the question was asked that cracked it.

    A measure of our own: no standard has one. It says how long the right question was not asked, whatever came after.
    """
    asked = (between(incident.started, one.at) for one in incident.questions if one.verdict is Verdict.CRACKED)
    return min((seconds for seconds in asked if seconds is not None), default=None)


def spread(seconds: Iterable[float | None]) -> Spread | None:
    """Median and quartiles of the known durations; None when none is known.

    Quartiles interpolate between the values themselves (the *inclusive* method), so they never leave their range.
    """
    known = sorted(value for value in seconds if value is not None)
    if not known:
        return None
    if len(known) == 1:
        return Spread(1, known[0], known[0], known[0])
    low, median, high = statistics.quantiles(known, n=4, method="inclusive")
    return Spread(len(known), median, low, high)


MILESTONES: tuple[tuple[str, Callable[[Incident], float | None]], ...] = (
    (DETECT, time_to_detect),
    (ACKNOWLEDGE, time_to_acknowledge),
    (MITIGATE, time_to_mitigate),
    (RESOLVE, time_to_resolve),
)
"""The four durations of an incident, by the names they are shown under."""


def in_production(deployment: Deployment) -> bool:
    """Whether a deployment went, or was to go, where users are served, as far as its environment's name tells."""
    return _serves_users(deployment.environment)


@cache
def _serves_users(environment: str) -> bool:
    name = re.sub(r"\b(pre|non)[\W_]+", r"\1", environment.casefold())
    words = (word.strip("0123456789") for word in re.split(r"[\W_]+", name))
    return NOT_PRODUCTION.isdisjoint(words)


def reached_production(deployments: Iterable[Deployment], incidents: Iterable[Incident] = ()) -> list[Deployment]:
    """The deployments that count: those in production that ran to an end, or that an incident names as its cause.

    One that hurt users has reached them, whatever its entry says: also one that is still running, or was never ticked
    off. Others that are planned, running or cancelled have not reached anybody yet.
    """
    hurtful = blamed(incidents)
    return [one for one in deployments if in_production(one) and (one.status in _LIVE or one.id in hurtful)]


def blamed(incidents: Iterable[Incident]) -> frozenset[str]:
    """Ids of the deployments that had a part in an incident: a suspicion is none, nor is what was ruled out."""
    return frozenset(link.id for one in incidents for link in one.deployments if link.relation in BLAMED)


def hurt(deployments: Iterable[Deployment], incidents: Iterable[Incident]) -> list[Deployment]:
    """The deployments that hurt: that failed, were rolled back, or had a part in an incident, as it names them.

    They are those in production of which `kb.model.standing` says that they failed or were rolled back.
    """
    known = list(incidents)
    hurtful = blamed(known)
    return [one for one in reached_production(deployments, known) if one.status in FAILED or one.id in hurtful]


def change_failures(deployments: Iterable[Deployment], incidents: Iterable[Incident]) -> Share:
    """Deployments that hurt, of those that reached production: DORA's *change failure rate*.

    DORA counts a change that led to impaired service and needed remediation. Here that is a deployment that failed or
    was rolled back, or one that an incident names as *caused* or *contributing*, whenever that is found out. What an
    incident suspects or has ruled out counts as if it were not named; planned, running and cancelled deployments that
    no incident blames are not part of the whole, and neither is what never left staging.
    Source: <https://dora.dev/guides/dora-metrics-four-keys/>.
    """
    every, known = list(deployments), list(incidents)
    return Share(len(hurt(every, known)), len(reached_production(every, known)))


def failed_deployment_recovery(deployments: Iterable[Deployment], incidents: Iterable[Incident]) -> Spread | None:
    """How long service took to come back after a deployment broke it: DORA's *failed deployment recovery time*.

    Only incidents that name one of the given deployments, which reached production, as their cause count; each counts
    once. Source: <https://dora.dev/guides/dora-metrics-four-keys/>.
    """
    every = list(incidents)
    known = {deployment.id for deployment in reached_production(deployments, every)}
    caused = (
        incident
        for incident in every
        if any(link.relation is Relation.CAUSED and link.id in known for link in incident.deployments)
    )
    return spread(recovery_time(incident) for incident in caused)
