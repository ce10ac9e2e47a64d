"""The calendar: a month as a grid, with the deployments and the incidents on the days they began."""

from __future__ import annotations

from calendar import Calendar, monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from kb.journeys.edition import Edition
from kb.markdown.html import to_text
from kb.model import Deployment, Incident, zone
from kb.model.dating import began
from kb.site.parts.frame import Frame, compose, eyebrow, section, title
from kb.site.parts.html import Child, Html, el, hidden, icon
from kb.site.parts.outcome import hurt
from kb.site.parts.pieces import Month, first
from kb.site.parts.words import count, local_date

_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SIGNS = {
    "deployment": ("deploy", "Deployment"),
    "hurt": ("deploy", "Deployment that hurt"),
    "incident": ("alert", "Incident"),
}
_MOST = 4
"""Signs on one day; the others are counted."""

Days = dict[int, list[Incident | Deployment]]


def calendar_page(frame: Frame) -> str:
    """Every month that has something; the newest year first, its months as in any calendar."""
    years: dict[int, list[Html]] = {}
    for month, days in _by_month(frame.edition).items():
        years.setdefault(month[0], []).append(_month(frame, month, days))
    parts: list[Child] = [
        eyebrow(frame, "deployments", "Deployments", "calendar"),
        title("Calendar"),
        _legend(frame) if years else first("Nothing has a date yet.", "kb new deployment"),
        _subscribe(frame),
    ]
    for year, grids in years.items():
        parts += section(str(year), el("div", reversed(grids), class_="kb-months"))
    return compose("Calendar", parts, wide=True)


def _subscribe(frame: Frame) -> Html:
    """The way to the same in a reader's own calendar."""
    what = "deployments and freezes" if frame.edition.freezes else "deployments"
    return el("p", el("a", f"Calendar feed of {what}", href=f"{frame.up}deployments.ics"), class_="kb-source")


def latest(frame: Frame, how_many: int) -> Html | None:
    """The last months that have something, with the way to the others; None when there are none."""
    found = _by_month(frame.edition)
    shown = list(found.items())[:how_many]
    if not shown:
        return None
    grids = el("div", (_month(frame, month, days) for month, days in reversed(shown)), class_="kb-months")
    label = f"All {count(len(found), 'month')}"
    more = el("p", el("a", label, href=frame.page("calendar"), class_="kb-more")) if len(found) > len(shown) else None
    return el("div", _legend(frame), grids, more)


def _by_month(edition: Edition) -> dict[Month, Days]:
    """What began on each day of each month that has something; the newest month first."""
    found: dict[Month, Days] = {}
    entries: tuple[Incident | Deployment, ...] = (*edition.deployments, *edition.incidents)
    for entry in entries:
        if moment := began(entry):
            day = local_date(moment, entry.timezone)
            found.setdefault((day.year, day.month), {}).setdefault(day.day, []).append(entry)
    return dict(sorted(found.items(), reverse=True))


def _legend(frame: Frame) -> Html:
    """What the signs mean, in words."""
    signs = [
        el("span", el("span", icon(picture), class_=f"kb-mark kb-mark--{kind}"), word)
        for kind, (picture, word) in _SIGNS.items()
    ]
    freeze = el("span", el("span", class_="kb-mark kb-mark--freeze"), "Freeze") if frame.edition.freezes else None
    return el("p", signs, freeze, class_="kb-legend")


def _month(frame: Frame, month: Month, days: Days) -> Html:
    name = f"{date(*month, 1):%B %Y}"
    place = f"month-{month[0]}-{month[1]:02}"
    head = el("tr", (el("th", hidden(day), el("span", day[:2], aria_hidden="true"), scope="col") for day in _WEEK))
    weeks, frozen = Calendar().monthdayscalendar(*month), _frozen(frame.edition, month)
    body = (el("tr", (_day(frame, day, days.get(day, ()), frozen.get(day, ())) for day in week)) for week in weeks)
    grid = el("table", el("thead", head), el("tbody", body), class_="kb-cal", aria_labelledby=place)
    return el("section", el("h3", name, id=place), grid, class_="kb-month")


def _frozen(edition: Edition, month: Month) -> dict[int, list[str]]:
    """The days of a month that a freeze touches, each with the names of the freezes."""
    found: dict[int, list[str]] = {}
    length = monthrange(*month)[1]
    for freeze in edition.freezes:
        here = zone(freeze.timezone)
        first, last = datetime(*month, 1, tzinfo=here), datetime(*month, length, 23, 59, tzinfo=here)
        touched: set[int] = set()
        for start, end in freeze.over(first, last):
            begin = max(start.astimezone(here).date(), first.date())
            until = min((end - timedelta.resolution).astimezone(here).date(), last.date())
            touched.update(range(begin.day, until.day + 1))
        for day in touched:
            found.setdefault(day, []).append(freeze.name)
    return found


def _day(frame: Frame, day: int, entries: Sequence[Incident | Deployment], frozen: Sequence[str]) -> Html:
    if not day:
        return el("td")
    marks = [_mark(frame, entry) for entry in entries[:_MOST]]
    rest = len(entries) - _MOST
    more = el("small", f"+{rest}", hidden(" more")) if rest > 0 else None
    kinds = [name for name, so in (("has", marks), ("is-frozen", frozen)) if so]
    told = hidden(f" Freeze: {', '.join(frozen)}") if frozen else None
    return el("td", el("span", str(day), told, class_="kb-cal__d"), marks, more, class_=" ".join(kinds) or None)


def _mark(frame: Frame, entry: Incident | Deployment) -> Html:
    bad = isinstance(entry, Deployment) and hurt(frame.edition, entry)
    kind = "incident" if isinstance(entry, Incident) else "hurt" if bad else "deployment"
    picture, word = _SIGNS[kind]
    name = f"{word}: {to_text(entry.title)}"
    href = frame.entry(entry.id)
    return el("a", icon(picture), hidden(name), href=href, title=name, class_=f"kb-mark kb-mark--{kind}")
