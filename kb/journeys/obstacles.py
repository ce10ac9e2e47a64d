"""What stands in the way of a deployment: a freeze that its time touches, and what burns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kb.model import OPEN_STATUSES, Deployment, DeploymentStatus, Entry, Incident, Moment, Severity
from kb.model.standing import AHEAD, last_instant

if TYPE_CHECKING:
    from kb.freeze import Freeze

_HEAVY = (Severity.SEV1, Severity.SEV2)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of a deployment.

    Args:
        kind: freeze or incident.
        name: the freeze's name, or the incident's id.
        said: what it is, in words.
    """

    kind: str
    name: str
    said: str


def obstacles(
    deployment: Deployment, freezes: Iterable[Freeze], own: Iterable[Entry], now: datetime
) -> tuple[Obstacle, ...]:
    """The freezes that the time of a deployment touches, and, while it is ahead, the open sev1 and sev2.

    Args:
        own: the team's entries.
        now: an aware datetime; when it is, if the deployment does not say.
    """
    burning = _burning(own) if ahead(deployment, now) else ()
    return (*frozen(deployment, freezes, now), *burning)


def ahead(deployment: Deployment, now: datetime) -> bool:
    """Whether it can still be left undone."""
    return deployment.status in AHEAD and _span(deployment, now)[1] >= now


def frozen(deployment: Deployment, freezes: Iterable[Freeze], now: datetime) -> Iterator[Obstacle]:
    """The freezes that the time of a deployment touches.

    Args:
        now: an aware datetime; when it is, if the deployment does not say.
    """
    for freeze in freezes:
        if touched := freeze.over(*_span(deployment, now)):
            first, last = (Moment(at).local(freeze.timezone) for at in touched[0])
            yield Obstacle("freeze", freeze.name, f"the freeze '{freeze.name}' ({first} to {last})")


def _burning(own: Iterable[Entry]) -> Iterator[Obstacle]:
    for one in own:
        if isinstance(one, Incident) and one.status in OPEN_STATUSES and one.severity in _HEAVY:
            yield Obstacle("incident", one.id, f"the open incident {one.id} ({one.severity}: {one.title})")


def _span(deployment: Deployment, now: datetime) -> tuple[datetime, datetime]:
    """When it runs, as far as is known: its own times, else its window, else now."""
    first = deployment.started or deployment.window_start or deployment.finished
    last = deployment.finished or deployment.window_end or first
    start = first.utc if first else now
    end = last_instant(last) if last else now
    return start, max(start, end, now) if deployment.status is DeploymentStatus.IN_PROGRESS else max(start, end)
