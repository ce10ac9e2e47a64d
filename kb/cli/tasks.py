"""Action items as commands print them."""

from __future__ import annotations

from collections.abc import Sequence

from kb.cli import output
from kb.model.plain import plain
from kb.model.spoken import count, long
from kb.model.todo import Task


def whole_json(task: Task) -> dict[str, object]:
    """Every field of an action, the entry it comes from, and its age and lateness in days."""
    return {"entry": task.entry.id, **plain(task.action), "age_days": task.age, "late_days": task.late}


def brief_json(task: Task) -> dict[str, object]:
    """What is to be done, by whom, and how late it is."""
    item = task.action
    return {
        "entry": task.entry.id, "id": item.id, "text": item.text, "owner": item.owner, "due": item.due,
        "late_days": task.late,
    }  # fmt: skip


def say(tasks: Sequence[Task], most: int = 0) -> None:
    """Each action: what it is, whose, how late, how old, and where it comes from.

    Args:
        most: so many are shown; 0 for all.
    """
    for task in tasks[: most or None]:
        _say(task)
    if most and len(tasks) > most:
        output.say((f"  and {count(len(tasks) - most, 'more', 'more')}: kb action list", "dim"))


def _say(task: Task) -> None:
    item = task.action
    text = " ".join(item.text.split())
    output.say(("☑ " if item.done else "☐ ", "green" if item.done else ""), (text, "dim" if item.done else "bold"))
    due = f"due {item.due}" if item.due else "no due date"
    style = "red" if task.late else "dim"
    output.say(
        (f"  {item.id} · {item.owner or 'no owner'} · ", "dim"),
        (f"{due} · {long(task.late)} late" if task.late else due, style),
        (f" · {_age(task)} · {task.entry.id}", "dim"),
    )


def _age(task: Task) -> str:
    if task.age is None:
        return "of unknown age"
    if task.action.done:
        return f"done after {long(task.age)}" if task.age else "done the same day"
    return f"open for {long(task.age)}" if task.age else "written today"
