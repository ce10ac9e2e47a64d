"""What incidents like this one left undone, and whether it is one of them come back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kb.journeys.base import KnowledgeBase
from kb.journeys.record import Record
from kb.model import OPEN_STATUSES, Incident, Match
from kb.model.recurrence import came_before
from kb.model.todo import Task, undone


def left_undone(matches: Iterable[Match], records: Iterable[Record], today: date) -> list[Task]:
    """The unfinished actions of the team's own incidents that resemble one, the most overdue first.

    Args:
        matches: what resembles it; those that fit weakly count where none fits better, those by chance never.
        records: where the incidents are, as they are now.
        today: lateness is counted to it.
    """
    own = [match for match in matches if match.fit != "none" and not match.entry.library]
    alike = {match.entry.id for match in own if match.fit != "weak"} or {match.entry.id for match in own}
    return undone((one.entry for one in records if one.entry.id in alike and not one.library), today)


def same_cause(base: KnowledgeBase, incident: Incident, matches: Iterable[Match]) -> str:
    """The id of the team's own earlier incident that fits so well that its cause may be the same; empty without one.

    Only the best is looked at, and it is not named again when it is written down already.

    Args:
        matches: what resembles the incident, the best first.
    """
    own = (match.entry for match in matches if match.fit == "strong" and not match.entry.library)
    closed = [card.id for card in own if card.status not in OPEN_STATUSES and card.id != incident.id]
    best = base.get(closed[0]).entry if closed else None
    if not isinstance(best, Incident) or best.id in incident.recurrence_of or not came_before(best, incident):
        return ""
    return best.id
