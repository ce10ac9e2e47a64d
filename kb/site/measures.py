"""The page of measures: figures with how much they rest on, as charts that are tables as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from kb.journeys.edition import Edition, began
from kb.model import Incident, Severity, Verdict
from kb.model.metrics import MILESTONES, Spread, change_failures, failed_deployment_recovery, spread
from kb.site.frame import Frame, compose, section, title
from kb.site.html import Child, Html, el, hidden, join
from kb.site.words import count, span


def measures_page(frame: Frame) -> str:
    """Only the team's own incidents and deployments are counted."""
    edition = frame.edition
    intro = (
        "Our own incidents and deployments; the library is not counted. Every figure is a median, with the middle half "
        "of the values and the number it rests on. A mean would follow the one long night."
    )
    parts: list[Child] = [title("Metrics"), el("p", intro, class_="kb-intro")]
    parts += section("How long it takes", _durations(edition.incidents))
    parts += section("Incidents by month", _months(edition))
    parts += section("How bad", _severities(edition.incidents))
    parts += section("Deployments", _deployments(edition))
    parts += section("Asking", _asking(edition.incidents))
    if len(parts) == 2:
        parts.append(el("p", "There is nothing to measure yet.", class_="kb-none"))
    return compose("Metrics", parts)


def _durations(incidents: Sequence[Incident]) -> Html | None:
    found = [(name, spread(map(measure, incidents))) for name, measure in MILESTONES]
    known = [(name, one) for name, one in found if one]
    if not known:
        return None
    most = max(one.high for _, one in known) or 1.0
    rows = (
        el(
            "tr",
            el("th", name, scope="row"),
            el("td", span(one.median)),
            el("td", _middle(one)),
            el("td", str(one.n)),
            el("td", _range(one, most), class_="kb-range"),
        )
        for name, one in known
    )
    head = el(
        "tr",
        (
            el("th", name, scope="col")
            for name in ("Measure", "Median", "Middle half", "n", hidden("Middle half, drawn"))
        ),
    )
    return _table(el("thead", head), el("tbody", rows))


def _middle(one: Spread) -> str:
    if one.n == 1:
        return "one value only"
    low, high = span(one.low), span(one.high)
    return low if low == high else f"{low} to {high}"


def _range(one: Spread, most: float) -> Html:
    """The middle half as a bar, the median as a line across it."""
    left, right, middle = (100 * value / most for value in (one.low, one.high, one.median))
    bar = el("rect", x=f"{left:.1f}%", y=3, width=f"{max(right - left, 0.5):.1f}%", height=8, rx=2)
    line = el("rect", x=f"{min(middle, 99.5):.1f}%", y=0, width=2, height=14, class_="kb-median")
    return el("svg", bar, line, width="100%", height=14, aria_hidden="true")


def _table(*parts: Html) -> Html:
    """A table that scrolls sideways where it is too wide, by keyboard too."""
    return el("div", el("table", *parts, class_="kb-t"), class_="kb-table", tabindex=0)


def _months(edition: Edition) -> Html | None:
    """The last twelve months, also those without an incident."""
    months = last_months(edition.as_of.date(), 12)
    counted = per_month(edition.incidents)
    if not any(counted[month] for month in months):
        return None
    most = max(counted[month] for month in months)
    bars = join(*(_bar(at, counted[month], most) for at, month in enumerate(months)))
    total = sum(counted[month] for month in months)
    label = f"{count(total, 'incident')} in twelve months"
    chart = el("svg", bars, viewBox="0 0 240 40", role="img", class_="kb-bars", aria_label=label)
    head = el("tr", (el("th", f"{date(y, m, 1):%b %y}", scope="col") for y, m in months))
    row = el("tr", (el("td", str(counted[month])) for month in months))
    return join(chart, _table(el("thead", head), el("tbody", row)))


def _bar(at: int, number: int, most: int) -> Html:
    height = max(36 * number / most, 0.6)
    return el("rect", x=at * 20 + 3, y=f"{38 - height:.1f}", width=14, height=f"{height:.1f}", rx=2,
              class_="kb-bar" if number else "kb-bar kb-bar--none")  # fmt: skip


def last_months(today: date, how_many: int) -> list[tuple[int, int]]:
    """Years and months up to this one, oldest first."""
    last = today.year * 12 + today.month - 1
    return [(month // 12, month % 12 + 1) for month in range(last - how_many + 1, last + 1)]


def per_month(incidents: Sequence[Incident]) -> Counter[tuple[int, int]]:
    """How many incidents began in each month."""
    moments = (began(incident) for incident in incidents)
    return Counter((moment.at.year, moment.at.month) for moment in moments if moment)


def _severities(incidents: Sequence[Incident]) -> Html | None:
    counted: Counter[Severity] = Counter(one.severity for one in incidents if one.severity)
    if not counted:
        return None
    known = (one for one in Severity if counted[one])
    rows = (el("tr", el("th", one.upper(), scope="row"), el("td", str(counted[one]))) for one in known)
    return _table(el("tbody", rows))


def _deployments(edition: Edition) -> Html | None:
    share = change_failures(edition.deployments, edition.incidents)
    if not share.whole:
        return None
    recovery = failed_deployment_recovery(edition.deployments, edition.incidents)
    rows = [
        el("tr", el("th", "Change failure rate", scope="row"), el("td", f"{100 * (share.fraction or 0):.0f} %"),
           el("td", f"{share.part} of {share.whole} failed, were rolled back, or had a part in an incident")),
    ]  # fmt: skip
    if recovery:
        rows.append(
            el("tr", el("th", "Recovery from a failed deployment", scope="row"), el("td", span(recovery.median)),
               el("td", f"{_middle(recovery)}, n = {recovery.n}"))
        )  # fmt: skip
    return _table(el("tbody", rows))


def _asking(incidents: Sequence[Incident]) -> Html | None:
    """How often the question that cracked it is known, and how many it took."""
    verdicts = [question.verdict for incident in incidents for question in incident.questions]
    if not verdicts:
        return None
    known = sum(any(q.verdict is Verdict.CRACKED for q in incident.questions) for incident in incidents)
    dead = sum(verdict is Verdict.DEAD_END for verdict in verdicts)
    rows = (
        el("tr", el("th", name, scope="row"), el("td", text))
        for name, text in (
            ("Incidents whose cracking question is written down", f"{known} of {len(incidents)}"),
            ("Questions asked", str(len(verdicts))),
            ("Of these led nowhere", str(dead)),
        )
    )
    return _table(el("tbody", rows))
