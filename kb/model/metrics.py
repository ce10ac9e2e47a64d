"""Measures over incidents and deployments, with the definitions they follow.

A measure never hides how much it rests on: it comes as median, quartiles and *n*. The mean is not offered. Times to
recover are few and heavily skewed, so that a mean moves with one long night and says nothing about the next incident
(Štěpán Davidovič, *Incident Metrics in SRE*, Google / O'Reilly 2021; the VOID reports, 2021 and 2022).

A duration counts only when both of its moments are recorded to the minute and are in order: a moment known to the day
says nothing about minutes.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kb.model.entry import Deployment, DeploymentStatus, Incident, Relation, Verdict
from kb.model.moment import Moment

_LIVE = frozenset({
    DeploymentStatus.PROVISIONAL, DeploymentStatus.SUCCEEDED, DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK,
})  # fmt: skip
FAILED = frozenset({DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK})
"""How a deployment ends that went wrong by itself, whatever incidents say of it."""


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
    ("Time to detect", time_to_detect),
    ("Time to acknowledge", time_to_acknowledge),
    ("Time to mitigate", time_to_mitigate),
    ("Time to resolve", time_to_resolve),
)
"""The four durations of an incident, by the names they are shown under."""


def reached_production(deployments: Iterable[Deployment]) -> list[Deployment]:
    """The deployments that count: neither planned, nor running, nor cancelled."""
    return [deployment for deployment in deployments if deployment.status in _LIVE]


def hurt(deployments: Iterable[Deployment], incidents: Iterable[Incident]) -> list[Deployment]:
    """The deployments that hurt: that failed, were rolled back, or had a part in an incident, as it names them.

    A suspicion is no part, and neither is a deployment that was ruled out.
    """
    blamed = {
        link.id
        for incident in incidents
        for link in incident.deployments
        if link.relation in (Relation.CAUSED, Relation.CONTRIBUTING)
    }
    return [one for one in reached_production(deployments) if one.status in FAILED or one.id in blamed]


def change_failures(deployments: Iterable[Deployment], incidents: Iterable[Incident]) -> Share:
    """Deployments that hurt, of those that reached production: DORA's *change failure rate*.

    DORA counts a change that led to impaired service and needed remediation. Here that is a deployment that failed or
    was rolled back, or one that an incident names as *caused* or *contributing*. Suspected and ruled-out deployments
    do not count; planned, running and cancelled ones are not part of the whole.
    Source: <https://dora.dev/guides/dora-metrics-four-keys/>.
    """
    counted = reached_production(deployments)
    return Share(len(hurt(counted, incidents)), len(counted))


def failed_deployment_recovery(deployments: Iterable[Deployment], incidents: Iterable[Incident]) -> Spread | None:
    """How long service took to come back after a deployment broke it: DORA's *failed deployment recovery time*.

    Only incidents that name one of the given deployments as their cause count.
    """
    known = {deployment.id for deployment in deployments}
    caused = (
        incident
        for incident in incidents
        if any(link.relation is Relation.CAUSED and link.id in known for link in incident.deployments)
    )
    return spread(recovery_time(incident) for incident in caused)
