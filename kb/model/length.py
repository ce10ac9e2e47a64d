"""How long and how many, in words."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """A length of time as a person says it: `25 min`, `4 h`, `2 days`."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest and hours < 10 else f"{hours} h"
    return f"{round(minutes / 1440)} days"


def long(days: int) -> str:
    """Whole days in one unit: `1 day`, `12 days`, `5 months`, `3 years`."""
    if days >= 730:
        return count(days // 365, "year")
    return count(days // 30, "month") if days >= 60 else count(days, "day")


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 incident`, `3 incidents`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
