"""Times, durations, counts and figures as a reader likes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from kb.model.metrics import FEW, Share, Spread


def span(seconds: float) -> str:
    """A duration in at most two units: `50 min`, `2 h 20 min`, `3 days`, `45 s`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    hours = round(minutes / 60)
    days = f"{hours // 24} days"
    return days + (f" {hours % 24} h" if hours % 24 and hours < 7 * 24 else "")


def long(days: int) -> str:
    """Whole days in one unit: `1 day`, `12 days`, `5 months`, `3 years`."""
    if days >= 730:
        return count(days // 365, "year")
    return count(days // 30, "month") if days >= 60 else count(days, "day")


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 incident`, `3 incidents`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Sequence[str]) -> str:
    """`web, mail and search`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def date_words(value: date) -> str:
    """`12 Mar 2019`."""
    return f"{value.day} {value:%b %Y}"


def percent(part: Share) -> str:
    """`17 %`; a dash when there is nothing to divide by."""
    return "–" if part.fraction is None else f"{100 * part.fraction:.0f} %"


def decimal(value: float) -> str:
    """`2.5`, but `2`."""
    return f"{value:.1f}".removesuffix(".0")


def middle_half(one: Spread, said: Callable[[float], str] = span) -> str:
    """`25 min to 2 h`: where the middle half of the values lies.

    Args:
        said: how one of them is said.
    """
    if one.n == 1:
        return "one value only"
    low, high = said(one.low), said(one.high)
    return low if low == high else f"{low} to {high}"


def too_few(names: Iterable[tuple[str, int]]) -> str:
    """A warning that names the figures which rest on too little, each with its n; empty where none does.

    One that rests on nothing says so by itself.
    """
    found = [f"{name} (n\u00a0=\u00a0{number})" for name, number in names if 0 < number < FEW]
    listed = ", ".join(found)
    return f"Fewer than {FEW} values, so a single incident can change the figure: {listed}." if found else ""
