"""Which deployments may be behind an incident: those shortly before it, across all services, ranked with reasons."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.model import Deployment, DeploymentStatus, Entry, Incident, Moment, Relation, Suspect
from kb.model.delivery import delayed
from kb.model.rules import earlier
from kb.model.spoken import span
from kb.model.standing import Said, said_of, standing

_NEVER_RAN = (DeploymentStatus.PLANNED, DeploymentStatus.CANCELLED)
_RECENT, _SHARED_SERVICE, _SHARED_SYSTEM, _FAILED, _FRESH = 1.0, 0.8, 0.5, 0.4, 0.2
_EACH_SERVICE, _MOST_SERVICES, _MAJOR = 0.1, 0.3, 0.2
_HURT_BEFORE, _AS_LATE = 0.2, 0.2
_VERDICT = {Relation.CAUSED: 4, Relation.CONTRIBUTING: 3, Relation.SUSPECTED: 2, Relation.RULED_OUT: -10}


@dataclass(frozen=True, slots=True)
class _Past:
    """What is known of deployments by the time an incident is looked at; its own word on them is left out."""

    incident: Incident
    began: Moment
    said: Said
    delays: tuple[tuple[Deployment, float], ...]
    soak_hours: int


def suspects(
    incident: Incident, entries: Iterable[tuple[Entry, str]], hours: int, soak_hours: int = 24
) -> list[Suspect]:
    """The deployments of the hours before an incident, the likeliest first; those ruled out stay, last and said so.

    Args:
        entries: the team's own, each with its file; deployments to choose from, and incidents to learn from.
        hours: how far back to look.
        soak_hours: hours after its end until a finished deployment counts as succeeded.
    """
    began = incident.started or incident.detected
    if began is None:
        return []
    known = list(entries)
    others = [entry for entry, _ in known if isinstance(entry, Incident) and entry.id != incident.id]
    deployments = [(entry, path) for entry, path in known if isinstance(entry, Deployment)]
    hurt = tuple(delayed((one for one, _ in deployments), others))
    past = _Past(incident, began, said_of(others), hurt, soak_hours)
    found = (_weigh(past, one, path, hours) for one, path in deployments)
    return sorted(filter(None, found), key=lambda suspect: (-suspect.score, suspect.id))


def _weigh(past: _Past, deployment: Deployment, path: str, hours: int) -> Suspect | None:
    relation = next((link.relation for link in past.incident.deployments if link.id == deployment.id), None)
    first = deployment.started or deployment.window_start or deployment.finished
    if first is None or (deployment.status in _NEVER_RAN and relation is None):
        return None
    last = deployment.finished if deployment.finished and not earlier(past.began, deployment.finished) else first
    seconds = max(past.began.seconds_since(last), 0)
    if relation is None and (earlier(past.began, first) or seconds > hours * 3600):
        return None
    told = [(_RECENT / (1 + seconds / 3600 / 6), _how_long_before(deployment, past.began, seconds))]
    told += [*_shared(past.incident, deployment), *_size(deployment), *_stood(past, deployment)]
    told += _hurt_before(past, deployment, seconds)
    if relation:
        told.insert(0, (_VERDICT[relation], str(relation)))
    score = sum(weight for weight, _ in told)
    return Suspect(deployment.id, deployment.title, path, round(score, 3), tuple(words for _, words in told))


def _how_long_before(deployment: Deployment, began: Moment, seconds: float) -> str:
    """When it ran, as far as that is known."""
    if deployment.finished is None:
        return f"started {span(seconds)} before it began"
    if earlier(began, deployment.finished):
        return "was running when it began"
    return f"finished {span(seconds)} before it began"


def _shared(incident: Incident, deployment: Deployment) -> Iterator[tuple[float, str]]:
    for name, mine, theirs, weight in (
        ("service", incident.services, deployment.names, _SHARED_SERVICE),
        ("system", incident.systems, deployment.systems, _SHARED_SYSTEM),
    ):
        known = {one.casefold() for one in theirs}
        if both := [one for one in mine if one.casefold() in known]:
            yield weight, f"same {name}: {', '.join(both)}"


def _size(deployment: Deployment) -> Iterator[tuple[float, str]]:
    """A change of several services, or of a first version number, has more ways to go wrong."""
    if (several := len(deployment.services)) > 1:
        yield min(_EACH_SERVICE * several, _MOST_SERVICES), f"changed {several} services"
    for service in deployment.services:
        before, after = _major(service.previous), _major(service.version)
        if before and after and before != after:
            yield _MAJOR, f"new major version: {service.name} {service.previous} to {service.version}"
            return


def _major(version: str) -> str:
    found = re.match(r"[vV]?(\d+)(?=\.|$)", version)
    return found[1].lstrip("0") or "0" if found else ""


def _stood(past: _Past, deployment: Deployment) -> Iterator[tuple[float, str]]:
    """How it stood when the incident began, whatever that incident says of it."""
    status = standing(deployment, past.said, past.began.at, past.soak_hours).status
    if status in (DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK):
        yield _FAILED, str(status)
    elif status is DeploymentStatus.PROVISIONAL and not _ran_into(past, deployment):
        yield _FRESH, "still provisional"


def _ran_into(past: _Past, deployment: Deployment) -> bool:
    return deployment.finished is not None and earlier(past.began, deployment.finished)


def _hurt_before(past: _Past, deployment: Deployment, seconds: float) -> Iterator[tuple[float, str]]:
    """What deployments like it did before: those of its services, or else with its tool."""
    others = [(one, later) for one, later in past.delays if one.id != deployment.id]
    mine = set(map(str.casefold, deployment.names))
    like = [later for one, later in others if mine.intersection(map(str.casefold, one.names))]
    what = "the same services"
    if not like and deployment.tool:
        like = [later for one, later in others if one.tool.casefold() == deployment.tool.casefold()]
        what = f"a deployment with {deployment.tool}"
    if not like:
        return
    middle = statistics.median(like)
    near = middle / 2 <= seconds <= max(middle * 2, 3600)
    usual = f", {span(middle)} later" if len(like) == 1 else f" {len(like)} times, half within {span(middle)}"
    yield _HURT_BEFORE + (_AS_LATE if near else 0), f"{what} hurt before{usual}"
