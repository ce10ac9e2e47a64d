"""Incidents as lines in the pages of what they hit: a system, a service."""

from __future__ import annotations

from collections.abc import Iterable

from kb.model import OPEN_STATUSES, Incident
from kb.site.parts.frame import Frame
from kb.site.parts.html import Html, el, icon
from kb.site.parts.pieces import cracking, date_of, lasted
from kb.site.parts.pills import incident_status, pill, severity
from kb.site.parts.words import gist, short


def incident_list(frame: Frame, incidents: Iterable[Incident]) -> Html | None:
    """Each with how long it hurt, what it was, and the question that cracked it."""
    rows = [_incident(frame, one) for one in incidents]
    return el("ul", rows, class_="kb-list") if rows else None


def _incident(frame: Frame, one: Incident) -> Html:
    question = cracking(one)
    open_ = incident_status(one) if one.status in OPEN_STATUSES else None
    near = pill("quiet", "Near miss") if one.near_miss else None
    was = short(gist(one.root_cause), 200)
    return el(
        "li",
        el("div", frame.link(one.id, class_="kb-list__t"), open_, severity(one), near, class_="kb-list__h"),
        el("small", " · ".join(filter(None, [date_of(one), lasted(one)]))),
        el("p", icon("star"), el("span", f"“{short(question.text, 200)}”"), class_="kb-list__q") if question else None,
        el("p", was, class_="kb-list__p") if was else None,
    )
