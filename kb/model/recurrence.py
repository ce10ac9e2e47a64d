"""What came back: incidents that somebody says had the cause of an earlier one.

Whether two incidents had the same cause is a judgement, so it is written down (`recurrence_of`) and never guessed. What
follows from it is worked out: which actions, decided after the earlier incident, were not done yet when it came back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kb.model.dating import began, day_of, newest
from kb.model.entry import ActionItem, Incident


@dataclass(frozen=True, slots=True)
class Forerunner:
    """An earlier incident of the same cause.

    Args:
        undone: its actions that were not done on the day the cause came back.
    """

    incident: Incident
    undone: tuple[ActionItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Recurrence:
    """An incident whose cause was there before, and where; newest first."""

    incident: Incident
    earlier: tuple[Forerunner, ...]

    @property
    def undone(self) -> tuple[ActionItem, ...]:
        """Every action that was still open when it came back."""
        return tuple(action for one in self.earlier for action in one.undone)


def came_back(incidents: Iterable[Incident]) -> list[Recurrence]:
    """Every incident that is written down to have the cause of an earlier one, in the order given.

    What came before a forerunner came before it, too. An id that is no incident, or no earlier one, leads nowhere.
    """
    every = list(incidents)
    by_id = {one.id: one for one in every}
    found = (Recurrence(one, _earlier(one, by_id)) for one in every if one.recurrence_of)
    return [one for one in found if one.earlier]


def recurrences(found: Iterable[Recurrence]) -> list[Recurrence]:
    """Of what came back, what did so while an action against it was still open."""
    return [one for one in found if one.undone]


def _earlier(incident: Incident, by_id: Mapping[str, Incident]) -> tuple[Forerunner, ...]:
    found = sorted(set(_before(incident, by_id)), key=lambda name: newest(by_id[name]), reverse=True)
    return tuple(Forerunner(by_id[name], undone_at(by_id[name], incident)) for name in found)


def _before(incident: Incident, by_id: Mapping[str, Incident]) -> Iterator[str]:
    """The ids of the incidents before it, one or several steps back."""
    seen, left = {incident.id}, [incident]
    while left:
        later = left.pop()
        for name in later.recurrence_of:
            earlier = by_id.get(name)
            if earlier and name not in seen and came_before(earlier, later):
                seen.add(name)
                left.append(earlier)
                yield name


def came_before(one: Incident, other: Incident) -> bool:
    """Whether an incident began before another, or may have: as well as both times are known."""
    first, second = began(one), began(other)
    if first is None or second is None:
        return True
    if "day" in (first.precision, second.precision):
        return first.at.date() <= second.at.astimezone(first.at.tzinfo).date()
    return first < second


def undone_at(earlier: Incident, later: Incident) -> tuple[ActionItem, ...]:
    """The actions of an incident that were not done when another began: open still, or done after that day.

    One that was done on an unknown day counts as done.
    """
    day = day_of(later)
    return tuple(
        action for action in earlier.actions
        if not action.done or (action.done_on is not None and day is not None and action.done_on > day)
    )  # fmt: skip
