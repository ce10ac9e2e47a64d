"""The page of measures: figures with how much they rest on, as charts that are tables as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from kb.journeys.edition import Edition
from kb.model import Entry, Incident, Severity
from kb.model.metrics import (
    MILESTONES,
    Spread,
    change_failures,
    failed_deployment_recovery,
    hurt,
    reached_production,
    spread,
    time_to_crack,
)
from kb.site.parts.charts import Range, Series, bars, columns, data_table, figure, ranges
from kb.site.parts.definitions import definitions
from kb.site.parts.figures import percent
from kb.site.parts.frame import Frame, compose, section, title
from kb.site.parts.html import Child, Html, el, icon, join
from kb.site.parts.pieces import Month, cracking, month_of
from kb.site.parts.pills import VERDICTS
from kb.site.parts.words import count, span

FEW = 10
"""Below so many values a figure is shown with a warning."""
_MONTHS = 12
_YEARS = 12
_STRETCHES = ((900, "≤ 15 min"), (1800, "≤ 30 min"), (3600, "≤ 1 h"), (7200, "≤ 2 h"), (21600, "≤ 6 h"),
              (float("inf"), "longer"))  # fmt: skip


def measures_page(frame: Frame) -> str:
    """Only the team's own incidents and deployments are counted."""
    edition = frame.edition
    intro = (
        "Our own incidents and deployments; the library is not counted. Times are medians, with the middle half of the "
        "values and the number they rest on. A mean would follow the one long night."
    )
    parts: list[Child] = [title("Metrics"), el("p", intro, class_="kb-intro")]
    parts += section("How long it takes", _durations(edition.incidents))
    parts += section("Until the right question", _cracking(edition.incidents))
    parts += section("Questions by verdict", _verdicts(edition.incidents))
    parts += section("Incidents", _incidents(edition))
    parts += section("Deployments", _deployments(edition))
    if len(parts) == 2:
        line = join("There is nothing to measure yet. ", el("code", "kb new incident"), " makes the first entry.")
        parts.append(el("p", line, class_="kb-none"))
    parts += section("What the figures mean", definitions())
    return compose("Metrics", parts)


def _few(names: Iterable[tuple[str, int]]) -> Html | None:
    """A warning that names the figures which rest on too little."""
    few = [f"{name} (n = {number})" for name, number in names if number < FEW]
    if not few:
        return None
    words = f"Fewer than {FEW} values, so a single incident can change the figure: {', '.join(few)}."
    return el("p", icon("warning"), el("span", words), class_="kb-few")


def _durations(incidents: Sequence[Incident]) -> Html | None:
    found = [(name, spread(map(measure, incidents))) for name, measure in MILESTONES]
    known = [(name, one) for name, one in found if one]
    if not known:
        return None
    said = "; ".join(f"{name}: median {span(one.median)}, n = {one.n}" for name, one in known)
    chart = ranges([Range(name, one.low, one.median, one.high, span(one.median)) for name, one in known], said)
    caption = "Median as a line, the middle half of the values as a bar; a step on the scale is ten times as long."
    rows = ((name, span(one.median), _middle(one), str(one.n)) for name, one in known)
    table = data_table(("Measure", "Median", "Middle half", "n"), rows)
    return join(figure(caption, chart), table, _few((name, one.n) for name, one in known))


def _middle(one: Spread) -> str:
    if one.n == 1:
        return "one value only"
    low, high = span(one.low), span(one.high)
    return low if low == high else f"{low} to {high}"


def _cracking(incidents: Sequence[Incident]) -> Html | None:
    """How long it took until somebody asked what cracked it."""
    times = [seconds for seconds in map(time_to_crack, incidents) if seconds is not None]
    middle = spread(times)
    if middle is None:
        return None
    labels = [label for _, label in _STRETCHES]
    reached: Counter[str] = Counter(next(label for end, label in _STRETCHES if at <= end) for at in times)
    series = Series("Incidents", "cracked", [reached[label] for label in labels])
    known = sum(cracking(incident) is not None for incident in incidents)
    caption = (
        f"Median {span(middle.median)}, middle half {_middle(middle)}, n = {middle.n}. The question that cracked it is "
        f"written down for {known} of {count(len(incidents), 'incident')}."
    )
    said = ", ".join(f"{label}: {reached[label]}" for label in labels)
    table = data_table(("Asked after", "Incidents"), ((label, str(reached[label])) for label in labels))
    chart = figure(caption, columns(labels, [series], said), data=table)
    return join(chart, _few([("Time to the right question", middle.n)]))


def _verdicts(incidents: Sequence[Incident]) -> Html | None:
    counted = Counter(question.verdict for incident in incidents for question in incident.questions)
    total = sum(counted.values())
    if not total:
        return None
    series = [Series(name, kind, [counted[value]]) for value, (kind, _, name) in VERDICTS.items()]
    said = ", ".join(f"{one.name}: {one.values[0]}" for one in series)
    rows = ((one.name, f"{one.values[0]:,}", f"{100 * one.values[0] / total:.0f} %") for one in series)
    table = data_table(("Verdict", "Questions", "Share"), rows)
    return figure(f"{count(total, 'question')} asked in our incidents.", bars(series, said), data=table)


def _incidents(edition: Edition) -> Html | None:
    """By month for a year, and by year where there are several."""
    if not edition.incidents:
        return None
    months = last_months(edition.as_of.date(), _MONTHS)
    dated = [(month, one) for one in edition.incidents if (month := month_of(one))]
    inside = [(_name(month), one) for month, one in dated if month in months]
    left = len(edition.incidents) - len(inside)
    caption = "By month and severity, the last twelve months."
    earlier = f" {left:,} began before, or nobody knows when." if left else ""
    years = sorted({str(month[0]) for month, _ in dated})[-_YEARS:]
    by_year = [(str(month[0]), one) for month, one in dated]
    return join(
        _by_severity("Month", [_name(month) for month in months], inside, caption + earlier) if inside else None,
        _by_severity("Year", years, by_year, "By year and severity.") if len(years) > 1 or not inside else None,
    )


def _by_severity(what: str, labels: Sequence[str], incidents: Sequence[tuple[str, Incident]], caption: str) -> Html:
    counted = Counter((label, one.severity) for label, one in incidents)
    present = [
        severity for severity in (*list(Severity)[1:], Severity.NONE) if any(counted[at, severity] for at in labels)
    ]
    series = [Series(_severity(one), one.value or "unknown", [counted[at, one] for at in labels]) for one in present]
    sums = [sum(one.values[at] for one in series) for at in range(len(labels))]
    said = ", ".join(f"{label}: {number}" for label, number in zip(labels, sums, strict=True))
    rows = (
        (label, *(str(one.values[at]) for one in series), str(sums[at]))
        for at, label in enumerate(labels)
    )  # fmt: skip
    table = data_table((what, *(one.name for one in series), "All"), rows)
    return figure(
        caption, columns([label.partition(" ")[0] for label in labels], series, said), about=series, data=table
    )


def _severity(value: Severity) -> str:
    return value.upper() or "Not said"


def _deployments(edition: Edition) -> Html | None:
    counted = reached_production(edition.deployments)
    if not counted:
        return None
    months = last_months(edition.as_of.date(), _MONTHS)
    bad = hurt(counted, edition.incidents)
    all_of, bad_of = per_month(counted), per_month(bad)
    fine = Series("Went well", "deployment", [all_of[month] - bad_of[month] for month in months])
    failed = Series("Failed, rolled back, or had a part in an incident", "failed", [bad_of[month] for month in months])
    labels = [_name(month) for month in months]
    rows = [(label, str(all_of[month]), str(bad_of[month])) for label, month in zip(labels, months, strict=True)]
    said = ", ".join(f"{label}: {number}, {failed} of them hurt" for label, number, failed in rows)
    table = data_table(("Month", "Deployments", "Of these hurt"), rows)
    chart = columns([label.partition(" ")[0] for label in labels], [failed, fine], said)
    caption = "By month, the last twelve months."
    return join(_rates(edition), figure(caption, chart, about=[failed, fine], data=table))


def _rates(edition: Edition) -> Html:
    share = change_failures(edition.deployments, edition.incidents)
    recovery = failed_deployment_recovery(edition.deployments, edition.incidents)
    rate = (
        "Change failure rate",
        percent(share),
        f"{share.part} of {share.whole}",
        str(share.whole),
    )
    rows, few = [rate], [("Change failure rate", share.whole)]
    if recovery:
        rows.append(("Failed deployment recovery time", span(recovery.median), _middle(recovery), str(recovery.n)))
        few.append(("Failed deployment recovery time", recovery.n))
    return join(data_table(("Measure", "Figure", "Rests on", "n"), rows), _few(few))


def _name(month: Month) -> str:
    return f"{date(*month, 1):%b %Y}"


def last_months(today: date, how_many: int) -> list[Month]:
    """Years and months up to this one, oldest first."""
    last = today.year * 12 + today.month - 1
    return [(month // 12, month % 12 + 1) for month in range(last - how_many + 1, last + 1)]


def per_month(entries: Iterable[Entry]) -> Counter[Month]:
    """How many entries began in each month."""
    return Counter(filter(None, map(month_of, entries)))
