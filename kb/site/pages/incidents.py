"""The tables of incidents: the team's own, and those of the library."""

from __future__ import annotations

from collections.abc import Sequence

from kb.model import OPEN_STATUSES, Incident
from kb.model.dating import began
from kb.model.metrics import recovery_time
from kb.site.parts.box import nothing
from kb.site.parts.frame import Frame, compose, title
from kb.site.parts.html import Child, Html, el, icon, join
from kb.site.parts.pieces import cracking, date_of, lasted
from kb.site.parts.pills import incident_status, severity
from kb.site.parts.table import Cell, Column, Row, table
from kb.site.parts.words import count, short

_OWN = (
    Column("Incident", "text"),
    Column("Severity", "text"),
    Column("Status", "text"),
    Column("Began", "number"),
    Column("Lasted", "number"),
)
_LIBRARY = (
    Column("Incident", "text"),
    Column("Company", "text"),
    Column("Severity", "text"),
    Column("Began", "number"),
    Column("Lasted", "number"),
)


def incidents_page(frame: Frame) -> str:
    """The team's incidents: open ones first, then the newest."""
    found = sorted(frame.edition.incidents, key=lambda one: one.status not in OPEN_STATUSES)
    parts: list[Child] = [title("Incidents"), el("p", _counted(frame), class_="kb-intro")]
    parts.append(table(_OWN, (_own(frame, one) for one in found), label="Filter incidents") if found else nothing())
    return compose("Incidents", parts, wide=True)


def _counted(frame: Frame) -> Html:
    edition = frame.edition
    text = f"{count(len(edition.incidents), 'incident')}, {len(edition.open)} open. Those of others are in the "
    return join(text, el("a", "library", href=frame.page("library")), ".")


def _own(frame: Frame, incident: Incident) -> Row:
    going_on = incident.status in OPEN_STATUSES
    cells = (
        _name(frame, incident, ", ".join((*incident.services, *incident.systems)[:6])),
        Cell(severity(incident), incident.severity),
        Cell(incident_status(incident), "" if going_on else incident.status),
        _began(incident),
        _lasted(incident),
    )
    return Row(cells, "is-open" if going_on else "")


def _name(frame: Frame, incident: Incident, notes: str) -> Cell:
    """The title, what it was about, and the question that cracked it."""
    question = cracking(incident)
    asked = f"“{short(question.text, 200)}”" if question else ""
    content = join(
        frame.link(incident.id, class_="kb-t__t"),
        el("small", notes) if notes else None,
        el("span", icon("star"), el("span", asked), class_="kb-t__q") if asked else None,
    )
    return Cell(content, short(incident.title, 200))


def _began(incident: Incident) -> Cell:
    moment = began(incident)
    return Cell(date_of(incident), int(moment.at.timestamp()) if moment else None)


def _lasted(incident: Incident) -> Cell:
    seconds = recovery_time(incident)
    return Cell(lasted(incident), int(seconds) if seconds else None)


def library_page(frame: Frame) -> str:
    """Well-known incidents of other companies, each made from its public report; never counted as the team's own."""
    found = frame.edition.library
    parts: list[Child] = [title("Library"), el("p", _library_intro(found), class_="kb-intro")]
    rows = (_other(frame, one) for one in found)
    empty = el("p", "The library is empty.", class_="kb-none")
    parts.append(table(_LIBRARY, rows, label="Filter the library") if found else empty)
    return compose("Library", parts, wide=True)


def _library_intro(found: Sequence[Incident]) -> str:
    companies = len({incident.company for incident in found if incident.company})
    return (
        f"{count(len(found), 'well-known incident')} of {count(companies, 'other company', 'other companies')}, told "
        "from their public reports. Questions retell what a report found out; severities and lessons are our reading. "
        "They are found when you search, and never counted in our own figures."
    )


def _other(frame: Frame, incident: Incident) -> Row:
    cells = (
        _name(frame, incident, ""),
        Cell(incident.company),
        Cell(severity(incident), incident.severity),
        _began(incident),
        _lasted(incident),
    )
    return Row(cells)
