"""The two pages people come to first: home, and *Handle an incident*."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from kb.journeys.edition import Edition
from kb.model import OPEN_STATUSES, Entry, Incident, Verdict
from kb.model.dating import began
from kb.model.definitions import FAILURES
from kb.model.metrics import Share, change_failures, reached_production, recovery_time, spread
from kb.site.pages.deployments import deployment_rows
from kb.site.pages.lessons import lesson_rows
from kb.site.pages.outcomes import last_months
from kb.site.pages.questions import cracked_rows
from kb.site.pages.tags import by_tag, tag_cloud
from kb.site.parts.box import box, nothing
from kb.site.parts.figures import failure_rate, few, figure, figures, resting, spark
from kb.site.parts.frame import Frame, compose, title
from kb.site.parts.html import Child, Html, el, icon, join
from kb.site.parts.pieces import Month, cracking, first, month_of
from kb.site.parts.pills import pill, severity
from kb.site.parts.words import clock, count, day, local_date, long, span

_E = TypeVar("_E", bound=Entry)


def home_page(frame: Frame) -> str:
    """What burns, what was asked, what was learned, what was deployed."""
    edition = frame.edition
    parts: list[Child] = [
        title("Ask questions until you find answers", hero=True),
        box(frame, limit=4),
        *(_open(frame, incident) for incident in edition.open),
        None if edition.open else _quiet(frame),
        _panels(frame),
        _figures(frame) if edition.incidents or edition.deployments else None,
        _tags(frame),
        el("p", el("a", "Feed of what is new", href=f"{frame.up}feed.xml"), class_="kb-source"),
    ]
    return compose(edition.name, parts, wide=True, home=True)


def handle_page(frame: Frame) -> str:
    """One box, and what to start with when there are no words yet."""
    parts = [title("Handle an incident", hero=True), box(frame, limit=8, focus=True), _start(frame, 8)]
    return compose("Handle an incident", parts, wide=True)


def _start(frame: Frame, count: int) -> Html | None:
    """What to ask when there are no words for it yet: what worked before."""
    rows = cracked_rows(frame, count)
    if not rows:
        return None
    head = el("h2", icon("star"), "No words for it yet? Start with what worked before", class_="kb-ph2")
    return el("section", head, el("ul", rows, class_="kb-ql"), class_="kb-panel kb-start")


def _quiet(frame: Frame) -> Html:
    """What stands where an open incident would: for how long there was none."""
    edition = frame.edition
    if not edition.articles:
        return nothing()
    if not edition.incidents:
        return first("No incident of our own is written down yet.", "kb new incident")
    last = edition.incidents[0]
    moment = began(last)
    days = (edition.as_of.date() - local_date(moment, last.timezone)).days if moment else 0
    since = f"The last one began {long(days)} ago: " if days > 0 else "The last one: "
    sign = pill("ok", icon("check"), "No incident is open")
    return el("p", sign, el("span", since, frame.link(last.id)), class_="kb-quiet")


def _open(frame: Frame, incident: Incident) -> Html:
    """An open incident, and the question to ask first."""
    suggestions = frame.edition.ask_next.get(incident.id, ())
    affected = ", ".join((*incident.services, *incident.systems))
    left = el(
        "div",
        el("p", _since(frame, incident), severity(incident), class_="kb-open__s"),
        el("p", frame.link(incident.id), class_="kb-open__t"),
        el("p", affected, class_="kb-open__w") if affected else None,
        class_="kb-open__l",
    )
    right = None
    if suggestions:
        best = suggestions[0]
        right = el(
            "div",
            el("p", icon("star"), "Ask this first", class_="kb-h"),
            el("p", f"“{best.text}”", class_="kb-open__q"),
            el("p", _credit(frame, best.verdict, best.asked_in), class_="kb-open__w") if best.asked_in else None,
            class_="kb-open__r",
        )
    return el("div", left, right, class_="kb-open")


def _since(frame: Frame, incident: Incident) -> Html:
    moment = began(incident)
    if moment is None:
        return pill("open", el("i"), "Open")
    days = (frame.edition.as_of.date() - local_date(moment, incident.timezone)).days
    told = [day(moment, incident.timezone) if days > 0 else "", clock(moment, incident.timezone) if days < 2 else ""]
    return pill("open", el("i"), f"Open since {', '.join(filter(None, told)) or day(moment, incident.timezone)}")


def _credit(frame: Frame, verdict: Verdict, asked_in: Sequence[str]) -> Html:
    word = {Verdict.CRACKED: "It cracked ", Verdict.LEAD: "It gave a lead in "}.get(verdict, "Asked in ")
    return join(word, frame.link(asked_in[0]))


def _panels(frame: Frame) -> Html:
    latest = deployment_rows(frame, frame.edition.deployments[:4])
    lists = (
        ("star", "Questions that cracked it", "kb-ql", cracked_rows(frame, 6), "questions", "kb ask"),
        ("lesson", "Lessons", "kb-ll", lesson_rows(frame, 5), "lessons", "kb lesson"),
        ("deploy", "Deployments", "kb-dl", latest, "deployments", "kb new deployment"),
    )
    return el("div", (_panel(frame, *one) for one in lists), class_="kb-grid")


def _panel(frame: Frame, picture: str, name: str, kind: str, rows: Sequence[Html], page: str, command: str) -> Html:
    body = el("ul", rows, class_=kind) if rows else first("None yet.", command)
    head = el("h2", icon(picture), name, class_="kb-ph2")
    more = el("a", f"All {page}", href=frame.page(page), class_="kb-more") if rows else None
    return el("section", head, body, more, class_="kb-panel")


def _figures(frame: Frame) -> Html:
    """Four figures, each of the last twelve months, or of all time where these have nothing to count."""
    edition = frame.edition
    months = last_months(edition.as_of.date(), 24)
    closed = [one for one in edition.incidents if one.status not in OPEN_STATUSES]
    timed = [one for one in closed if recovery_time(one) is not None]
    rested = (_how_long(timed, months[12:]), _how_asked(closed, months[12:]), _how_safe(edition, months[12:]))
    shown = figures(_how_many(edition.incidents, months), *(picture for picture, _, _ in rested))
    return join(shown, few((name, n) for _, name, n in rested))


def _how_many(incidents: Sequence[Incident], months: Sequence[Month]) -> Html:
    series = [len(several) for several in _monthly(incidents, months)]
    lately, before = sum(series[12:]), sum(series[:12])
    return figure("Incidents in the last 12 months", str(lately), f"{before} in the 12 before", spark(series[12:]))


_Rested = tuple[Html, str, int]
"""A figure, its name, and how many values it rests on."""


def _how_long(timed: Sequence[Incident], months: Sequence[Month]) -> _Rested:
    monthly = _monthly(timed, months)
    chosen, whence = _lately(monthly, timed)
    middles = (spread(map(recovery_time, several)) for several in monthly)
    middle = spread(map(recovery_time, chosen))
    rests_on = f"{resting(middle)}, {whence}" if middle else "no times written down yet"
    line = spark([one.median if one else None for one in middles])
    name = "Time until it no longer hurt"
    return figure(name, span(middle.median) if middle else "–", rests_on, line), name, middle.n if middle else 0


def _how_asked(closed: Sequence[Incident], months: Sequence[Month]) -> _Rested:
    monthly = _monthly(closed, months)
    chosen, whence = _lately(monthly, closed)
    known = _asked(chosen)
    text = f"{known.part} of {known.whole}" if chosen else "–"
    rests_on = f"closed incidents, {whence}" if chosen else "no incident is closed yet"
    line = spark([_asked(several).fraction for several in monthly])
    name = "Cracking question written down"
    return figure(name, text, rests_on, line), name, known.whole


def _asked(incidents: Sequence[Incident]) -> Share:
    return Share(sum(cracking(one) is not None for one in incidents), len(incidents))


def _how_safe(edition: Edition, months: Sequence[Month]) -> _Rested:
    ran = reached_production(edition.deployments, edition.incidents)
    monthly = _monthly(ran, months)
    chosen, whence = _lately(monthly, ran)
    line = spark([change_failures(several, edition.incidents).fraction for several in monthly])
    failed = change_failures(chosen, edition.incidents)
    return failure_rate(failed, whence, line), FAILURES, failed.whole


def _monthly(entries: Iterable[_E], months: Sequence[Month]) -> list[list[_E]]:
    """What began in each of the months."""
    found: dict[Month, list[_E]] = {month: [] for month in months}
    for entry in entries:
        month = month_of(entry)
        if month in found:
            found[month].append(entry)
    return list(found.values())


def _lately(monthly: Iterable[Iterable[_E]], every: Sequence[_E]) -> tuple[Sequence[_E], str]:
    """What there is in these months, or else all there is; and which of the two it is."""
    chosen = [entry for several in monthly for entry in several]
    return (chosen, "last 12 months") if chosen else (every, "all time")


def _tags(frame: Frame) -> Html | None:
    """The tags most used; with many, those used once are left to the page of tags."""
    found = by_tag(frame)
    often = dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:24])
    if not often:
        return None
    head = el("h2", icon("tag"), "Browse by tag", class_="kb-ph2")
    more = el("a", f"All {count(len(found), 'tag')}", href=frame.page("tags"), class_="kb-more")
    return el("section", head, tag_cloud(frame, often), more if len(found) > len(often) else None, class_="kb-panel")
