"""Charts as inline SVG, made when the site is built: they need no script, print, and follow the reader's colours.

A chart is a picture for the eye; what it says stands in a table beside it. Widths are percentages, so that a chart fits
a phone without its letters shrinking.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from kb.model.metrics import Bin
from kb.site.parts.html import Child, Html, el, join

_HEIGHT, _FOOT, _HEAD = 130, 18, 16
_ROW = 38
_TICKS = ((60.0, "1 min"), (600.0, "10 min"), (3600.0, "1 h"), (36000.0, "10 h"), (360000.0, "4 days"))


@dataclass(frozen=True, slots=True)
class Series:
    """What one colour stands for, and how much of it there is in each column; `kind` names the colour in kb.css."""

    name: str
    kind: str
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Range:
    """Durations in seconds: the middle one, and where the middle half of them lies."""

    name: str
    low: float
    median: float
    high: float
    said: str


def figure(caption: Child, chart: Html, *, about: Sequence[Series] = (), data: Html | None = None) -> Html:
    """A chart with its caption, what its colours mean, and its figures as a table to be opened."""
    legend = [el("li", one.name, class_=f"kb-key kb-key--{one.kind}") for one in about]
    shown = el("details", el("summary", "The figures"), data, class_="kb-data") if data else None
    return el(
        "figure",
        el("figcaption", caption),
        chart,
        el("ul", legend, class_="kb-keys") if len(legend) > 1 else None,
        shown,
        class_="kb-fig",
    )


def columns(labels: Sequence[str], series: Sequence[Series], said: str) -> Html:
    """Columns, each made of what the series have there, with its sum above.

    Args:
        said: the chart in words.
    """
    sums = [sum(one.values[at] for one in series) for at in range(len(labels))]
    most = max(sums, default=0) or 1
    step = 100 / max(len(labels), 1)
    drawn = (_column(at * step, step, sums[at], most, label, [(one.kind, one.values[at]) for one in series])
             for at, label in enumerate(labels))  # fmt: skip
    return el("svg", drawn, width="100%", height=_HEIGHT, role="img", class_="kb-chart", aria_label=said)


def _column(left: float, step: float, total: int, most: int, label: str, parts: Iterable[tuple[str, int]]) -> Html:
    floor, room = _HEIGHT - _FOOT, _HEIGHT - _FOOT - _HEAD
    middle, width = f"{left + step / 2:.2f}%", f"{step * 0.64:.2f}%"
    drawn, top = [], float(floor)
    for kind, number in parts:
        height = room * number / most
        top -= height
        if number:
            drawn.append(_bar(f"{left + step * 0.18:.2f}%", f"{top:.1f}", width, f"{max(height - 1, 1):.1f}", kind))
    if not total:
        drawn.append(_bar(f"{left + step * 0.18:.2f}%", str(floor - 1), width, "1", "none"))
    above = el("text", f"{total:,}", x=middle, y=f"{top - 4:.1f}", class_="kb-chart__n") if total else None
    return join(*drawn, above, el("text", label, x=middle, y=_HEIGHT - 4, class_="kb-chart__l"))


def _bar(x: str, y: str, width: str, height: str, kind: str) -> Html:
    return el("rect", x=x, y=y, width=width, height=height, rx=1, class_=f"kb-fill kb-fill--{kind}")


def bins(found: Sequence[Bin], kind: str, heads: tuple[str, str], caption: Child) -> Html:
    """A histogram with its caption and its figures.

    Args:
        heads: what the bins and what their numbers are called.
    """
    labels = [one.label for one in found]
    said = f"{heads[1]}, {heads[0].lower()}: " + ", ".join(f"{one.label}: {one.n}" for one in found)
    table = data_table(heads, ((one.label, f"{one.n:,}") for one in found))
    return figure(caption, columns(labels, [Series(heads[1], kind, [one.n for one in found])], said), data=table)


def bars(series: Sequence[Series], said: str) -> Html:
    """One lying bar for each series, with its name and number above it."""
    most = max((sum(one.values) for one in series), default=0) or 1
    drawn = []
    for at, one in enumerate(series):
        number = sum(one.values)
        drawn.append(_named(at, one.name, f"{number:,}"))
        drawn.append(_bar("0", str(at * _ROW + 20), f"{max(100 * number / most, 0.4):.2f}%", "9", one.kind))
    return el("svg", drawn, width="100%", height=len(series) * _ROW, role="img", class_="kb-chart", aria_label=said)


def ranges(found: Sequence[Range], said: str) -> Html:
    """The middle half of each as a bar with a line at the median, on a scale on which ten times is always as far."""
    most = max((one.high for one in found), default=0)
    ends = [(seconds, label) for seconds, label in _TICKS if seconds <= most * 1.5] or [_TICKS[0]]
    scale = log(max(most, 600.0) / 30)
    foot = len(found) * _ROW

    def place(seconds: float) -> float:
        return max(0.0, 100 * log(max(seconds, 30.0) / 30) / scale)

    drawn = [
        join(
            el("line", x1=f"{place(at):.2f}%", x2=f"{place(at):.2f}%", y1=0, y2=foot, class_="kb-tick"),
            el("text", label, x=f"{place(at):.2f}%", y=foot + 13, class_="kb-chart__l"),
        )
        for at, label in ends
        if place(at) < 96
    ]
    drawn += [_range(row, one, place(one.low), place(one.median), place(one.high)) for row, one in enumerate(found)]
    return el("svg", drawn, width="100%", height=foot + 18, role="img", class_="kb-chart", aria_label=said)


def _range(row: int, one: Range, low: float, median: float, high: float) -> Html:
    top = row * _ROW + 20
    line = el("rect", x=f"{min(median, 99.4):.2f}%", y=top - 3, width=3, height=15, class_="kb-fill kb-fill--median")
    half = _bar(f"{low:.2f}%", str(top), f"{max(high - low, 0.6):.2f}%", "9", "half")
    return join(_named(row, one.name, one.said), half, line)


def _named(row: int, name: str, said: str) -> Html:
    y = row * _ROW + 13
    return join(el("text", name, x=0, y=y, class_="kb-chart__t"), el("text", said, x="100%", y=y, class_="kb-chart__v"))


def data_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    """A chart's figures; the first cell of each row names it."""
    head = el("tr", (el("th", name, scope="col") for name in heads))
    body = (
        el("tr", el("th", row[0], scope="row"), (el("td", text) for text in row[1:]))
        for row in rows
    )  # fmt: skip
    made = el("table", el("thead", head), el("tbody", body), class_="kb-t kb-t--data")
    return el("div", made, class_="kb-table")
