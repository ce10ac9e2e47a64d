"""What is run, by service: its incidents, its deployments, how long it takes to recover, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.journeys.services import Service
from kb.model import OPEN_STATUSES, Incident
from kb.model.dating import began
from kb.model.definitions import DETECT, FAILURES, MITIGATE, RESOLVE
from kb.model.metrics import (
    FEW,
    Share,
    change_failures,
    recovery_time,
    spread,
    time_to_detect,
    time_to_mitigate,
    time_to_resolve,
)
from kb.model.spoken import percent
from kb.site.pages.deployments import deployment_rows
from kb.site.parts.figures import duration, failure_rate, few, figures, resting
from kb.site.parts.frame import Frame, compose, eyebrow, section, title
from kb.site.parts.html import Child, Html, el, join
from kb.site.parts.pieces import date_of, fact, first, listed
from kb.site.parts.pills import pill
from kb.site.parts.rows import incident_list
from kb.site.parts.table import Cell, Column, Row, table
from kb.site.parts.todo import task_list, undone
from kb.site.parts.words import count, span

_DURATIONS = ((DETECT, time_to_detect), (MITIGATE, time_to_mitigate), (RESOLVE, time_to_resolve))
_COLUMNS = (
    Column("Service", "text"), Column("Incidents", "number"), Column("Last incident", "number"),
    Column("Time to recover", "number"), Column("Deployments", "number"), Column("Change failure rate", "number"),
    Column("Open actions", "number"),
)  # fmt: skip


def services_page(frame: Frame) -> str:
    """Every service in one table."""
    found = frame.edition.services
    parts: list[Child] = [title("Services")]
    if not found:
        parts.append(first("No entry names a service yet.", "kb new incident --service NAME"))
    else:
        intro = "Every service our entries name. Times are medians, with how many they rest on: of "
        intro += f"fewer than {FEW}, a single incident can change them."
        parts.append(el("p", intro, class_="kb-intro"))
        parts.append(table(_COLUMNS, (_row(frame, one) for one in found.values()), label="Filter services"))
    return compose("Services", parts, wide=True)


def _row(frame: Frame, service: Service) -> Row:
    incidents, deployments = service.incidents, service.deployments
    middle, failed = spread(map(recovery_time, incidents)), _failed(frame, service)
    cells = (
        Cell([frame.service(service.name, class_="kb-t__t"), " ", _burning(incidents)], service.name),
        Cell(str(len(incidents))),
        _last(frame, incidents),
        Cell(_noted(span(middle.median), resting(middle)), int(middle.median)) if middle else Cell("–", ""),
        Cell(str(len(deployments))),
        Cell(_noted(percent(failed), f"{failed.part} of {failed.whole}"), percent(failed))
        if failed.whole
        else Cell("–", ""),
        _left(frame, service),
    )
    return Row(cells, "is-open" if _going_on(incidents) else "")


def _last(frame: Frame, incidents: Sequence[Incident]) -> Cell:
    moment = began(incidents[0]) if incidents else None
    if moment is None:
        return Cell("–", "")
    return Cell(frame.link(incidents[0].id, date_of(incidents[0])), int(moment.at.timestamp()))


def _left(frame: Frame, service: Service) -> Cell:
    to_do = undone(frame.edition, service.entries)
    late = sum(task.late > 0 for task in to_do)
    return Cell([str(len(to_do)), el("small", f"{late} overdue", class_="kb-late") if late else None], len(to_do))


def _noted(text: str, note: str) -> list[Child]:
    return [text, " ", el("small", note)]


def _going_on(incidents: Iterable[Incident]) -> list[Incident]:
    return [incident for incident in incidents if incident.status in OPEN_STATUSES]


def _burning(incidents: Iterable[Incident]) -> Html | None:
    found = _going_on(incidents)
    return pill("open", el("i"), f"{len(found)} open") if found else None


def _failed(frame: Frame, service: Service) -> Share:
    """How many of its deployments hurt, by what the incidents say that name them."""
    changes, named = service.deployments, frame.edition.incidents_of
    return change_failures(changes, (incident for one in changes for incident, _ in named.get(one.id, ())))


def service_page(frame: Frame, service: Service) -> str:
    """The page of one service."""
    edition = frame.edition
    closed = [one for one in service.incidents if one.status not in OPEN_STATUSES]
    rows = deployment_rows(frame, service.deployments)
    parts: list[Child] = [_head(frame, service), _measures(frame, service)]
    parts += section("Open now", incident_list(frame, _going_on(service.incidents)))
    parts += section("Open actions", task_list(frame, undone(edition, service.entries)))
    parts += section("Incidents", incident_list(frame, closed))
    parts += section("Deployments", el("ul", rows, class_="kb-dl kb-dl--all") if rows else None)
    return compose(service.name, parts)


def _head(frame: Frame, service: Service) -> Html:
    last = service.incidents[0] if service.incidents else None
    facts = [
        _burning(service.incidents),
        fact("alert", count(len(service.incidents), "incident")),
        fact("calendar", f"the last one on {date_of(last)}") if last and began(last) else None,
        fact("deploy", count(len(service.deployments), "deployment")),
        fact("system", "runs on ", listed(frame.link(one.id) for one in service.systems)) if service.systems else None,
    ]
    return join(
        eyebrow(frame, "services", "Services", service.slug),
        title(service.name),
        el("div", facts, class_="kb-meta"),
    )


def _measures(frame: Frame, service: Service) -> Html | None:
    """How long it takes, and how often a change hurts; nothing where no incident and no deployment names it."""
    if not service.incidents and not service.deployments:
        return None
    known = [(name, spread(map(measure, service.incidents))) for name, measure in _DURATIONS]
    failed = _failed(frame, service)
    shown = figures(*(duration(name, one) for name, one in known), failure_rate(failed))
    return join(shown, few([*((name, one.n if one else 0) for name, one in known), (FAILURES, failed.whole)]))
