"""The page of what is left to do: every action item of the team's own entries, the most overdue first, and by owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from kb.model.todo import Task
from kb.site.parts.frame import Frame, compose, section, title
from kb.site.parts.html import Child, Html, el
from kb.site.parts.pieces import date_of, first
from kb.site.parts.table import Cell, Column, Row, table
from kb.site.parts.todo import lateness, old, task_link, task_list, tasks
from kb.site.parts.words import anchor, count, date_words, long, short

LATELY = timedelta(days=90)
"""For so long what is done is still shown."""

_NOBODY = "No owner"
_OPEN = (
    Column("Action", "text"), Column("Due", "text"), Column("Owner", "text"), Column("Age", "number"),
    Column("Ticket", "text"), Column("From", "text"),
)  # fmt: skip
_DONE = (_OPEN[0], Column("Done", "text"), _OPEN[2], Column("Took", "number"), *_OPEN[4:])


def actions_page(frame: Frame) -> str:
    """What is overdue, what is due, what has no date; then who has it, and what was done lately."""
    every = tasks(frame.edition, frame.edition.own)
    left = [task for task in every if not task.action.done]
    done = _lately(every, frame.edition.as_of.date())
    parts: list[Child] = [title("Actions"), _intro(every, left)]
    parts += section("To do", _left(frame, left) if left else None)
    parts += section("By owner", _owners(frame, left) if left else None)
    parts += section("Done lately", _done(frame, done) if done else None)
    return compose("Actions", parts, wide=True)


def _intro(every: Sequence[Task], left: Sequence[Task]) -> Html:
    if not every:
        return first("No action item is written down yet.", "kb action add")
    if not left:
        return el("p", f"All {count(len(every), 'action item')} done.", class_="kb-intro")
    late, loose = sum(task.late > 0 for task in left), sum(not task.action.owner for task in left)
    ages = [task.age for task in left if task.age is not None]
    text = f"{len(left)} of {count(len(every), 'action item')} {'is' if len(left) == 1 else 'are'} still to be done: "
    text += f"{late or 'none'} overdue" + (f", {loose} without an owner." if loose else ".")
    return el("p", text, f" The oldest has waited {long(max(ages))}." if ages else None, class_="kb-intro")


def _left(frame: Frame, left: Iterable[Task]) -> Html:
    return table(_OPEN, (_row(frame, task, _due(task)) for task in left), label="Filter actions")


def _done(frame: Frame, done: Iterable[Task]) -> Html:
    return table(_DONE, (_row(frame, task, _when(task)) for task in done), label="Filter what was done")


def _row(frame: Frame, task: Task, when: Cell) -> Row:
    action, entry = task.action, task.entry
    whence = [frame.link(entry.id, short(entry.title, 90)), el("small", date_of(entry))]
    cells = (
        Cell(task_link(frame, task, class_="kb-t__t"), short(action.text, 200)),
        when,
        Cell(action.owner or el("span", _NOBODY.lower(), class_="kb-none"), action.owner),
        Cell(old(task), "" if task.age is None else task.age),
        Cell(action.ticket),
        Cell(el("div", whence, class_="kb-t__w")),
    )
    return Row(cells)


def _due(task: Task) -> Cell:
    due = task.action.due
    if due is None:
        return Cell(el("span", "no date", class_="kb-none"), "")
    return Cell([date_words(due), lateness(task)], due.isoformat())


def _when(task: Task) -> Cell:
    done = task.action.done_on
    return Cell(date_words(done), done.isoformat()) if done else Cell("")


def _lately(every: Iterable[Task], today: date) -> list[Task]:
    """What was done in the last three months, the latest first."""
    found = [(on, task) for task in every if (on := task.action.done_on) and task.action.done and today - on <= LATELY]
    return [task for _, task in sorted(found, key=lambda pair: (-pair[0].toordinal(), pair[1].entry.id))]


def _owners(frame: Frame, left: Iterable[Task]) -> Html:
    """Everybody with what they have to do; what nobody has comes last."""
    spelled: dict[str, Counter[str]] = {}
    found: dict[str, list[Task]] = {}
    for task in left:
        key = anchor(task.action.owner) if task.action.owner else ""
        spelled.setdefault(key, Counter())[task.action.owner] += 1
        found.setdefault(key, []).append(task)
    names = {key: min(several, key=lambda name: (-several[name], name)) for key, several in spelled.items()}
    parts = (_owner(frame, key, names[key], found[key]) for key in sorted(found, key=lambda key: (not key, key)))
    return el("div", parts, class_="kb-owners")


def _owner(frame: Frame, key: str, name: str, own: Sequence[Task]) -> Html:
    late = sum(task.late > 0 for task in own)
    said = f"{len(own)} to do" + (f", {late} overdue" if late else "")
    head = el("h3", name or _NOBODY, " ", el("small", said), id=f"owner-{key}" if key else "nobody")
    return el("section", head, task_list(frame, own, owner=False))
