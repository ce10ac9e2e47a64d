"""Points in time as people write them in an entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Precision = Literal["day", "minute", "second"]


def zone(name: str) -> ZoneInfo:
    """The IANA time zone of that name (`Europe/Berlin`); an empty name is UTC.

    Raises:
        ValueError: no such zone.
    """
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"'{name}' is not a time zone") from error


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, known to the day, the minute or the second.

    Two moments are equal when they are the same instant known equally well, whatever offset they were written with.

    Args:
        at: an aware datetime; of a day, its first instant. Kept with a fixed offset, cut to the precision.
        precision: how well the time is known.
    """

    at: datetime
    precision: Precision = "minute"

    def __post_init__(self) -> None:
        offset = self.at.utcoffset()
        if offset is None:
            raise ValueError("a moment needs a time zone")
        cut = 0 if self.precision != "second" else self.at.second
        fixed = self.at.replace(second=cut, microsecond=0, fold=0, tzinfo=timezone(offset))
        object.__setattr__(self, "at", fixed)

    def __lt__(self, other: Moment) -> bool:
        return self.at < other.at

    def __le__(self, other: Moment) -> bool:
        return self.at <= other.at

    @property
    def utc(self) -> datetime:
        """The instant in UTC."""
        return self.at.astimezone(UTC)

    def seconds_since(self, earlier: Moment) -> float:
        """Seconds from `earlier` to this moment; negative when it came before."""
        return (self.at - earlier.at).total_seconds()

    def local(self, name: str) -> str:
        """As written in an entry whose `timezone` is `name`: `2019-03-12 09:00`.

        The offset is added where the local time occurs twice (the hour clocks are set back).
        """
        there = self.at.astimezone(zone(name))
        if self.precision == "day":
            return f"{there.date()}"
        text = f"{there.date()} {there:%H:%M}" if self.precision == "minute" else f"{there.date()} {there:%H:%M:%S}"
        twice = there.utcoffset() != there.replace(fold=1 - there.fold).utcoffset()
        return f"{text}{_offset(there.utcoffset())}" if twice else text

    def iso(self) -> str:
        """ISO 8601 with the offset; only the date when only the day is known."""
        if self.precision == "day":
            return f"{self.at.date()}"
        return self.at.isoformat(timespec="minutes" if self.precision == "minute" else "seconds")


def _offset(delta: timedelta | None) -> str:
    seconds = int((delta or timedelta()).total_seconds())
    sign = "-" if seconds < 0 else "+"
    hours, rest = divmod(abs(seconds), 3600)
    text = f"{sign}{hours:02d}:{rest // 60:02d}"
    return f"{text}:{rest % 60:02d}" if rest % 60 else text
