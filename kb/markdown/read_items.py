"""Items of lists read into values: what a person typed, with or without time, kind, group and id."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from kb.markdown.document import Block
from kb.markdown.item_syntax import RawItem, raw_item, take_group
from kb.markdown.times import LEADING_TIME, read_date, read_moment
from kb.model import (
    EVENT_KINDS,
    ActionItem,
    Answer,
    Check,
    Item,
    Lesson,
    LessonKind,
    Moment,
    Question,
    Risk,
    TimelineEvent,
    Verdict,
)

TIME_UNKNOWN = "**time unknown**"
LESSON_LEADS = {
    LessonKind.LEARNED: "**Learned:**", LessonKind.WELL: "**Went well:**",
    LessonKind.WRONG: "**Went wrong:**", LessonKind.LUCKY: "**Got lucky:**",
}  # fmt: skip
VERDICTS = {
    "cracked": Verdict.CRACKED, "cracked it": Verdict.CRACKED, "lead": Verdict.LEAD, "clue": Verdict.LEAD,
    "dead end": Verdict.DEAD_END, "dead-end": Verdict.DEAD_END, "open": Verdict.OPEN,
}  # fmt: skip
"""How verdicts are said, in files and on the command line."""
KIND_ALIASES = {
    "deploy": "change", "deployment": "change", "release": "change", "detect": "detection", "alert": "detection",
    "observe": "observation", "symptom": "observation", "escalate": "escalation", "page": "escalation",
    "find": "finding", "act": "action", "mitigate": "mitigation", "fix": "mitigation", "resolve": "recovery",
    "resolution": "recovery", "recover": "recovery",
}  # fmt: skip
"""Other words for the kinds of timeline events."""
GROUPS: dict[type, frozenset[str]] = {
    TimelineEvent: frozenset({"by"}),
    Question: frozenset({"asked_by", "by", "at", "verdict"}),
    Answer: frozenset({"by", "at", "evidence"}),
    ActionItem: frozenset({"owner", "due", "ticket", "done_on"}),
    Risk: frozenset({"likelihood", "impact", "mitigation", "owner", "outcome"}),
    Check: frozenset({"result", "by"}),
}
"""The keys each sort of item may carry in its group."""

_BOX = re.compile(r"\[([ xX])\](?: |$)")
_BOLD_TIME = re.compile(r"\*\*([^*\n]{3,40}?):?\*\*(?:\s*[-–—:](?=\s))?(?:\s+|$)")
_SEPARATOR = re.compile(r"\s*[-–—:]?(?:\s+|$)")
_KIND = re.compile(r"`([a-z]{2,20})`(?:\s+|$)", re.ASCII)
_FENCE = re.compile(r"`{3,}|~{3,}")

Fault = tuple[int, str, str]
"""A doubt about an item: its line counted from 0, what is odd, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Context:
    """What an item's times depend on.

    Args:
        timezone: the entry's zone.
        day: the day of a clock time without a date.
    """

    timezone: str
    day: date | None = None


@dataclass(slots=True)
class _Values:
    """The group of an item, read value by value; what cannot be read is a fault."""

    pairs: dict[str, str]
    context: Context
    line: int
    faults: list[Fault]

    def moment(self, key: str) -> Moment | None:
        found: Moment | None = self._read(key, lambda text: read_moment(text, self.context.timezone, self.context.day))
        return found

    def date(self, key: str) -> date | None:
        found: date | None = self._read(key, read_date)
        return found

    def _read(self, key: str, reader: Callable[[str], Any]) -> Any:
        if not self.pairs.get(key):
            return None
        try:
            return reader(self.pairs[key])
        except ValueError as error:
            self.faults.append((self.line, f"{key}: {error}", "mend it or leave it out"))
            return None


def _split(raw: RawItem, kind: type, context: Context, faults: list[Fault]) -> tuple[str, _Values]:
    first, pairs = take_group(raw.first, GROUPS[kind])
    return raw.text(first), _Values(pairs, context, raw.line, faults)


Reader = Callable[[RawItem, Context, list[Fault]], Any]
"""Reads one sort of item."""


@lru_cache(maxsize=1 << 14)
def read_line(read: Reader, line: str, kind: str, context: Context) -> tuple[Any, tuple[Fault, ...]]:
    """An item of a single line, and the doubts about it as if it stood on line 0.

    Most lines of a long incident are as they were before a command, and an edit is read again: they are remembered.
    """
    faults: list[Fault] = []
    raw = raw_item((line,), Block("list_item", 0, 1))
    return read(replace(raw, default_kind=kind), context, faults), tuple(faults)


def read_item(raw: RawItem, context: Context, faults: list[Fault]) -> Item:  # noqa: ARG001
    """A plain item: a symptom, a contributing factor, a link."""
    return Item(raw.text(raw.first), raw.id)


def read_event(raw: RawItem, context: Context, faults: list[Fault]) -> TimelineEvent:
    """A timeline event; a clock time without a date is on the context's day."""
    first, at, kind = raw.first.strip(), None, "note"
    if found := take_time(first, context.timezone, context.day):
        first, at = found
    if at or untimed(first):
        first, kind = take_kind(first.removeprefix(TIME_UNKNOWN).lstrip())
    elif raw.text(first):
        faults.append((raw.line, "timeline event does not start with a time", "begin it like **2019-03-12 09:30**"))
    text, values = _split(replace(raw, first=first), TimelineEvent, context, faults)
    return TimelineEvent(text, at, kind, values.pairs.get("by", ""), raw.id)


def untimed(first: str) -> bool:
    """Whether a first line says that the time is not known."""
    return first.startswith(TIME_UNKNOWN)


def take_time(first: str, timezone: str, day: date | None = None) -> tuple[str, Moment] | None:
    """A first line without the time it begins with, and that time; None when it begins with none."""
    bold = _BOLD_TIME.match(first)
    bare = None if bold else LEADING_TIME.match(first)
    found = bold or bare
    if not found:
        return None
    try:
        at = read_moment(bold[1] if bold else found.group(), timezone, day)
    except ValueError:
        return None
    gap = found if bold else _SEPARATOR.match(first, found.end())
    return (first[gap.end() :], at) if gap else None


def take_kind(first: str) -> tuple[str, str]:
    """A first line without the kind of event it begins with, and that kind; `note` when it begins with none."""
    found = _KIND.match(first)
    kind = KIND_ALIASES.get(found[1], found[1]) if found else ""
    return (first[found.end() :], kind) if found and kind in EVENT_KINDS else (first, "note")


def read_question(raw: RawItem, context: Context, faults: list[Fault]) -> Question:
    """A question with its answers, the items nested in it."""
    first, ticked = _take_box(raw.first)
    text, values = _split(replace(raw, first=first), Question, context, faults)
    said = values.pairs.get("verdict", "")
    verdict = VERDICTS.get(said.lower(), Verdict.OPEN)
    if said and said.lower() not in VERDICTS:
        faults.append((raw.line, f"verdict '{said}' is not known", "use open, dead end, lead or cracked it"))
    elif ticked and not said:
        faults.append(
            (raw.line, "question is ticked but has no verdict", "add (verdict: dead end), lead or cracked it")
        )
    answers = tuple(_read_answer(item, context, faults) for item in raw.nested)
    asked_by = values.pairs.get("asked_by") or values.pairs.get("by", "")
    return Question(text, asked_by, values.moment("at"), verdict, answers, raw.id)


def _read_answer(raw: RawItem, context: Context, faults: list[Fault]) -> Answer:
    text, values = _split(raw, Answer, context, faults)
    text, shown = _take_evidence(text)
    return Answer(text, values.pairs.get("by", ""), values.moment("at"), shown or values.pairs.get("evidence", ""))


def _take_evidence(text: str) -> tuple[str, str]:
    """A text without the fence of evidence it ends with, and what that fence holds."""
    lines = text.split("\n")
    if not _FENCE.fullmatch(lines[-1]):
        return text, ""
    opening = f"{lines[-1]}evidence"
    for number in range(len(lines) - 2, -1, -1):
        if lines[number] == opening:
            return "\n".join(lines[:number]).rstrip(), "\n".join(lines[number + 1 : -1])
    return text, ""


def read_lesson(raw: RawItem, context: Context, faults: list[Fault]) -> Lesson:  # noqa: ARG001
    """A lesson; its kind stands in bold before it, or is said by the heading above."""
    for kind, lead in LESSON_LEADS.items():
        if raw.first.startswith(lead):
            return Lesson(raw.text(raw.first[len(lead) :]), kind, raw.id)
    return Lesson(raw.text(raw.first), LessonKind(raw.default_kind or "learned"), raw.id)


def read_action(raw: RawItem, context: Context, faults: list[Fault]) -> ActionItem:
    """An action item."""
    first, ticked = _take_box(raw.first)
    text, values = _split(replace(raw, first=first), ActionItem, context, faults)
    pairs = values.pairs
    done_on = values.date("done_on")
    return ActionItem(
        text, bool(ticked) or done_on is not None, pairs.get("owner", ""), values.date("due"),
        pairs.get("ticket", ""), done_on, raw.id,
    )  # fmt: skip


def read_risk(raw: RawItem, context: Context, faults: list[Fault]) -> Risk:
    """A risk named before a deployment."""
    text, values = _split(raw, Risk, context, faults)
    return Risk(text, **values.pairs, id=raw.id)


def read_check(raw: RawItem, context: Context, faults: list[Fault]) -> Check:
    """Something verified before or after a deployment."""
    first, ticked = _take_box(raw.first)
    text, values = _split(replace(raw, first=first), Check, context, faults)
    return Check(text, bool(ticked), values.pairs.get("result", ""), values.pairs.get("by", ""), raw.id)


def _take_box(first: str) -> tuple[str, bool | None]:
    found = _BOX.match(first)
    return (first[found.end() :], found[1] != " ") if found else (first, None)
