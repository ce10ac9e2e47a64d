"""What of a team's past has to do with a deployment: the same services, the same systems, and what came after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from kb.journeys.services import served, service_slug
from kb.model import Deployment, DeploymentStatus, Entry, Incident, Standing, System
from kb.model.dating import newest
from kb.model.standing import Said, said_of, standing

_AFTER_ONE, _SAME_SERVICE, _SAME_SYSTEM, _EARLIER, _SYSTEM = 1000, 800, 600, 700, 650
_NOT_RUN = (DeploymentStatus.PLANNED, DeploymentStatus.CANCELLED, DeploymentStatus.IN_PROGRESS)


class Near(NamedTuple):
    """An entry that has to do with a deployment: how much, in thousandths, and why."""

    entry: Entry
    share: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """The team's entries, and what of them has to do with a deployment."""

    plan: Deployment
    services: frozenset[str]
    names: frozenset[str]
    systems: tuple[System, ...]
    deployments: tuple[Deployment, ...]
    incidents: tuple[Incident, ...]
    said: Said
    mine: frozenset[str]

    @classmethod
    def of(cls, plan: Deployment, own: Sequence[Entry]) -> Past:
        """What there is, the newest first."""
        systems, names = systems_of(plan, (entry for entry in own if isinstance(entry, System)))
        ordered = sorted((entry for entry in own if entry.id != plan.id), key=newest, reverse=True)
        incidents = tuple(entry for entry in ordered if isinstance(entry, Incident))
        deployments = tuple(entry for entry in ordered if isinstance(entry, Deployment))
        services = frozenset(map(service_slug, plan.names))
        mine = frozenset(one.id for one in deployments if services.intersection(map(service_slug, one.names)))
        return cls(plan, services, frozenset(names), tuple(systems), deployments, incidents, said_of(incidents), mine)

    def same_services(self, names: Iterable[str]) -> list[str]:
        """Those of the services that it changes, too."""
        return [name for name in names if service_slug(name) in self.services]

    def same_systems(self, names: Iterable[str]) -> list[str]:
        """Those of the systems that it goes to, too."""
        return [name for name in names if name.casefold() in self.names]

    def ran(self, now: datetime, soak_hours: int) -> list[tuple[Deployment, Standing]]:
        """The deployments of its services that ran, newest first."""
        mine = (one for one in self.deployments if one.id in self.mine)
        found = ((one, standing(one, self.said, now, soak_hours)) for one in mine)
        return [(one, stands) for one, stands in found if stands.status not in _NOT_RUN]

    def near(self) -> list[Near]:
        """What has to do with it: what has most comes first, then the newest."""
        found = [Near(entry, *self.why(entry)) for entry in self.incidents]
        found += [Near(entry, *self.why(entry)) for entry in self.deployments]
        found += [Near(system, _SYSTEM) for system in self.systems]
        return sorted((one for one in found if one.share), key=lambda one: -one.share)

    def why(self, entry: Incident | Deployment) -> tuple[int, tuple[str, ...]]:
        """How much an entry has to do with it, in thousandths, and why."""
        services, systems = self.same_services(served(entry)), self.same_systems(entry.systems)
        reasons = [
            f"same {what}: {', '.join(shared)}"
            for what, shared in (("service", services), ("system", systems))
            if shared
        ]
        if isinstance(entry, Deployment):
            return (_EARLIER if services else _SAME_SYSTEM if systems else 0), tuple(reasons)
        if after := next((link for link in entry.deployments if link.id in self.mine), None):
            return _AFTER_ONE, (f"after {after.id} ({after.relation})", *reasons)
        return (_SAME_SERVICE if services else _SAME_SYSTEM if systems else 0), tuple(reasons)

    def unwritten(self) -> Iterator[str]:
        """Systems it goes to without a list of what is expected to run there."""
        listed = {
            name.casefold() for one in self.systems if one.expected for name in (one.id, *one.hosts)
        }  # fmt: skip
        yield from (name for name in self.plan.systems if name.casefold() not in listed)
        for system in self.systems:
            mine = {name.casefold() for name in (system.id, *system.hosts)}
            if not system.expected and not mine & {name.casefold() for name in self.plan.systems}:
                yield system.id


def systems_of(plan: Deployment, systems: Iterable[System]) -> tuple[list[System], list[str]]:
    """The systems a deployment goes to: those it names, and those its services run on; and all their names."""
    named = {name.casefold() for name in plan.systems}
    mine = set(map(service_slug, plan.names))
    found = [
        one for one in systems
        if named & {name.casefold() for name in (one.id, *one.hosts)} or mine & set(map(service_slug, one.services))
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.id), sorted(
        named.union(name.casefold() for one in found for name in (one.id, *one.hosts))
    )
