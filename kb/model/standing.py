"""How a deployment stands: what its entry says, whether its soak time is over, and what incidents say of it.

Green steps prove that the steps ran. So a finished deployment is *provisional* until its soak time is over; then it has
succeeded, by itself. An incident that names it as its cause, or as a part of it, makes it failed, whenever that is
found out; one that only suspects it opens it to doubt again until somebody says what it was. All of this is worked out
when somebody asks, and nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kb.model.entry import Deployment, DeploymentStatus, Incident, Relation
from kb.model.moment import Moment

FINISHED = (DeploymentStatus.PROVISIONAL, DeploymentStatus.SUCCEEDED)
"""What is written down of a deployment whose steps all ran; which of the two it is, time tells."""
ENDED = (*FINISHED, DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK)
"""What is written down of a deployment that reached production and is over, well or not."""
BLAMED = (Relation.CAUSED, Relation.CONTRIBUTING)
"""What an incident says of a deployment that had a part in it."""
AHEAD = (DeploymentStatus.PLANNED, DeploymentStatus.IN_PROGRESS)
"""What is written down of a deployment that can still be left undone."""
_WENT_WRONG = (DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK)
_END = datetime(datetime.max.year, 1, 1, tzinfo=UTC)
_HEAVIEST = (Relation.CAUSED, Relation.CONTRIBUTING, Relation.SUSPECTED, Relation.RULED_OUT)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a deployment stands at one moment.

    Args:
        status: what it is, as far as is known then.
        verdict: the heaviest that an incident says of it; None when none names it.
        until: when its soak time ends; None unless that is what it waits for.
        incidents: ids of the incidents that say the verdict.
    """

    status: DeploymentStatus
    verdict: Relation | None = None
    until: datetime | None = None
    incidents: tuple[str, ...] = ()


Said = Mapping[str, tuple[tuple[str, Relation], ...]]
"""By a deployment's id, the incidents that name it, each with what it says of it."""


def said_of(incidents: Iterable[Incident]) -> Said:
    """What incidents say of deployments, in the order given."""
    found: dict[str, list[tuple[str, Relation]]] = {}
    for incident in incidents:
        for link in incident.deployments:
            found.setdefault(link.id, []).append((incident.id, link.relation))
    return {name: tuple(pairs) for name, pairs in found.items()}


def standing(deployment: Deployment, said: Said, now: datetime, soak_hours: int) -> Standing:
    """How a deployment stands.

    Args:
        said: what incidents say of deployments.
        now: an aware datetime.
        soak_hours: hours after its end until a finished deployment counts as succeeded.
    """
    pairs = said.get(deployment.id, ())
    verdict = next((one for one in _HEAVIEST if any(one is relation for _, relation in pairs)), None)
    named = tuple(name for name, relation in pairs if relation is verdict)
    status, until = deployment.status, None
    if status not in _WENT_WRONG and verdict in BLAMED:
        status = DeploymentStatus.FAILED
    elif status in FINISHED:
        until = soaked(deployment, soak_hours)
        soaking = now < until if until else status is DeploymentStatus.PROVISIONAL
        doubted = verdict is Relation.SUSPECTED
        status = DeploymentStatus.PROVISIONAL if soaking or doubted else DeploymentStatus.SUCCEEDED
        until = until if soaking and not doubted else None
    return Standing(status, verdict, until, named)


def soaked(deployment: Deployment, soak_hours: int) -> datetime | None:
    """When the soak time of a deployment ends, in UTC; None when nobody wrote down when it ran."""
    end = deployment.finished or deployment.window_end or deployment.started or deployment.window_start
    return _later(last_instant(end), timedelta(hours=soak_hours)) if end else None


def last_instant(moment: Moment) -> datetime:
    """The last instant a moment may mean, in UTC: of a day, its end."""
    return _later(moment.utc, timedelta(days=1)) if moment.precision == "day" else moment.utc


def _later(at: datetime, by: timedelta) -> datetime:
    """So much later, but never beyond the year that calendars end with, which somebody may have mistyped."""
    return at + by if by < _END - at else max(at, _END)


_VERDICTS = {
    Relation.CAUSED: "caused",
    Relation.CONTRIBUTING: "contributed to",
    Relation.SUSPECTED: "suspected in",
    Relation.RULED_OUT: "ruled out for",
}


def words(stands: Standing, timezone: str, verdict: bool = True) -> str:
    """`provisional until 2019-03-13 05:40, suspected in 2019-03-12-all-applications-down`.

    Args:
        timezone: the IANA name of the zone that its time is told in.
        verdict: with what incidents say of it.
    """
    until = f" until {Moment(stands.until).local(timezone)}" if stands.until else ""
    told = named(stands) if verdict else ""
    return f"{stands.status}{until}{': ' if stands.verdict in BLAMED else ', '}{told}".rstrip(":, ")


def named(stands: Standing) -> str:
    """`ruled out for 2019-03-12-all-applications-down`; empty when no incident names it."""
    return f"{_VERDICTS[stands.verdict]} {', '.join(stands.incidents)}" if stands.verdict else ""
