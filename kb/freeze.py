"""Freeze windows in words: when nothing is to be deployed.

`2026-12-18 to 2027-01-04`; `mon-fri 08:00-18:00`; `third saturday 22:00-06:00`; `last day of month`; or any rule of
RFC 5545 that picks days, as `FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1`. Phrases become such rules too, and dateutil
says on which days a rule falls. Hours are those of the clock on the wall of a time zone, also when it is set forward or
back: a window that ends in an hour that comes twice ends with the second one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import starmap, takewhile

from dateutil.rrule import rrulestr

from kb.model.moment import zone

HOW = (
    "say it like '2026-12-18 to 2027-01-04', 'mon-fri 08:00-18:00', 'third saturday 22:00-06:00', "
    "'last day of month', or a rule of RFC 5545 that picks days: 'FREQ=MONTHLY;BYMONTHDAY=-1'"
)
"""How to write a freeze, for whoever got it wrong."""

Window = tuple[datetime, datetime]
"""From the first instant to the one after the last, in UTC."""

_DAY = timedelta(days=1)
_LONGEST = 200
_NEAR = 1900, 3000
"""The years a freeze may be in: counting on to a mistyped one would take long."""
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_GROUPS = {"weekday": _CODES[:5], "working day": _CODES[:5], "weekend": _CODES[5:], "day": _CODES, "daily": _CODES}
_ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "last": -1,
}  # fmt: skip
_AND = r"(?:, ?| and | ?& ?)"
_ONE = f"(?:{'|'.join(_ORDINALS)})"
_COUNTED = re.compile(rf"({_ONE}(?:{_AND}{_ONE})*) (.+)")
_DATE, _TIME = r"\d{4}-\d\d-\d\d", r"\d{1,2}:\d\d"
_RANGE = re.compile(rf"({_DATE})(?: ({_TIME}))?(?: (?:to|until) ({_DATE})(?: ({_TIME}))?)?")
_HOURS = re.compile(rf"(?:^|(?<=\s))({_TIME})\s*(?:-|–|to)\s*({_TIME})$")
_FROM = re.compile(rf" from ({_DATE})$")
_OF = re.compile(r" (?:of|in) (?:the |every |each )?month$")
_PARTS = frozenset({
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS",
})  # fmt: skip
_CYCLE = datetime(9600, 1, 1)
"""The calendar repeats itself every 400 years, and dateutil ends its search with the year 9999: a rule that has no day
from here on has none at all, and that is soon known."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """A time in which nothing is to be deployed, once or again and again.

    Args:
        words: when, as somebody wrote it.
        timezone: whose clock its hours are of.
        rule: which days, by RFC 5545; empty when it is one stretch of time.
        first: the first day of the stretch, or the one the rule counts from; None when it always held.
        last: the last day, if it ends.
        opens, closes: the hours, or those of the first and the last day; at 00:00 a day ends with it.
    """

    name: str
    words: str
    timezone: str
    rule: str = ""
    first: date | None = None
    last: date | None = None
    opens: time = time()
    closes: time = time()

    def over(self, start: datetime, end: datetime) -> list[Window]:
        """The windows that touch a span of time, in their order; each as a whole, in UTC.

        Args:
            start, end: aware datetimes; the same one twice for an instant.
        """
        here = zone(self.timezone)
        try:
            first, last = start.astimezone(UTC), end.astimezone(UTC)
            days = self._days(first.astimezone(here).date() - _DAY, last.astimezone(here).date())
            return [window for window in starmap(self._window, days) if _touches(window, first, last)]
        except OverflowError:  # before the first year, or after the last one
            return []

    def coming(self, now: datetime, days: int = 800) -> Window | None:
        """The window it is, or the next one; None when none begins within so many days."""
        return next(iter(self.over(now, now + timedelta(days=days))), None)

    def _days(self, begin: date, stop: date) -> Iterator[tuple[date, date]]:
        """First and last day of what begins from one day to another."""
        if not self.rule:
            assert self.first is not None
            yield self.first, self.last or self.first
            return
        if not _NEAR[0] <= begin.year < _NEAR[1]:
            return
        counted = rrulestr(self.rule, dtstart=_midnight(self.first or _turn_of_the_year(begin)))
        latest = _midnight(min(stop, self.last) if self.last else stop)
        for at in takewhile(lambda at: at <= latest, counted):
            if at.date() >= begin:
                yield at.date(), at.date()

    def _window(self, first: date, last: date) -> Window:
        overnight = first == last and self.closes <= self.opens
        after = last + _DAY if self.closes == time() or overnight else last
        return _instant(first, self.opens, self.timezone), _instant(after, self.closes, self.timezone, fold=1)


def read(name: str, words: str, timezone: str) -> Freeze:
    """The freeze that words mean.

    Args:
        timezone: the IANA name of the zone its hours are of.

    Raises:
        ValueError: they mean none; the message says why, and `HOW` how to say it.
    """
    text = " ".join(words.split())
    if not text or len(text) > _LONGEST:
        raise ValueError("it does not say when" if not text else f"it is longer than {_LONGEST} letters")
    blank = Freeze(name, text, timezone)
    if found := _RANGE.fullmatch(text):
        return _stretch(blank, found)
    text, given = _counted_from(text)
    text, opens, closes = _hours(text)
    if found := _RANGE.fullmatch(text):
        first, last = _date(found[1]), _date(found[3] or found[1])
        if found[2] or found[4] or last < first:
            raise ValueError(f"'{words}' does not say from when to when")
        return Freeze(name, blank.words, timezone, "FREQ=DAILY", first, last, opens, closes)
    text, counted = _counted_from(text)
    counted = counted or given
    rule = _checked(text, counted) if "=" in text else _phrase(text.lower())
    return Freeze(name, blank.words, timezone, rule, counted, None, opens, closes)


def _stretch(blank: Freeze, found: re.Match[str]) -> Freeze:
    first, last = _date(found[1]), _date(found[3] or found[1])
    opens, closes = _clock(found[2] or "00:00"), _clock(found[4] or "00:00")
    if found[2] and not found[3]:
        raise ValueError(f"'{blank.words}' does not say until when")
    if found[4] == "00:00":
        last -= _DAY  # the very beginning of a day is the end of the one before
    if (last, time.max if closes == time() else closes) <= (first, opens):
        raise ValueError(f"'{blank.words}' ends before it begins")
    return Freeze(blank.name, blank.words, blank.timezone, "", first, last, opens, closes)


def _hours(text: str) -> tuple[str, time, time]:
    """What stands before the hours, and the hours; the whole day when none are given."""
    found = _HOURS.search(text)
    if not found:
        return text, time(), time()
    return text[: found.start()].strip() or "every day", _clock(found[1]), _clock(found[2])


def _clock(text: str) -> time:
    hour, minute = map(int, text.split(":"))
    if (hour, minute) == (24, 0):
        return time()
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError(f"'{text}' is not a time of the day") from None


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a day") from None
    if not _NEAR[0] <= found.year < _NEAR[1]:
        raise ValueError(f"'{text}' is too far away")
    return found


def _counted_from(text: str) -> tuple[str, date | None]:
    found = _FROM.search(text)
    return (text[: found.start()], _date(found[1])) if found else (text, None)


def _checked(text: str, first: date | None) -> str:
    """A rule of RFC 5545 that dateutil understands, and that has a day."""
    parts = _parts(text, first)
    rule = _without(parts)
    try:
        rrulestr(rule, dtstart=_CYCLE)
        endless = rrulestr(_without(parts, "UNTIL", "COUNT"), dtstart=_in_cycle(first))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError) as error:
        raise ValueError(f"'{text}' is not a rule of RFC 5545 ({error})") from None
    if next(iter(endless), None) is None:
        raise ValueError(f"'{text}' never happens")
    return rule


def _parts(text: str, first: date | None) -> dict[str, str]:
    """The parts of a rule by their names; what would have no end, or mean a time of the day, is refused."""
    plain = text.upper().removeprefix("RRULE:").replace(" ", "").strip(";")
    parts = {name: value for name, _, value in (pair.partition("=") for pair in plain.split(";"))}
    if unknown := [name for name in parts if name not in _PARTS]:
        raise ValueError(f"'{unknown[0]}' picks no days; say the hours after the rule, as in 'FREQ=DAILY 08:00-18:00'")
    if parts.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise ValueError(f"'{text}' needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    if not re.fullmatch("[1-9][0-9]{0,3}", parts.get("INTERVAL", "1")):
        raise ValueError(f"INTERVAL={parts['INTERVAL']} is not a whole number from 1 to 9999")
    if any(number.strip("+-0") == "" for value in parts.values() for number in value.split(",")):
        raise ValueError(f"'{text}' has a part that names nothing")
    if first is None and (parts.get("INTERVAL", "1") != "1" or "COUNT" in parts):
        raise ValueError(f"'{text}' counts from a day: say which at its end, as in 'from 2026-01-02'")
    if first is None and parts["FREQ"] == "WEEKLY" and "BYDAY" not in parts:
        raise ValueError(f"'{text}' does not say on which day of the week: add BYDAY=SA")
    if "UNTIL" in parts:  # whatever hour is given, it is the day that ends on the clock of this zone
        parts["UNTIL"] = parts["UNTIL"][:8]
    return parts


def _without(parts: dict[str, str], *names: str) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items() if name not in names)


def _in_cycle(first: date | None) -> datetime:
    """A day of the last 400 years that are the same day of the week, the month and the year as the one given."""
    return _midnight(first.replace(year=9600 + first.year % 400)) if first else _CYCLE


def _phrase(text: str) -> str:
    """The rule of a phrase: `mon-fri`, `third saturday`, `last day of month`, `every day`."""
    plain = _OF.sub("", text.removeprefix("every ").removeprefix("each ")).strip()
    if found := _COUNTED.fullmatch(plain):
        return _monthly([_ORDINALS[word] for word in re.split(_AND, found[1])], found[2])
    days = {day for part in re.split(_AND, plain.replace(" to ", "-")) for day in _several(part)}
    return f"FREQ=WEEKLY;BYDAY={','.join(sorted(days, key=_CODES.index))}"


def _monthly(counted: list[int], text: str) -> str:
    days, numbers = _named(text), ",".join(map(str, counted))
    if days == _CODES:
        return f"FREQ=MONTHLY;BYMONTHDAY={numbers}"
    if days == _GROUPS["weekend"]:
        raise ValueError(f"'{text}' are two days: say which, as in 'third saturday'")
    return f"FREQ=MONTHLY;BYDAY={','.join(days)};BYSETPOS={numbers}"


def _several(text: str) -> tuple[str, ...]:
    """The days of `mon-fri`, `saturday` or `weekends`."""
    first, dash, last = text.replace("–", "-").partition("-")
    if not dash:
        return _named(text)
    begin, end = _named(first), _named(last)
    if len(begin) != 1 or len(end) != 1:
        raise ValueError(f"'{text}' names no days")
    at, to = _CODES.index(begin[0]), _CODES.index(end[0])
    return tuple(_CODES[day % 7] for day in range(at, (to if to >= at else to + 7) + 1))


def _named(text: str) -> tuple[str, ...]:
    """The days a word stands for, in the singular or the plural, whole or its beginning."""
    word = text.strip()
    for singular in (word, word.removesuffix("s")):
        if singular in _GROUPS:
            return _GROUPS[singular]
        found = [code for name, code in zip(_NAMES, _CODES, strict=True) if name.startswith(singular)]
        if len(singular) >= 2 and found:
            return (found[0],)
    raise ValueError(f"'{text}' names no day")


def _turn_of_the_year(day: date) -> date:
    """The first of January of the year before: no week or month around a day is cut off, and the past is left alone."""
    return date(max(day.year - 1, 1), 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _instant(day: date, clock: time, timezone: str, fold: int = 0) -> datetime:
    return datetime.combine(day, clock.replace(fold=fold), tzinfo=zone(timezone)).astimezone(UTC)


def _touches(window: Window, start: datetime, end: datetime) -> bool:
    return window[0] <= start < window[1] or start <= window[0] < end
