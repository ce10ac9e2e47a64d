"""Times as people say them: `09:05`, `10 minutes ago`, `yesterday 9am`, `2026-11-22 09:05`, ISO 8601 with a zone."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from kb.errors import UsageError
from kb.markdown.times import read_moment
from kb.model import Moment, zone

_GRACE = timedelta(minutes=5)
_HINT = "say it like 09:05, '10 minutes ago', 'yesterday 9am', '2026-11-22 09:05' or 2026-11-22T09:05Z"


def moment(text: str, timezone: str, now: datetime, ahead: bool = False) -> Moment:
    """The moment somebody means.

    Args:
        timezone: the zone of a time that names none.
        now: an aware datetime that `ago` counts from.
        ahead: whether a clock time without a date is the next one rather than the last one.

    Raises:
        UsageError: the text is not a time.
    """
    here = now.astimezone(zone(timezone))
    try:
        at = read_moment(text, timezone, here.date())
    except ValueError:
        return _as_spoken(text, timezone, here, ahead)
    dated = re.match(r"\s*\d{4}-", text) is not None
    return at if dated or at.precision == "day" else _nearest_day(at, text, timezone, here, ahead)


def _nearest_day(at: Moment, text: str, timezone: str, here: datetime, ahead: bool) -> Moment:
    """A clock time at ten past midnight that says 23:50 means yesterday."""
    days = 1 if ahead and at.at < here - _GRACE else -1 if not ahead and at.at > here + _GRACE else 0
    return read_moment(text, timezone, here.date() + timedelta(days=days)) if days else at


def _as_spoken(text: str, timezone: str, here: datetime, ahead: bool) -> Moment:
    import dateparser

    settings = {
        "TIMEZONE": timezone,
        "RETURN_AS_TIMEZONE_AWARE": True,
        "RELATIVE_BASE": here.replace(tzinfo=None),
        "PREFER_DATES_FROM": "future" if ahead else "past",
    }
    try:
        found = dateparser.parse(text, languages=["en"], settings=settings) if text.strip() else None
    except (OverflowError, ValueError):
        found = None
    if found is None:
        raise UsageError(f"'{text}' is not a time", _HINT)
    return Moment(found)


def day(text: str, timezone: str, now: datetime) -> date:
    """The day somebody means: `2026-12-01`, `next friday`, `in 2 weeks`.

    Raises:
        UsageError: the text is not a day.
    """
    return moment(text, timezone, now, ahead=True).at.date()


_AGO = re.compile(r"(\d{1,6})\s*([hdwy])", re.IGNORECASE)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "y": timedelta(days=365)}


def since(text: str, timezone: str, now: datetime) -> datetime:
    """The begin of a period that lasts until now: `90d`, `12w`, `2026-01-01`, `3 months ago`.

    Returns:
        An aware datetime in that time zone; of a day, its first instant.

    Raises:
        UsageError: the text is no time, or one that has not come yet.
    """
    found, here = _AGO.fullmatch(text.strip()), now.astimezone(zone(timezone))
    try:
        begin = here - int(found[1]) * _UNITS[found[2].lower()] if found else moment(text, timezone, now).at
    except OverflowError:
        raise UsageError(f"'{text}' is longer ago than there are dates", "say it like 90d or 2026-01-01") from None
    if begin > now:
        raise UsageError(f"'{text}' has not come yet", "name when the period began: 90d, 2026-01-01, '3 months ago'")
    return begin
