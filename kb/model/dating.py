"""To which moment and which day an entry belongs."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from kb.model.entry import Deployment, Entry, Incident
from kb.model.moment import Moment, zone


def began(entry: Entry) -> Moment | None:
    """When an entry's matter began, as far as it is known."""
    if isinstance(entry, Incident):
        return entry.started or entry.detected or entry.resolved
    if isinstance(entry, Deployment):
        return entry.started or entry.window_start or entry.meeting
    return None


def newest(entry: Entry) -> tuple[float, str]:
    """A sort key: when it began, in seconds since 1970, then the id. Entries without a time take it from their id."""
    moment = began(entry)
    return (moment.at.timestamp() if moment else _from_id(entry.id), entry.id)


def _from_id(name: str) -> float:
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)(?:-|$)", name)
    if not found:
        return 0.0
    try:
        return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def local_date(moment: Moment, timezone: str) -> date:
    """The day it was in that time zone."""
    return (moment.at.astimezone(zone(timezone)) if moment.precision != "day" else moment.at).date()


def day_of(entry: Entry) -> date | None:
    """The day an entry's matter began, where it happened, or else the day in its id."""
    moment, seconds = began(entry), newest(entry)[0]
    if moment:
        return local_date(moment, entry.timezone)
    return datetime.fromtimestamp(seconds, UTC).date() if seconds else None
