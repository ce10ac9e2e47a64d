"""The page of measures: figures with how much they rest on, as charts that are tables as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kb.journeys.edition import Edition
from kb.journeys.measures import Measures, measures
from kb.model import Incident, Severity
from kb.model.definitions import CRACK
from kb.model.spoken import middle_half
from kb.site.pages.outcomes import MONTHS, delay, deployments, last_months, month_name, overdue, what_came_back
from kb.site.parts.charts import Range, Series, bars, bins, columns, data_table, figure, ranges
from kb.site.parts.definitions import definitions
from kb.site.parts.figures import few
from kb.site.parts.frame import Frame, compose, section, title
from kb.site.parts.html import Child, Html, el, join
from kb.site.parts.pieces import cracking, month_of
from kb.site.parts.pills import VERDICTS
from kb.site.parts.words import count, span

_YEARS = 12


def measures_page(frame: Frame) -> str:
    """Only the team's own incidents and deployments are counted."""
    edition = frame.edition
    intro = (
        "Our own incidents and deployments; the library is not counted. Times are medians, with the middle half of the "
        "values and the number they rest on. A mean would follow the one long night."
    )
    parts: list[Child] = [title("Metrics"), el("p", intro, class_="kb-intro")]
    found = measures(edition.own, edition.as_of)
    parts += section("How long it takes", _durations(found))
    parts += section("Until the right question", _cracking(found, edition.incidents))
    parts += section("Questions by verdict", _verdicts(edition.incidents))
    parts += section("Incidents", _incidents(edition))
    parts += section("What came back", what_came_back(frame, found))
    parts += section("Deployments", deployments(edition, found))
    parts += section("From a deployment to the incident", delay(found))
    parts += section("Overdue actions", overdue(frame, found))
    if len(parts) == 2:
        line = join("There is nothing to measure yet. ", el("code", "kb new incident"), " makes the first entry.")
        parts.append(el("p", line, class_="kb-none"))
    parts += section("What the figures mean", definitions())
    return compose("Metrics", parts)


def _durations(found: Measures) -> Html | None:
    known = [(name, one) for name, one in found.durations if one]
    if not known:
        return None
    said = "; ".join(f"{name}: median {span(one.median)}, n = {one.n}" for name, one in known)
    chart = ranges([Range(name, one.low, one.median, one.high, span(one.median)) for name, one in known], said)
    caption = "Median as a line, the middle half of the values as a bar; a step on the scale is ten times as long."
    rows = ((name, span(one.median), middle_half(one), str(one.n)) for name, one in known)
    table = data_table(("Measure", "Median", "Middle half", "n"), rows)
    return join(figure(caption, chart), table, few((name, one.n) for name, one in known))


def _cracking(found: Measures, incidents: Sequence[Incident]) -> Html | None:
    """How long it took until somebody asked what cracked it."""
    middle = found.crack
    if middle is None:
        return None
    known = sum(cracking(incident) is not None for incident in incidents)
    caption = (
        f"Median {span(middle.median)}, middle half {middle_half(middle)}, n = {middle.n}. The question that cracked "
        f"it is written down for {known} of {count(len(incidents), 'incident')}."
    )
    return join(bins(found.crack_bins, "cracked", ("Asked after", "Incidents"), caption), few([(CRACK, middle.n)]))


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
    months = last_months(edition.as_of.date(), MONTHS)
    dated = [(month, one) for one in edition.incidents if (month := month_of(one))]
    inside = [(month_name(month), one) for month, one in dated if month in months]
    left = len(edition.incidents) - len(inside)
    caption = "By month and severity, the last twelve months."
    earlier = f" {left:,} began before, or nobody knows when." if left else ""
    years = sorted({str(month[0]) for month, _ in dated})[-_YEARS:]
    by_year = [(str(month[0]), one) for month, one in dated]
    return join(
        _by_severity("Month", [month_name(month) for month in months], inside, caption + earlier) if inside else None,
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
