"""While it burns: an incident written down as it unfolds, one small change of one entry at a time.

Texts are cleaned here; times are moments already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from kb.config import Settings
from kb.errors import NotFound, UsageError
from kb.journeys.base import KnowledgeBase
from kb.journeys.record import Record
from kb.journeys.templates import blank, filled_in
from kb.markdown import clean, clean_line
from kb.markdown.assign import assign
from kb.model import (
    ActionItem,
    Answer,
    Deployment,
    DeploymentLink,
    Entry,
    Incident,
    IncidentStatus,
    Item,
    Lesson,
    LessonKind,
    Moment,
    Question,
    Relation,
    TimelineEvent,
    Verdict,
    Visibility,
)
from kb.model.names import entry_id, new_item_id

Shape = Callable[[Entry, Entry], Entry]
"""What becomes of an entry before it is kept, told how it was and how it would be."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A change that has been kept.

    Args:
        changed: the fields or items it touched, `timeline` or `q:a1b2c3`.
        said: the change in a sentence.
    """

    record: Record
    changed: tuple[str, ...]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a new entry.

    Args:
        fields: further fields as words, as `kb set` takes them.
    """

    title: str
    day: date | None = None
    fields: tuple[tuple[str, str], ...] = ()
    symptoms: tuple[str, ...] = ()


def new(base: KnowledgeBase, settings: Settings, kind: str, draft: Draft, shape: Shape | None = None) -> Captured:
    """A new entry in a file of its own.

    Raises:
        UsageError: it has no title.
        AlreadyExists: an entry of that title and day is there.
        InvalidEntry: a value a field cannot hold.
    """
    title = clean_line(draft.title)
    if not title:
        raise UsageError(f"a new {kind} needs a title", f'kb new {kind} "what happens"')
    template, text = blank(settings, kind)
    entry = replace(template, title=title, visibility=Visibility(settings.visibility), timezone=settings.timezone)
    for name, value in draft.fields:
        entry = assign(entry, name, value, "+=" if name in _lists(entry) else "=")
    if isinstance(entry, Incident):
        seen = tuple(Item(text, new_item_id()) for text in map(clean, draft.symptoms) if text)
        entry = replace(entry, symptoms=(*entry.symptoms, *seen))
    entry = shape(template, entry) if shape else entry
    wanted = entry_id(draft.day, title)
    entry = replace(entry, id=wanted if kind == "system" else base.free_id(wanted))
    record = base.create(entry, via=f"kb new {kind}", text=filled_in(text, template, entry))
    return Captured(record, ("entry",), f"{kind} {record.entry.id}")


def _lists(entry: Entry) -> frozenset[str]:
    return frozenset(f.name for f in fields(entry) if isinstance(getattr(entry, f.name), tuple))


def target(base: KnowledgeBase, on: str | None, kind: str | None = None) -> Record:
    """The entry a command means: the one named, else the only open incident, else the one last touched.

    Raises:
        NotFound: nothing is recorded yet, or nothing of that name.
    """
    record = base.meant(kind) if on is None else base.get(on, kind)
    if record is None:
        raise NotFound("nothing is recorded yet", f'begin with: kb new {kind or "incident"} "what happens"')
    return record


def log(base: KnowledgeBase, record: Record, event: TimelineEvent) -> Captured:
    """A timeline event, put where its time belongs.

    Raises:
        UsageError: it has no text.
    """
    text = _wanted(clean(event.text), "an event needs a text")
    added = replace(event, text=text, by=clean_line(event.by), id=new_item_id())

    def edit(entry: Entry) -> Entry:
        return replace(entry, timeline=_in_order(entry.timeline, added))

    return _done(base.change(record.entry.id, edit, via="kb log", by=added.by), f"e:{added.id}", text)


def _in_order(events: Sequence[TimelineEvent], added: TimelineEvent) -> tuple[TimelineEvent, ...]:
    """The events with the new one after the last that is not later; nobody's own order is disturbed."""
    at = len(events)
    while added.at and at and (before := events[at - 1].at) and added.at < before:
        at -= 1
    return (*events[:at], added, *events[at:])


def ask(base: KnowledgeBase, record: Record, question: Question) -> Captured:
    """A question that has been asked.

    Raises:
        UsageError: it has no text.
    """
    text = _wanted(clean(question.text, question=True), "a question needs a text")
    added = replace(question, text=text, asked_by=clean_line(question.asked_by), id=new_item_id())

    def edit(entry: Entry) -> Entry:
        return replace(entry, questions=(*entry.questions, added))

    return _done(base.change(record.entry.id, edit, via="kb ask", by=added.asked_by), f"q:{added.id}", text)


def names_a_question(entry: Entry, words: str) -> bool:
    """Whether words are a question's id or stand in the text of one, so that they are no answer."""
    return bool(words.strip()) and bool(_questions(entry, words.strip().lower().removeprefix("q:")))


def _questions(entry: Entry, wanted: str) -> list[Question]:
    return [q for q in entry.questions if q.id == wanted] or [q for q in entry.questions if wanted in q.text.lower()]


def find_question(entry: Entry, words: str) -> Question:
    """The question meant by an id, a fragment of its text, or nothing (the last one still open).

    Raises:
        NotFound: none fits, or several do.
    """
    wanted = words.strip().lower().removeprefix("q:")
    if not wanted:
        still_open = [q for q in entry.questions if q.verdict is Verdict.OPEN] or list(entry.questions)
        if not still_open:
            raise NotFound(f"no question has been asked in {entry.id}", 'ask one: kb ask "what changed?"')
        return still_open[-1]
    return _only(_questions(entry, wanted), words, entry)


def answer(
    base: KnowledgeBase, record: Record, question: Question, given: Answer, verdict: Verdict | None = None
) -> Captured:
    """An answer to a question, and what the question turned out to be worth.

    Raises:
        UsageError: neither an answer nor a verdict is given.
    """
    text = clean(given.text)
    shown = "\n".join(line.rstrip() for line in clean(given.evidence).split("\n")) if given.evidence else ""
    if not text and not shown and verdict is None:
        raise UsageError("an answer needs a text", 'kb answer "what was found" --verdict lead')
    added = replace(given, text=text or "See the evidence.", by=clean_line(given.by), evidence=_unfenced(shown))

    def edit(entry: Entry) -> Entry:
        def answered(q: Question) -> Question:
            if q.id != question.id:
                return q
            answers = (*q.answers, added) if text or shown else q.answers
            return replace(q, answers=answers, verdict=q.verdict if verdict is None else verdict)

        _still_there(question, entry.questions)
        return replace(entry, questions=tuple(answered(q) for q in entry.questions))

    said = f"{question.text} ({verdict})" if verdict else question.text
    return _done(base.change(record.entry.id, edit, via="kb answer", by=added.by), f"q:{question.id}", said)


def _unfenced(text: str) -> str:
    """Evidence gets a fence of its own when it is written."""
    lines = text.split("\n")
    fenced = len(lines) > 2 and lines[0].endswith("text") and set(lines[0].removesuffix("text")) == {"`"}
    return "\n".join(lines[1:-1]) if fenced else text


def set_fields(
    base: KnowledgeBase, record: Record, changes: Sequence[tuple[str, str, str]], shape: Shape | None = None
) -> Captured:
    """Fields set as (name, how, value).

    Raises:
        InvalidEntry: no such field, or a value it cannot hold; then none is set.
    """

    def edit(before: Entry) -> Entry:
        after = before
        for name, how, value in changes:
            after = assign(after, name, value, how)
        return shape(before, after) if shape else after

    changed = base.change(record.entry.id, edit, via="kb set")
    return Captured(changed, tuple(name for name, _, _ in changes))


def reach(
    base: KnowledgeBase, record: Record, status: IncidentStatus, at: Moment, texts: Sequence[tuple[str, str]] = ()
) -> Captured:
    """An incident that has been mitigated or resolved.

    Args:
        texts: sections to set with it, as `root_cause`.

    Raises:
        UsageError: the entry is not an incident.
    """
    if not isinstance(record.entry, Incident):
        raise UsageError(f"{record.entry.id} is a {record.entry.kind}, not an incident", "name one with --on")

    def edit(entry: Entry) -> Entry:
        for name, value in texts:
            entry = assign(entry, name, value)
        return replace(entry, **{"status": status, status.value: at})  # type: ignore[arg-type]

    changed = base.change(record.entry.id, edit, via=f"kb {status.value.removesuffix('d')}")
    return Captured(changed, ("status", status.value, *(name for name, _ in texts)), f"{status} {at.iso()}")


def lesson(base: KnowledgeBase, record: Record, text: str, kind: LessonKind) -> Captured:
    """A lesson.

    Raises:
        UsageError: it has no text.
    """
    added = Lesson(_wanted(clean(text), "a lesson needs a text"), kind, new_item_id())

    def edit(entry: Entry) -> Entry:
        return replace(entry, lessons=(*entry.lessons, added))

    return _done(base.change(record.entry.id, edit, via="kb lesson"), f"l:{added.id}", added.text)


def add_action(base: KnowledgeBase, record: Record, action: ActionItem) -> Captured:
    """An action item.

    Raises:
        UsageError: it has no text.
    """
    text = _wanted(clean(action.text), "an action needs a text")
    owner, ticket = clean_line(action.owner), clean_line(action.ticket)
    added = replace(action, text=text, owner=owner, ticket=ticket, id=new_item_id())

    def edit(entry: Entry) -> Entry:
        return replace(entry, actions=(*entry.actions, added))

    return _done(base.change(record.entry.id, edit, via="kb action add"), f"a:{added.id}", text)


def find_action(records: Sequence[Record], words: str) -> tuple[Record, ActionItem]:
    """The unfinished action meant by an id or a fragment of its text, in any of the records.

    Raises:
        NotFound: none fits, or several do.
    """
    wanted = words.strip().lower().removeprefix("a:")
    every = [(record, action) for record in records for action in record.entry.actions]
    found = [pair for pair in every if pair[1].id == wanted] or [
        pair for pair in every if not pair[1].done and wanted in pair[1].text.lower()
    ]
    if len(found) != 1:
        what = "no unfinished action" if not found else f"{len(found)} unfinished actions"
        raise NotFound(f"{what} like '{words}'", "'kb action list' shows them with their ids")
    return found[0]


def finish_action(base: KnowledgeBase, record: Record, action: ActionItem, on: date) -> Captured:
    """An action item that is done."""

    def edit(entry: Entry) -> Entry:
        _still_there(action, entry.actions)
        done = tuple(replace(a, done=True, done_on=on) if a.id == action.id else a for a in entry.actions)
        return replace(entry, actions=done)

    return _done(base.change(record.entry.id, edit, via="kb action done"), f"a:{action.id}", action.text)


def link(base: KnowledgeBase, incident: Record, deployment: Record, relation: Relation) -> Captured:
    """What a deployment has to do with an incident.

    Raises:
        UsageError: the two are not an incident and a deployment.
    """
    if not isinstance(incident.entry, Incident) or not isinstance(deployment.entry, Deployment):
        raise UsageError("an incident is linked to a deployment", "kb link INCIDENT DEPLOYMENT --relation suspected")
    named = DeploymentLink(deployment.entry.id, relation)

    def edit(entry: Entry) -> Entry:
        assert isinstance(entry, Incident)
        known = any(old.id == named.id for old in entry.deployments)
        links = tuple(named if old.id == named.id else old for old in entry.deployments)
        return replace(entry, deployments=links if known else (*links, named))

    return _done(base.change(incident.entry.id, edit, via="kb link"), "deployments", f"{named.id} ({relation})")


def _still_there(item: Question | ActionItem, items: Sequence[Question | ActionItem]) -> None:
    if all(other.id != item.id for other in items):
        raise NotFound(f"'{item.text}' has been taken out meanwhile", "'kb show' says what is there now")


def _wanted(text: str, otherwise: str) -> str:
    if not text:
        raise UsageError(otherwise)
    return text


def _done(record: Record, changed: str, said: str) -> Captured:
    return Captured(record, (changed,), said.split("\n", 1)[0])


def _only(found: Sequence[Question], words: str, entry: Entry) -> Question:
    if not found:
        raise NotFound(f"no question like '{words}' in {entry.id}", f"'kb show {entry.id}' lists them")
    if len(found) > 1:
        listed = "; ".join(f"{question.id} {question.text}" for question in found[:5])
        raise NotFound(f"{len(found)} questions fit '{words}': {listed}", "name one by its id")
    return found[0]
