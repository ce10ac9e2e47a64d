"""Which deployments may be behind an incident: those shortly before it, across all services, ranked with reasons."""

from __future__ import annotations

from collections.abc import Iterable

from kb.journeys.record import Record
from kb.model import Deployment, DeploymentStatus, Incident, Moment, Relation, Suspect
from kb.model.rules import earlier

_NEVER_RAN = (DeploymentStatus.PLANNED, DeploymentStatus.CANCELLED)
_RECENT, _SHARED_SERVICE, _SHARED_SYSTEM, _FAILED, _FRESH = 1.0, 0.8, 0.5, 0.4, 0.2


def suspects(incident: Incident, records: Iterable[Record], hours: int) -> list[Suspect]:
    """The deployments of the hours before an incident, the likeliest first; those ruled out stay, last and said so.

    Args:
        hours: how far back to look.
    """
    began = incident.started or incident.detected
    if began is None:
        return []
    links = {link.id: link.relation for link in incident.deployments}
    found = [
        suspect
        for record in records
        if isinstance(record.entry, Deployment) and not record.library
        if (suspect := _weigh(incident, began, record.entry, record.path, links.get(record.entry.id), hours))
    ]
    return sorted(found, key=lambda s: (-s.score, s.id))


def _weigh(
    incident: Incident, began: Moment, deployment: Deployment, path: str, relation: Relation | None, hours: int
) -> Suspect | None:
    first = deployment.started or deployment.window_start or deployment.finished
    if first is None or (deployment.status in _NEVER_RAN and relation is None):
        return None
    last = deployment.finished if deployment.finished and not earlier(began, deployment.finished) else first
    seconds = max(began.seconds_since(last), 0)
    if relation is None and (earlier(began, first) or seconds > hours * 3600):
        return None
    score = _RECENT / (1 + seconds / 3600 / 6)
    reasons = [_how_long_before(deployment, began, seconds)]
    for name, mine, theirs, weight in (
        ("service", incident.services, tuple(s.name for s in deployment.services), _SHARED_SERVICE),
        ("system", incident.systems, deployment.systems, _SHARED_SYSTEM),
    ):
        if shared := _shared(mine, theirs):
            score += weight
            reasons.append(f"same {name}: {', '.join(shared)}")
    if deployment.status in (DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK):
        score += _FAILED
        reasons.append(str(deployment.status))
    elif deployment.status is DeploymentStatus.PROVISIONAL:
        score += _FRESH
        reasons.append("still provisional")
    if relation:
        reasons.insert(0, str(relation))
        score += {Relation.CAUSED: 4, Relation.CONTRIBUTING: 3, Relation.SUSPECTED: 2, Relation.RULED_OUT: -10}[
            relation
        ]
    return Suspect(deployment.id, deployment.title, path, round(score, 3), tuple(reasons))


def _how_long_before(deployment: Deployment, began: Moment, seconds: float) -> str:
    """When it ran, as far as that is known."""
    if deployment.finished is None:
        return f"started {duration(seconds)} before it began"
    if earlier(began, deployment.finished):
        return "was running when it began"
    return f"finished {duration(seconds)} before it began"


def _shared(mine: Iterable[str], theirs: Iterable[str]) -> list[str]:
    known = {name.casefold() for name in theirs}
    return [name for name in mine if name.casefold() in known]


def duration(seconds: float) -> str:
    """A length of time as a person says it: `25 min`, `4 h`, `2 days`."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest and hours < 10 else f"{hours} h"
    return f"{round(minutes / 1440)} days"
