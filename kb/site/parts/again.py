"""What came back: on the page of an incident, where its cause was before, and where it returned."""

from __future__ import annotations

from collections.abc import Sequence

from kb.model import ActionItem, Incident
from kb.model.recurrence import Forerunner, Recurrence
from kb.model.todo import task
from kb.site.parts.frame import Frame
from kb.site.parts.html import Html, el, join
from kb.site.parts.pieces import date_of
from kb.site.parts.todo import task_list
from kb.site.parts.words import count, short


def came_back(frame: Frame, incident: Incident) -> Html | None:
    """The earlier incidents of the same cause, each with its actions that were still open when it came back."""
    back = frame.edition.came_back.get(incident.id)
    return join(*(_prior(frame, one) for one in back.earlier)) if back else None


def _prior(frame: Frame, one: Forerunner) -> Html:
    today = frame.edition.as_of.date()
    open_then = [task(one.incident, action, today) for action in one.undone]
    return el("div", _line(frame, "From ", one.incident, _kept(one)), task_list(frame, open_then), class_="kb-back")


def _kept(one: Forerunner) -> str:
    """How much of what was to be done had been done by then."""
    every, left = len(one.incident.actions), len(one.undone)
    if not every:
        return "nothing was to be done after it"
    if not left:
        return f"{'all ' if every > 1 else ''}{count(every, 'action')} done by then"
    return f"{left} of {count(every, 'action')} still open when it came back"


def returned(frame: Frame, incident: Incident) -> Html | None:
    """The later incidents of the same cause, each with how much was still to be done here when it came."""
    later = frame.edition.returned.get(incident.id, ())
    return el("div", (_later(frame, incident, one) for one in later), class_="kb-back") if later else None


def _later(frame: Frame, incident: Incident, one: Recurrence) -> Html:
    undone = next(prior.undone for prior in one.earlier if prior.incident.id == incident.id)
    return _line(frame, "In ", one.incident, _open(undone) if incident.actions else "")


def _open(undone: Sequence[ActionItem]) -> str:
    return f"{count(len(undone), 'action')} of this one still open then" if undone else "every action done by then"


def _line(frame: Frame, before: str, incident: Incident, note: str) -> Html:
    about = " · ".join(filter(None, [date_of(incident), note]))
    return el("p", before, frame.link(incident.id, short(incident.title, 120)), " ", el("small", about))
