"""Times, durations and counts as a reader likes them."""

from __future__ import annotations

from datetime import date


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


def date_words(value: date) -> str:
    """`12 Mar 2019`."""
    return f"{value.day} {value:%b %Y}"
