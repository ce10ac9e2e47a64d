"""The two pages people come to first: home, and *Handle an incident*."""

from __future__ import annotations

from collections.abc import Sequence

from kb.journeys.edition import began
from kb.model import Incident, Verdict
from kb.model.metrics import recovery_time, spread
from kb.site.box import box, nothing, start
from kb.site.frame import Frame, compose, title
from kb.site.html import Child, Html, el, icon, join
from kb.site.lessons import lesson_rows
from kb.site.lists import by_tag, deployment_rows, tag_cloud
from kb.site.measures import last_months, per_month
from kb.site.pieces import cracking
from kb.site.pills import pill, severity
from kb.site.questions import cracked_rows
from kb.site.words import clock, count, day, span


def home_page(frame: Frame) -> str:
    """What burns, what was asked, what was learned, what was deployed."""
    edition = frame.edition
    parts: list[Child] = [
        title("Ask questions until you find answers", hero=True),
        box(frame, limit=4),
        *(_open(frame, incident) for incident in edition.open),
        _panels(frame) if edition.articles else nothing(),
        _figures(frame) if edition.articles else None,
        _tags(frame),
        el("p", el("a", "Feed of what is new", href=f"{frame.up}feed.xml"), class_="kb-source"),
    ]
    return compose(edition.name, parts, wide=True, home=True)


def handle_page(frame: Frame) -> str:
    """One box, and what to start with when there are no words yet."""
    parts = [title("Handle an incident", hero=True), box(frame, limit=8, focus=True), start(frame, 8)]
    return compose("Handle an incident", parts, wide=True)


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
        first = suggestions[0]
        right = el(
            "div",
            el("p", icon("star"), "Ask this first", class_="kb-h"),
            el("p", f"“{first.text}”", class_="kb-open__q"),
            el("p", _credit(frame, first.verdict, first.asked_in), class_="kb-open__w") if first.asked_in else None,
            class_="kb-open__r",
        )
    return el("div", left, right, class_="kb-open")


def _since(frame: Frame, incident: Incident) -> Html:
    moment = began(incident)
    if moment is None:
        return pill("open", el("i"), "Open")
    old = (frame.edition.as_of - moment.at).total_seconds() > 86400
    time = "" if old else clock(moment, incident.timezone)
    return pill("open", el("i"), f"Open since {time or day(moment, incident.timezone)}")


def _credit(frame: Frame, verdict: Verdict, asked_in: Sequence[str]) -> Html:
    word = {Verdict.CRACKED: "It cracked ", Verdict.LEAD: "It gave a lead in "}.get(verdict, "Asked in ")
    return join(word, frame.link(asked_in[0]))


def _panels(frame: Frame) -> Html:
    edition = frame.edition
    lists = (
        ("star", "Questions that cracked it", "kb-ql", cracked_rows(frame, 6), "questions"),
        ("lesson", "Lessons", "kb-ll", lesson_rows(frame, 5), "lessons"),
        ("deploy", "Deployments", "kb-dl", deployment_rows(frame, edition.deployments[:4]), "deployments"),
    )
    return el("div", (_panel(frame, *one) for one in lists), class_="kb-grid")


def _panel(frame: Frame, picture: str, name: str, kind: str, rows: Sequence[Html], page: str) -> Html:
    body = el("ul", rows, class_=kind) if rows else el("p", "None yet.", class_="kb-none")
    head = el("h2", icon(picture), name, class_="kb-ph2")
    more = el("a", f"All {page}", href=frame.page(page), class_="kb-more") if rows else None
    return el("section", head, body, more, class_="kb-panel")


def _figures(frame: Frame) -> Html:
    edition = frame.edition
    months = last_months(edition.as_of.date(), 12)
    counted = per_month(edition.incidents)
    series = [counted[month] for month in months]
    middle = spread(map(recovery_time, edition.incidents))
    rests_on = f" (n = {middle.n})" if middle else ""
    cracked = sum(cracking(incident) is not None for incident in edition.incidents)
    return el(
        "dl",
        _figure("Incidents in the last 12 months", str(sum(series)), _spark(series)),
        _figure(f"Median time until it no longer hurt{rests_on}", span(middle.median) if middle else "–"),
        _figure("With the cracking question written down", f"{cracked} of {len(edition.incidents)}"),
        _figure("Public incidents to learn from", f"{len(edition.library):,}"),
        class_="kb-stats",
    )


def _figure(label: str, value: str, picture: Html | None = None) -> Html:
    return el("div", el("dt", label), el("dd", value, picture))


def _spark(series: Sequence[int]) -> Html | None:
    """A line as long as a word; nothing where there is no movement to see."""
    if len(set(series)) < 2:
        return None
    most, step = max(series), 100 / (len(series) - 1)
    points = [(at * step, 22 - 20 * value / most) for at, value in enumerate(series)]
    line = el("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points))
    dot = el("circle", cx=f"{points[-1][0]:.1f}", cy=f"{points[-1][1]:.1f}", r="2.5")
    return el("svg", line, dot, viewBox="0 0 100 24", class_="kb-spark", aria_hidden="true")


def _tags(frame: Frame) -> Html | None:
    """The tags most used; with many, those used once are left to the page of tags."""
    found = by_tag(frame)
    often = dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:24])
    if not often:
        return None
    head = el("h2", icon("tag"), "Browse by tag", class_="kb-ph2")
    more = el("a", f"All {count(len(found), 'tag')}", href=frame.page("tags"), class_="kb-more")
    return el("section", head, tag_cloud(frame, often), more if len(found) > len(often) else None, class_="kb-panel")
