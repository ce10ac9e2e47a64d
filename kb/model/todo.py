"""What is to be done: action items with how old they are and how late."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kb.model.dating import day_of
from kb.model.entry import ActionItem, Entry


@dataclass(frozen=True, slots=True)
class Task:
    """An action item as it stands on a day.

    Args:
        entry: where it comes from.
        age: whole days since that began, until the day or until it was done; None when that is not known.
        late: by how many days it is overdue; 0 when it is done, in time, or without a date.
    """

    action: ActionItem
    entry: Entry
    age: int | None = None
    late: int = 0

    @property
    def order(self) -> tuple[bool, bool, date, int, str]:
        """A sort key: the most overdue first, then by date, then the oldest of those without one; done ones last."""
        action = self.action
        return (action.done, action.due is None, action.due or date.max, -(self.age or 0), self.entry.id)


def owner_key(name: str) -> str:
    """What tells an owner from others, however the name is spelled: `@Ops` and `ops` are the same."""
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")


def tasks(entries: Iterable[Entry], today: date) -> list[Task]:
    """The action items of these entries, the most pressing first."""
    return sorted(
        (task(entry, action, today) for entry in entries for action in entry.actions), key=lambda one: one.order
    )


def undone(entries: Iterable[Entry], today: date) -> list[Task]:
    """The action items of these entries that are still to be done, the most pressing first."""
    return [one for one in tasks(entries, today) if not one.action.done]


def task(entry: Entry, action: ActionItem, today: date) -> Task:
    """An action item of an entry as it stands on a day."""
    origin = day_of(entry)
    end = action.done_on if action.done else today
    age = (end - origin).days if end and origin and end >= origin else None
    late = (today - action.due).days if action.due and not action.done else 0
    return Task(action, entry, age, max(late, 0))
