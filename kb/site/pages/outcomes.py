"""The second half of the page of measures: what deployments did, what came back, what is left undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from kb.journeys.edition import Edition
from kb.journeys.measures import Measures
from kb.model import Entry
from kb.model.definitions import DELAY, FAILURES, FREQUENCY, RECOVERY, RECURRENCE
from kb.model.metrics import hurt, reached_production
from kb.model.recurrence import Forerunner, Recurrence
from kb.model.spoken import decimal, middle_half, percent
from kb.site.parts.charts import Series, bins, columns, data_table, figure
from kb.site.parts.figures import few
from kb.site.parts.frame import Frame
from kb.site.parts.html import Child, Html, el, join
from kb.site.parts.pieces import Month, date_of, month_of
from kb.site.parts.words import count, short, span

MONTHS = 12
"""So many months a chart goes back."""
_NAMED = 12
"""So many that came back are named."""


def deployments(edition: Edition, found: Measures) -> Html | None:
    """How often they reach production and how often they hurt, and both by month."""
    counted = reached_production(edition.deployments, edition.incidents)
    if not counted:
        return None
    months = last_months(edition.as_of.date(), MONTHS)
    bad = hurt(counted, edition.incidents)
    all_of, bad_of = _per_month(counted), _per_month(bad)
    fine = Series("Went well", "deployment", [all_of[month] - bad_of[month] for month in months])
    failed = Series("Failed, rolled back, or had a part in an incident", "failed", [bad_of[month] for month in months])
    labels = [month_name(month) for month in months]
    rows = [(label, str(all_of[month]), str(bad_of[month])) for label, month in zip(labels, months, strict=True)]
    said = ", ".join(f"{label}: {number}, {failed} of them hurt" for label, number, failed in rows)
    table = data_table(("Month", "Deployments", "Of these hurt"), rows)
    chart = columns([label.partition(" ")[0] for label in labels], [failed, fine], said)
    caption = "By month, the last twelve months."
    return join(_rates(found), figure(caption, chart, about=[failed, fine], data=table))


def _rates(found: Measures) -> Html:
    share, often, recovery = found.failures, found.frequency, found.recovery
    reached = f"{share.whole:,}"
    rows = [("Reached production", reached, f"of {found.deployments:,} written down", reached)]
    weak = [(FAILURES, share.whole)]
    if often:
        whole = count(often.weeks, "week")
        rows.append(("Deployments in a week", decimal(often.a_week.median), middle_half(often.a_week, decimal), whole))
        days = often.days_a_week
        rows.append(("Days with a deployment in a week", decimal(days.median), middle_half(days, decimal), whole))
        weak.append((FREQUENCY, often.weeks))
    rows.append((FAILURES, percent(share), f"{share.part} of {share.whole}", str(share.whole)))
    if recovery:
        rows.append((RECOVERY, span(recovery.median), middle_half(recovery), str(recovery.n)))
        weak.append((RECOVERY, recovery.n))
    return join(data_table(("Measure", "Figure", "Rests on", "n"), rows), few(weak))


def delay(found: Measures) -> Html | None:
    """How long it was quiet between a deployment and an incident that it had a part in, or was cleared of."""
    middle, labels = found.delay, [one.label for one in found.delay_bins]
    part = Series("Had a part in it", "failed", [one.n for one in found.delay_bins])
    cleared = Series("Suspected, and ruled out", "dead", [one.n for one in found.cleared_bins])
    if not any((*part.values, *cleared.values)):
        return None
    told = (
        f"median {span(middle.median)}, middle half {middle_half(middle)}, n = {middle.n}" if middle else "none, n = 0"
    )
    caption = (
        f"How long it was quiet after a deployment before an incident that it had a part in: {told}. "
        "What was ruled out is shown and not counted."
    )
    rows = list(zip(labels, part.values, cleared.values, strict=True))
    said = ", ".join(f"{label}: {one} and {other} ruled out" for label, one, other in rows)
    table = data_table(("Quiet for", part.name, cleared.name), ((row[0], str(row[1]), str(row[2])) for row in rows))
    chart = columns(labels, [part, cleared], said)
    return join(figure(caption, chart, about=[part, cleared], data=table), few([(DELAY, middle.n)] if middle else []))


def what_came_back(frame: Frame, found: Measures) -> Html | None:
    """The incidents of a cause that was there before, and what was still to be done against it."""
    if not found.came_back:
        return None
    broken = len(found.recurrences)
    text = (
        f"{count(len(found.came_back), 'incident')} of {found.incidents} had the cause of an earlier one. "
        f"{broken or 'None'} came while an action against it was still open, n\u00a0=\u00a0{found.incidents}."
    )
    left = len(found.came_back) - _NAMED
    more = el("p", f"{left} more: on their own pages.", class_="kb-rest") if left > 0 else None
    rows = (_back(frame, one) for one in found.came_back[:_NAMED])
    weak = few([(RECURRENCE, found.incidents)])
    return join(el("p", text), el("ul", rows, class_="kb-said kb-said--back"), more, weak)


def _back(frame: Frame, one: Recurrence) -> Html:
    named = el("a", short(one.incident.title, 160), href=frame.entry(one.incident.id), class_="kb-said__t")
    return el("li", named, el("small", date_of(one.incident)), (_prior(frame, prior) for prior in one.earlier))


def _prior(frame: Frame, one: Forerunner) -> Html:
    open_then: Child = "; ".join(short(action.text, 90) for action in one.undone)
    note = join(" Still open when it came back: ", open_then) if one.undone else " Nothing was left open."
    return el("small", "As ", frame.link(one.incident.id, short(one.incident.title, 80)), ".", note)


def overdue(frame: Frame, found: Measures) -> Html | None:
    """Actions past their due date, by how long they are."""
    if not found.unfinished:
        return None
    late = len(found.overdue)
    link = el("a", "Every action", href=frame.page("actions"))
    caption = f"{late or 'None'} of {count(found.unfinished, 'action')} still to be done "
    caption += f"{'is' if late == 1 else 'are'} overdue."
    if not late:
        return el("p", caption, " ", link, ".")
    return bins(found.overdue_bins, "failed", ("Overdue for", "Actions"), join(caption, " ", link, "."))


def month_name(month: Month) -> str:
    """`Nov 2026`."""
    return f"{date(*month, 1):%b %Y}"


def last_months(today: date, how_many: int) -> list[Month]:
    """Years and months up to this one, oldest first."""
    last = today.year * 12 + today.month - 1
    return [(month // 12, month % 12 + 1) for month in range(last - how_many + 1, last + 1)]


def _per_month(entries: Iterable[Entry]) -> Counter[Month]:
    return Counter(filter(None, map(month_of, entries)))
