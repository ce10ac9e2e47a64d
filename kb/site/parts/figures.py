"""Figures in a row, each with what it rests on and, where there is movement, a line as long as a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.model.metrics import Share, Spread
from kb.model.spoken import percent, too_few
from kb.site.parts.html import Html, el, icon
from kb.site.parts.words import count, span


def figures(*shown: Html) -> Html:
    """The row; each of its parts is made by `figure`."""
    return el("dl", shown, class_="kb-stats")


def figure(label: str, value: str, rests_on: str, picture: Html | None = None) -> Html:
    """One figure.

    Args:
        rests_on: how much it rests on: `median of 7 in the last 12 months`.
    """
    return el("div", el("dt", label), el("dd", value, picture), el("dd", rests_on, class_="kb-stats__n"))


def duration(label: str, middle: Spread | None) -> Html:
    """A median duration with how many it is the median of."""
    if middle is None:
        return figure(label, "–", "no times written down yet")
    return figure(label, span(middle.median), resting(middle))


def resting(middle: Spread) -> str:
    """`median of 7`."""
    return f"median of {middle.n}" if middle.n > 1 else "one value only"


def failure_rate(failed: Share, whence: str = "", picture: Html | None = None) -> Html:
    """How many deployments hurt, in per cent and in numbers.

    Args:
        whence: which deployments are counted, where it is not all of them.
    """
    known = ", ".join(filter(None, [f"{failed.part} of {count(failed.whole, 'deployment')}", whence]))
    return figure("Change failure rate", percent(failed), known if failed.whole else "no deployment yet", picture)


def few(names: Iterable[tuple[str, int]]) -> Html | None:
    """A warning that names the figures which rest on too little."""
    words = too_few(names)
    return el("p", icon("warning"), el("span", words), class_="kb-few") if words else None


def spark(series: Sequence[float | None]) -> Html | None:
    """The months as a line, those without a value left out; nothing where there is no movement to see."""
    known = [(at, value) for at, value in enumerate(series) if value is not None]
    if len({value for _, value in known}) < 2:
        return None
    most, step = max(value for _, value in known), 100 / (len(series) - 1)
    points = [(at * step, 22 - 20 * value / most) for at, value in known]
    line = el("polyline", points=_joined(points))
    dot = el("circle", cx=f"{points[-1][0]:.1f}", cy=f"{points[-1][1]:.1f}", r="2.5")
    return el("svg", line, dot, viewBox="0 0 100 24", class_="kb-spark", aria_hidden="true")


def _joined(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
