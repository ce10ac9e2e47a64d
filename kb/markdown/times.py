"""Times and dates as they are written in a file."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from kb.model.moment import Moment, Precision, zone

_LONGEST = 60
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\.\d+)?"
_TIME = re.compile(
    r"(?:(?P<day>\d{4}-\d\d-\d\d))?"
    rf"(?:(?:^|[T ])\s*{_CLOCK}\s*(?P<half>am|pm)?)?\s*(?P<offset>Z|UTC|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
LEADING_TIME = re.compile(
    r"(?:\d{4}-\d\d-\d\d(?:[T ]\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?:\s?(?:Z|UTC|[+-]\d\d:?\d\d))?)?"
    r"|\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]m)?)(?![\w:.])",
    re.ASCII | re.IGNORECASE,
)
"""A time at the beginning of a line typed by hand."""


def read_moment(text: str, timezone_name: str, day: date | None = None) -> Moment:
    """The moment a text names: `2019-03-12 09:00`, ISO 8601, `2019-03-12`, or `09:00` on the given day.

    Args:
        timezone_name: the IANA zone of a time without an offset.
        day: the day of a time without a date.

    Raises:
        ValueError: no such time.
    """
    found = _TIME.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if not found or not (found["day"] or found["hour"]):
        raise ValueError(f"'{text}' is not a time like 2019-03-12 09:00")
    on = date.fromisoformat(found["day"]) if found["day"] else day
    if on is None:
        raise ValueError(f"'{text}' has no date")
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    if half := (found["half"] or "").lower():
        hour = hour % 12 + (12 if half == "pm" else 0)
    precision: Precision = "day" if found["hour"] is None else "second" if found["second"] else "minute"
    try:
        local = datetime.combine(on, time(hour, minute, second), zone(timezone_name))
        if found["offset"]:
            local = local.replace(tzinfo=_offset(found["offset"]))
        local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"'{text}' is not a time: {error}") from None
    return Moment(local, precision)


def read_date(text: str) -> date:
    """The date a text names: `2019-03-22`.

    Raises:
        ValueError: no such date.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"'{text}' is not a date like 2019-03-22") from None


def _offset(text: str) -> timezone:
    if text.upper() in ("Z", "UTC"):
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
