"""A deployment from its plan to its end: what it replaces, what stands in its way, and what its status may say.

What is stored is never more than is known: until its soak time is over, a deployment that finished is provisional.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from kb.config import Settings
from kb.errors import InTheWay
from kb.journeys import capture
from kb.journeys.base import KnowledgeBase
from kb.journeys.capture import Captured, Draft
from kb.journeys.obstacles import Obstacle, ahead, obstacles
from kb.journeys.record import Record
from kb.journeys.services import called, service_slug, versions
from kb.markdown import clean, clean_line
from kb.model import (
    Deployment,
    DeploymentStatus,
    Entry,
    Moment,
    ServiceVersion,
    Standing,
    TimelineEvent,
    zone,
)
from kb.model.names import new_item_id
from kb.model.standing import ENDED, FINISHED, soaked, standing

_SAID = {"finished": DeploymentStatus.SUCCEEDED, "done": DeploymentStatus.SUCCEEDED}
"""Other words for a status."""
_DAY = timedelta(days=1)


def new(base: KnowledgeBase, settings: Settings, draft: Draft, now: datetime, reason: str = "") -> Captured:
    """A new deployment, with the versions it replaces as far as they are known.

    Args:
        draft: without a title it is called by its services.
        now: an aware datetime.
        reason: why it goes ahead although something stands in its way; recorded only where something does.

    Raises:
        InTheWay: it is still to come, or going on, in a freeze or during a grave incident, and no reason is given;
            nothing was written.
        UsageError: it has neither a title nor a service.
        InvalidEntry: a value a field cannot hold.
    """

    def shape(_: Entry, entry: Entry) -> Entry:
        assert isinstance(entry, Deployment)
        known = [r.entry for r in base.records("deployment") if not r.library] if entry.services else []
        return _let_through(base, settings, _reached(_replacing(entry, known), now, settings.soak_hours), now, reason)

    fields = tuple((name, _spoken(name, value)) for name, value in draft.fields)
    title = draft.title if draft.title.strip() else called(versions(v for name, v in fields if name == "services"))
    return capture.new(base, settings, "deployment", replace(draft, title=title, fields=fields), shape)


def _spoken(name: str, value: str) -> str:
    plain = value.strip().lower()
    return str(_SAID[plain]) if name == "status" and plain in _SAID else value


def _replacing(deployment: Deployment, known: Iterable[Entry]) -> Deployment:
    """With the version each service had before, where nobody said and an earlier deployment tells."""
    began = _began(deployment)
    earlier = [
        one for one in known
        if isinstance(one, Deployment) and one.status in FINISHED and _began(one)
        and _place(one) == _place(deployment) and (began is None or _first(one) <= began.utc)
    ]  # fmt: skip
    last: dict[str, str] = {}
    for one in sorted(earlier, key=lambda one: (_first(one), one.id)):
        last |= {service_slug(service.name): service.version for service in one.services if service.version}
    return replace(deployment, services=tuple(_after(service, last) for service in deployment.services))


def _after(service: ServiceVersion, last: dict[str, str]) -> ServiceVersion:
    before = last.get(service_slug(service.name), "")
    known = service.version and not service.previous and before != service.version
    return replace(service, previous=before) if known else service


def _began(deployment: Deployment) -> Moment | None:
    return deployment.started or deployment.window_start or deployment.finished


def _first(deployment: Deployment) -> datetime:
    began = _began(deployment)
    assert began is not None
    return began.utc


def _place(deployment: Deployment) -> str:
    return deployment.environment.casefold() or "production"


def _reached(
    deployment: Deployment, now: datetime, soak_hours: int, written: Collection[str] = (), running: bool = False
) -> Deployment:
    """With the times that its status implies, and as provisional or as succeeded as its soak time lets it be.

    Args:
        written: the fields somebody has just set, which stay as they are.
        running: it has been in progress until now.
    """
    here, began = Moment(now.astimezone(zone(deployment.timezone))), deployment.started or deployment.window_start
    if deployment.status is DeploymentStatus.IN_PROGRESS and not deployment.started and "started" not in written:
        return replace(deployment, started=here)
    if deployment.status not in ENDED:
        return deployment
    over = deployment.window_end is not None and deployment.window_end.utc < now
    just_now = running or (not over and (began is None or here.utc - began.utc < _DAY))
    if just_now and not deployment.finished and "finished" not in written:
        deployment = replace(deployment, finished=here)
    until = soaked(deployment, soak_hours)
    if deployment.status not in FINISHED or until is None:
        return deployment
    return replace(deployment, status=DeploymentStatus.PROVISIONAL if now < until else DeploymentStatus.SUCCEEDED)


def _let_through(
    base: KnowledgeBase, settings: Settings, deployment: Deployment, now: datetime, reason: str
) -> Deployment:
    """The deployment, with why it goes ahead if something is in its way."""
    found, why = in_the_way(base, settings, deployment, now), clean_line(reason)
    if found and not why and ahead(deployment, now):
        raise InTheWay(
            f"in the way: {_listed(found)}; nothing was written",
            "wait, or say why it must go ahead: --override 'REASON'; that is recorded and shown",
        )
    if not found or not why:
        return deployment
    text = clean(f"Goes ahead although there is {_listed(found)}. Reason: {why}")
    event = TimelineEvent(text, Moment(now.astimezone(zone(deployment.timezone))), id=new_item_id())
    return replace(deployment, override=why, timeline=(*deployment.timeline, event))


def _listed(found: Iterable[Obstacle]) -> str:
    return "; ".join(one.said for one in found)


def in_the_way(base: KnowledgeBase, settings: Settings, deployment: Deployment, now: datetime) -> tuple[Obstacle, ...]:
    """What stands in the way of a deployment.

    Args:
        now: an aware datetime; when it is, if the deployment does not say.
    """
    records = base.records("incident") if ahead(deployment, now) else []  # what is over is in nobody's way
    return obstacles(deployment, settings.freeze, (one.entry for one in records if not one.library), now)


def set_off(
    base: KnowledgeBase, settings: Settings, before: Entry, after: Entry, now: datetime
) -> tuple[Obstacle, ...]:
    """What stood in the way of a planned deployment that has just begun, unless that was overridden already."""
    if not isinstance(before, Deployment) or not isinstance(after, Deployment) or after.override:
        return ()
    begun = (before.status, after.status) == (DeploymentStatus.PLANNED, DeploymentStatus.IN_PROGRESS)
    return in_the_way(base, settings, after, now) if begun else ()


def set_fields(
    base: KnowledgeBase, settings: Settings, record: Record, changes: Sequence[tuple[str, str, str]], now: datetime
) -> Captured:
    """Fields of any entry set as (name, how, value); the status of a deployment brings its times with it.

    Args:
        now: an aware datetime.

    Raises:
        InvalidEntry: no such field, or a value it cannot hold; then none is set.
    """
    plain = [(name.strip().replace("-", "_").lower(), how, value) for name, how, value in changes]
    names = [name for name, _, _ in plain]

    def shape(before: Entry, after: Entry) -> Entry:
        if not isinstance(before, Deployment) or not isinstance(after, Deployment) or "status" not in names:
            return after
        return _reached(after, now, settings.soak_hours, names, before.status is DeploymentStatus.IN_PROGRESS)

    if record.entry.kind == "deployment":
        plain = [(name, how, _spoken(name, value)) for name, how, value in plain]
    done = capture.set_fields(base, record, plain, shape)
    filled = [
        name for name in ("started", "finished")
        if name not in names and getattr(done.record.entry, name, None) != getattr(record.entry, name, None)
    ]  # fmt: skip
    return replace(done, changed=(*done.changed, *filled))


def stands(base: KnowledgeBase, settings: Settings, deployment: Deployment, now: datetime) -> Standing:
    """How a recorded deployment stands; what library entries say of it never counts.

    Args:
        now: an aware datetime.
    """
    return standing(deployment, base.said(deployment.id), now, settings.soak_hours)
