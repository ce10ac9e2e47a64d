"""What is to be done: action items with their owner, how old they are and how late, and where they come from."""

from __future__ import annotations

from collections.abc import Iterable

from kb.journeys.edition import Edition
from kb.model import ActionItem, Entry, todo
from kb.model.todo import Task
from kb.site.parts.frame import Frame
from kb.site.parts.html import Html, el, hidden, icon
from kb.site.parts.words import date_words, long, short


def tasks(edition: Edition, entries: Iterable[Entry]) -> list[Task]:
    """The action items of these entries on the day the site is made for, the most pressing first."""
    return todo.tasks(entries, edition.as_of.date())


def undone(edition: Edition, entries: Iterable[Entry]) -> list[Task]:
    """The action items of these entries that are still to be done, the most pressing first."""
    return todo.undone(entries, edition.as_of.date())


def old(task: Task) -> str:
    """`9 months`; a dash when that is not known."""
    if task.age is None:
        return "–"
    return long(task.age) if task.age else "same day" if task.action.done else "today"


def action_list(frame: Frame, entry: Entry) -> Html | None:
    """Every action item of an entry in the order it was written; a library's owe us nothing and are never late."""
    if not entry.actions:
        return None
    ours = not frame.edition.by_id[entry.id].library
    today = frame.edition.as_of.date()
    found = (todo.task(entry, action, today) if ours else Task(action, entry) for action in entry.actions)
    rows = (_row(task, frame.inline(task.action.text), _notes(task), place=True) for task in found)
    return el("ul", rows, class_="kb-todo")


def task_list(frame: Frame, found: Iterable[Task], *, owner: bool = True) -> Html | None:
    """Action items of several entries, each leading to where it was written down.

    Args:
        owner: whose it is, where that is not said already.
    """
    rows = [_row(task, task_link(frame, task), [*_notes(task, owner), short(task.entry.title, 90)]) for task in found]
    return el("ul", rows, class_="kb-todo") if rows else None


def task_link(frame: Frame, task: Task, **attributes: str) -> Html:
    """The action item's words as a link to it."""
    action = task.action
    place = frame.entry(task.entry.id, f"a-{action.id}" if action.id else "")
    return el("a", short(action.text, 200), href=place, **attributes)


def lateness(task: Task) -> Html | None:
    """`12 days late`; None when it is not."""
    return el("b", f"{long(task.late)} late", class_="kb-late") if task.late else None


def _row(task: Task, text: Html, notes: Iterable[str], *, place: bool = False) -> Html:
    action = task.action
    return el(
        "li",
        icon("done" if action.done else "todo"),
        el(
            "div",
            hidden("Done: " if action.done else "To do: "),
            el("span", text, class_="kb-todo__t"),
            el("small", lateness(task), " · " if task.late else None, " · ".join(filter(None, notes))),
        ),
        class_="is-done" if action.done else "is-late" if task.late else None,
        id=f"a-{action.id}" if place and action.id else None,
    )


def _notes(task: Task, owner: bool = True) -> list[str]:
    action = task.action
    whose = action.owner or ("" if action.done else "no owner")
    return [whose if owner else "", action.ticket, _due(action), _age(task)]


def _due(action: ActionItem) -> str:
    if action.done:
        return f"done {date_words(action.done_on)}" if action.done_on else "done"
    return f"due {date_words(action.due)}" if action.due else "no date"


def _age(task: Task) -> str:
    if task.age is None:
        return ""
    if task.action.done:
        return f"after {long(task.age)}" if task.age else "the same day"
    return f"open for {long(task.age)}" if task.age else "written today"
