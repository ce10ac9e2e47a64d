"""The visual timeline: what happened and what was asked, in order, with the quiet gaps, and where the time went."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from kb.model import Deployment, Entry, Incident, Moment, Question, TimelineEvent, Verdict
from kb.model.metrics import between
from kb.site.parts.frame import Frame
from kb.site.parts.html import Child, Html, el, hidden, icon, join
from kb.site.parts.pills import verdict
from kb.site.parts.words import clock, day, sentence, short, span

_ICONS = {
    "change": "deploy", "detection": "alert", "observation": "eye", "escalation": "escalate", "communication": "say",
    "finding": "search", "action": "wrench", "mitigation": "shield", "recovery": "check", "note": "note",
    "question": "ask",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row: an event or a question, and when."""

    at: Moment | None
    item: TimelineEvent | Question


def timeline(frame: Frame, entry: Entry) -> Html | None:
    """The events and the questions that have a time, in order; None when there are none."""
    rows = _rows(entry)
    if not rows:
        return None
    return el("ol", _items(frame, entry, rows), class_="kb-tl")


def _rows(entry: Entry) -> list[Row]:
    """In the order of time; what has no time stays behind what it was written after."""
    rows: list[tuple[float, Row]] = []
    last = float("-inf")
    for event in entry.timeline:
        last = event.at.at.timestamp() if event.at else last
        rows.append((last, Row(event.at, event)))
    rows += [(q.at.at.timestamp(), Row(q.at, q)) for q in entry.questions if q.at]
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _items(frame: Frame, entry: Entry, rows: Sequence[Row]) -> Iterable[Html]:
    quiet = _quiet([row.at for row in rows])
    shown = None
    before: Moment | None = None
    several = len({day(row.at, entry.timezone) for row in rows if row.at}) > 1
    for row in rows:
        seconds = between(before, row.at)
        if seconds is not None and seconds >= quiet:
            yield el("li", el("span", f"{span(seconds)} quiet"), class_="kb-tl__gap")
        if several and row.at and day(row.at, entry.timezone) != shown:
            shown = day(row.at, entry.timezone)
            yield el("li", el("span", shown), class_="kb-tl__day")
        yield _event(frame, entry, row.item) if isinstance(row.item, TimelineEvent) else _asked(frame, entry, row.item)
        before = row.at or before


def _quiet(moments: Sequence[Moment | None]) -> float:
    """How many seconds without a row count as quiet: half an hour, and thrice what is usual in this timeline."""
    known = [moment for moment in moments if moment]
    gaps = [gap for a, b in pairwise(known) if (gap := between(a, b))]
    return max(1800.0, 3 * statistics.median(gaps)) if gaps else float("inf")


def _event(frame: Frame, entry: Entry, event: TimelineEvent) -> Html:
    head, rest = sentence(event.text)
    by = el("span", f"by {event.by}", class_="kb-by") if event.by else None
    kind = event.kind if event.kind in _ICONS else "note"
    word = hidden(f"{event.kind}: ") if event.kind != "note" else None
    body = (
        el("div", word, el("span", frame.inline(head)), by, class_="kb-tl__h"),
        el("div", frame.inline(rest)) if rest else None,
    )
    return _row(entry, event.at, kind, body, f"e-{event.id}" if event.id else None)


def _asked(frame: Frame, entry: Entry, question: Question) -> Html:
    said = _first_answer(question)
    cracked = question.verdict is Verdict.CRACKED
    body = (
        el(
            "div",
            hidden("Question: "),
            el("span", frame.inline(question.text)),
            verdict(question.verdict),
            class_="kb-tl__h",
        ),
        el("div", said) if said else None,
    )
    return _row(entry, question.at, "question is-cracked" if cracked else "question", body)


def _first_answer(question: Question) -> str:
    asked = f"Asked by {question.asked_by}." if question.asked_by else ""
    answer = short(question.answers[0].text, 140) if question.answers else ""
    return " ".join(part for part in (asked, answer) if part)


def _row(entry: Entry, at: Moment | None, kind: str, body: Child, place: str | None = None) -> Html:
    time = clock(at, entry.timezone) if at else ""
    stamp = el("time", time, datetime=at.iso() if at else None) if time else el("span", class_="kb-tl__none")
    return el(
        "li",
        stamp,
        el("span", icon(_ICONS[kind.split(maxsplit=1)[0]]), class_="kb-tl__dot"),
        el("div", body, class_="kb-tl__b"),
        class_=f"kb-tl__i kb-tl__i--{kind}",
        id=place,
    )


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of an incident.

    Args:
        kind: names its colour in kb.css.
        label: what it was spent on.
        seconds: how long it took.
    """

    kind: str
    label: str
    seconds: float


def phases(incident: Incident, changes: Sequence[Deployment] = ()) -> list[Phase]:
    """Where the time went: from the last change before it, over noticing and asking, to recovery.

    Args:
        changes: the deployments the incident names.
    """
    asked = [q.at for q in incident.questions if q.verdict is Verdict.CRACKED and q.at]
    cracked = min(asked) if asked else None
    points = [
        ("quiet", "Changed, and quiet", _last_change(incident, changes)),
        ("detect", "Until it was noticed", incident.started),
        ("dead", "Until the right question" if cracked else "Until it was mitigated", incident.detected),
        ("crack", "From the question to the fix", cracked),
        ("fix", "Until all was well", incident.mitigated),
        ("", "", incident.resolved),
    ]
    known = [(kind, label, at) for kind, label, at in points if at is not None and at.precision != "day"]
    found = [
        Phase(kind, label, seconds)
        for (kind, label, start), (_, _, end) in pairwise(known)
        if (seconds := between(start, end))
    ]
    return [_renamed(phase, incident) for phase in found]


def _renamed(phase: Phase, incident: Incident) -> Phase:
    """Where milestones are missing a phase reaches further than its usual name says."""
    if phase.kind == "detect" and incident.detected is None:
        return Phase("dead", "Until it was mitigated" if incident.mitigated else "Until it was resolved", phase.seconds)
    return phase


def _last_change(incident: Incident, changes: Sequence[Deployment]) -> Moment | None:
    start = incident.started or incident.detected
    if start is None:
        return None
    moments = [event.at for event in incident.timeline if event.kind == "change" and event.at]
    moments += [change.started for change in changes if change.started]
    before = [moment for moment in moments if between(moment, start)]
    return max(before, key=lambda moment: moment.at) if before else None


def phase_bar(found: Sequence[Phase]) -> Html | None:
    """The phases as a bar with their durations beneath; None when there are fewer than two.

    The widths follow the square root, so that minutes stay visible beside days; the true durations are printed.
    """
    if len(found) < 2:
        return None
    widths = [sqrt(phase.seconds) for phase in found]
    gap, left, bars = 0.5, 0.0, []
    scale = (100 - gap * (len(found) - 1)) / sum(widths)
    for phase, width in zip(found, widths, strict=True):
        bars.append(
            el("rect", x=f"{left:.2f}%", y=0, width=f"{width * scale:.2f}%", height=12, rx=3,
               class_=f"kb-ph kb-ph--{phase.kind}")
        )  # fmt: skip
        left += width * scale + gap
    rows = (
        el("li", el("b", span(phase.seconds)), el("span", phase.label), class_=f"kb-phl kb-phl--{phase.kind}")
        for phase in found
    )
    picture = el("svg", join(*bars), width="100%", height=12, aria_hidden="true")
    return el("div", picture, el("ul", rows), class_="kb-phase")
