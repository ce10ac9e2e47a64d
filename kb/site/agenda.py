"""The deployments and the freezes as a calendar (RFC 5545), for those who look at their own.

What happens once stands in UTC. A freeze that recurs stands as its rule, with its hours on the wall of its time zone;
where clocks change and the rule would give other instants than `kb.freeze`, the instants stand beside the rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vRecur, vText

from kb.freeze import Freeze, Window
from kb.journeys.edition import Article, Edition
from kb.model import Deployment, DeploymentStatus, Moment, zone
from kb.model.dating import local_date
from kb.model.standing import words
from kb.site.feed import plain, uid
from kb.site.parts.frame import address
from kb.site.parts.words import short

AGENDA = "deployments.ics"
_DAY = timedelta(days=1)
_STATUS = {DeploymentStatus.PLANNED: "TENTATIVE", DeploymentStatus.CANCELLED: "CANCELLED"}
_SPANS = (1, 4, 12, 40)
"""Years in which the first day of a rule is looked for, one after the other."""
_AHEAD = 4
"""Years, from the one before, in which what clocks do to a rule is worked out."""
_EVERY_DAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

Times = tuple[date, date | None]
"""Start and end; of whole days the day after the last one."""


def agenda(edition: Edition) -> bytes:
    """The team's deployments that have a time, oldest first, and when nothing is to be deployed."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//kb//postmortem-kb//EN")
    calendar.add("method", "PUBLISH")  # so that DTSTAMP says when this was published
    for name in ("name", "x-wr-calname"):
        calendar.add(name, vText(f"{plain(edition.name)}: deployments"))
    events = [*_deployments(edition), *(event for freeze in edition.freezes for event in _freeze(edition, freeze))]
    for named, first in sorted(_zones(events).items()):
        calendar.add_component(_timezone(named, first, edition.as_of.year + _AHEAD))
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical(sorted=False))


def _deployments(edition: Edition) -> Iterator[Event]:
    for deployment in reversed(edition.deployments):
        article, times = edition.by_id[deployment.id], _times(deployment)
        if times and not article.library:
            yield _deployment(edition, article, deployment, times)


def _deployment(edition: Edition, article: Article, deployment: Deployment, times: Times) -> Event:
    """How it stands is said in words too: most calendars show a status as nothing, or as a colour."""
    stands = edition.standing(deployment)
    title, page = short(deployment.title, 200), f"{edition.site_url}{address(article)}.html"
    said, about = words(stands, deployment.timezone).capitalize(), short(deployment.summary, 600)
    told = [said, *_services(deployment), about, page]
    event = _event(edition, uid(deployment.id), f"{title} ({stands.status})", "Deployment", told)
    event.add("status", _STATUS.get(stands.status, "CONFIRMED"))
    if edition.site_url:
        event.add("url", page)
    _at(event, *times)
    return event


def _services(deployment: Deployment) -> Iterator[str]:
    for one in deployment.services:
        yield plain(f"{one.name} {f'{one.previous} → ' if one.previous else ''}{one.version}")


def _times(deployment: Deployment) -> Times | None:
    """When it ran, or is to run; None where nobody has said, or no calendar has that day."""
    start, end = deployment.started or deployment.window_start, deployment.finished or deployment.window_end
    try:
        if start is None:
            return None
        if start.precision == "day" or (end and end.precision == "day"):
            return _days(start, end, deployment.timezone)
        return start.utc, end.utc if end and start < end else None
    except OverflowError:
        return None


def _days(start: Moment, end: Moment | None, timezone: str) -> Times:
    first = local_date(start, timezone)
    return first, max(local_date(end, timezone) if end else first, first) + _DAY


def _freeze(edition: Edition, freeze: Freeze) -> Iterator[Event]:
    """Its rule; or each of its windows, where it has none, or one that only dateutil understands."""
    began = _first(freeze, edition.as_of)
    if began is None:
        return
    try:
        rule = _rule(freeze)
    except ValueError:
        rule = None
    if rule:
        yield from _recurring(edition, freeze, rule, began)
        return
    for window in _lately(edition, freeze) if freeze.rule else (began,):
        event = _frozen(edition, freeze, f"/{window[0].isoformat()}" if freeze.rule else "")
        _at(event, *window)
        yield event


def _frozen(edition: Edition, freeze: Freeze, which: str = "") -> Event:
    name = plain(freeze.name)
    told = ["Nothing is to be deployed.", f"{plain(freeze.words)} ({freeze.timezone})"]
    return _event(edition, uid(f"freeze/{freeze.name}{which}"), f"Freeze: {name}", "Freeze", told)


def _recurring(edition: Edition, freeze: Freeze, rule: vRecur, began: Window) -> Iterator[Event]:
    """The rule, and after it what becomes of it on days when clocks change."""
    here = zone(freeze.timezone)
    start, length = _on_the_wall(freeze, began[0].astimezone(here).date())
    event = _frozen(edition, freeze)
    event.add("dtstart", _written(start, here))
    event.add("duration", length)
    event.add("rrule", rule)
    yield event
    for window in _lately(edition, freeze):
        start, length = _on_the_wall(freeze, window[0].astimezone(here).date())
        wall = start.replace(tzinfo=here)
        if window != (wall.astimezone(UTC), (wall + length).astimezone(UTC)) or window[1] - window[0] != length:
            event = _frozen(edition, freeze)
            event.add("recurrence-id", _written(start, here))
            _at(event, *window)
            yield event


def _lately(edition: Edition, freeze: Freeze) -> list[Window]:
    turn = datetime(edition.as_of.year - 1, 1, 1, tzinfo=zone(freeze.timezone))
    return freeze.over(turn, turn.replace(year=turn.year + _AHEAD))


def _first(freeze: Freeze, as_of: datetime) -> Window | None:
    """The first window: of what counts from a day, from that day on, of what always held, from last year on."""
    here = zone(freeze.timezone)
    start = datetime.combine(freeze.first or date(as_of.year - 1, 1, 1), time(), tzinfo=here)
    found = (freeze.over(start, start + years * 366 * _DAY) for years in _SPANS)
    return next((windows[0] for windows in found if windows), None)


def _rule(freeze: Freeze) -> vRecur:
    """The rule as every reader of RFC 5545 takes it, with nothing left to what its library makes of gaps; or none."""
    if not freeze.rule:
        return vRecur()
    parts = dict(part.partition("=")[::2] for part in freeze.rule.split(";"))
    until = parts.pop("UNTIL", "")
    rule: vRecur = vRecur.from_ical(";".join(f"{name}={value}" for name, value in parts.items()))
    last = date.fromisoformat(until) if until else freeze.last
    if last:
        rule["UNTIL"] = datetime.combine(last, time(23, 59, 59), tzinfo=zone(freeze.timezone)).astimezone(UTC)
    if "BYWEEKNO" in parts and not parts.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY"}:
        rule["BYDAY"] = list(_EVERY_DAY)
    return rule


def _on_the_wall(freeze: Freeze, day: date) -> tuple[datetime, timedelta]:
    """When the window of a day opens, and how long it is, by the clock on a wall that nobody turns."""
    after = day + _DAY if freeze.closes <= freeze.opens else day
    start = datetime.combine(day, freeze.opens)
    return start, datetime.combine(after, freeze.closes) - start


def _written(wall: datetime, here: tzinfo) -> datetime:
    return wall.replace(tzinfo=UTC if str(here) == "UTC" else here)


def _event(edition: Edition, name: str, summary: str, category: str, told: list[str]) -> Event:
    event = Event()
    event.add("uid", name)
    event.add("dtstamp", edition.as_of.astimezone(UTC))
    event.add("summary", summary)
    event.add("description", "\n".join(filter(None, told)))
    event.add("categories", [category])
    event.add("transp", "TRANSPARENT")  # nobody is busy because of it
    return event


def _at(event: Event, start: date, end: date | None) -> None:
    event.add("dtstart", start)
    if end:
        event.add("dtend", end)


def _zones(events: list[Event]) -> dict[str, int]:
    """The time zones that events name, each with the first year."""
    found: dict[str, int] = {}
    for event in events:
        start: Any = event["dtstart"]
        if name := start.params.get("TZID"):
            found[name] = min(start.dt.year, found.get(name, start.dt.year))
    return found


def _timezone(name: str, first: int, last: int) -> Timezone:
    """What clocks do in a time zone from the beginning of one year to that of another."""
    made, here = Timezone(), zone(name)
    made.add("tzid", name)
    start = datetime(first, 1, 1, tzinfo=UTC)
    made.add_component(_observed(here, start, start))
    day, end = start, datetime(last, 1, 1, tzinfo=UTC)
    while day < end:
        after = day + _DAY
        if _offset(here, day) != _offset(here, after):
            made.add_component(_observed(here, *_turned(here, day, after)))
        day = after
    return made


def _turned(here: tzinfo, before: datetime, after: datetime) -> tuple[datetime, datetime]:
    """The second before clocks are turned, and the one in which they are."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        same = _offset(here, middle) == _offset(here, before)
        before, after = (middle, after) if same else (before, middle)
    return before, after


def _observed(here: tzinfo, before: datetime, after: datetime) -> TimezoneStandard | TimezoneDaylight:
    """From when on which offset holds; that instant is told by the clock that has not been turned yet."""
    there = after.astimezone(here)
    made = TimezoneDaylight() if there.dst() else TimezoneStandard()
    made.add("dtstart", (after + _offset(here, before)).replace(tzinfo=None))
    made.add("tzoffsetfrom", _offset(here, before))
    made.add("tzoffsetto", _offset(here, after))
    made.add("tzname", there.tzname() or "")
    return made


def _offset(here: tzinfo, at: datetime) -> timedelta:
    return at.astimezone(here).utcoffset() or timedelta()
