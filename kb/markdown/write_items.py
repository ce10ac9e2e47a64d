"""Values written as items of lists, so that reading them gives the same value again."""

from __future__ import annotations

import re
from datetime import date

from kb.markdown.item_syntax import fenced, group, written
from kb.markdown.read_items import GROUPS, LESSON_LEADS, TIME_UNKNOWN, take_kind, take_time, untimed
from kb.model import (
    ActionItem,
    Answer,
    Check,
    Item,
    Lesson,
    LessonKind,
    Question,
    Risk,
    TimelineEvent,
    Verdict,
)

_BLOCK_START = re.compile(r"`{3,}|~{3,}")
_ANY_DAY = date(2000, 1, 1)
_DASHES = re.compile(r"[-–—:]\s")


def _split_text(text: str) -> tuple[str, str]:
    """The text of the first line, and the whole text laid out below it; a fence never begins on the first line."""
    if _BLOCK_START.match(text):
        return "", f"\n{text}"
    return text.split("\n", 1)[0], text


def write_plain(item: Item, prefix: str) -> list[str]:
    """A symptom, a contributing factor, a link."""
    first, text = _split_text(item.text)
    return written(first, text, item.id, prefix)


def write_event(event: TimelineEvent, timezone: str) -> list[str]:
    """A timeline event: time in bold, kind in backticks, text, who."""
    first, text = _split_text(event.text)
    time = f"**{event.at.local(timezone)}**" if event.at else ""
    named = event.kind != "note" or take_kind(first)[0] != first or _DASHES.match(f"{first} ")
    if not time and (named or take_time(first, timezone, _ANY_DAY) or untimed(first)):
        time = TIME_UNKNOWN
    kind = f"`{event.kind}`" if named and time else ""
    end = group({"by": event.by}, first, GROUPS[TimelineEvent])
    line = " ".join(part for part in (time, kind, first) if part)
    return written(f"{line}{end}", text, event.id, "e")


def write_question(question: Question, timezone: str) -> list[str]:
    """A question, ticked when it has a verdict, and its answers below it."""
    first, text = _split_text(question.text)
    pairs = {
        "asked_by": question.asked_by,
        "at": question.at.local(timezone) if question.at else "",
        "verdict": question.verdict.value if question.verdict is not Verdict.OPEN else "",
    }
    box = "[ ]" if question.verdict is Verdict.OPEN else "[x]"
    lines = written(f"{box} {first}{group(pairs, first, GROUPS[Question])}", text, question.id, "q")
    return [*lines, *(line for answer in question.answers for line in _write_answer(answer, timezone))]


def _write_answer(answer: Answer, timezone: str) -> list[str]:
    first, text = _split_text(answer.text)
    inline = answer.evidence if "\n" not in answer.evidence and len(answer.evidence) <= 80 else ""
    pairs = {"by": answer.by, "at": answer.at.local(timezone) if answer.at else "", "evidence": inline}
    end = group(pairs, first, GROUPS[Answer])
    if not first and not end:  # a dash alone would underline the question
        first, text = answer.text.split("\n", 1)[0], answer.text
    shown = f"{text}\n{fenced(answer.evidence, 'evidence')}" if answer.evidence and not inline else text
    return written(f"{first}{end}", shown, "", "", indent="  ")


def write_lesson(lesson: Lesson, heading_kind: LessonKind) -> list[str]:
    """A lesson, with its kind in bold where the heading does not say it."""
    first, text = _split_text(lesson.text)
    needed = lesson.kind is not heading_kind or any(first.startswith(lead) for lead in LESSON_LEADS.values())
    return written(f"{LESSON_LEADS[lesson.kind]} {first}" if needed else first, text, lesson.id, "l")


def write_action(action: ActionItem) -> list[str]:
    """An action item, ticked when it is done."""
    first, text = _split_text(action.text)
    pairs = {
        "owner": action.owner,
        "due": action.due.isoformat() if action.due else "",
        "ticket": action.ticket,
        "done_on": action.done_on.isoformat() if action.done_on else "",
    }
    return _boxed(action.done, first, text, group(pairs, first, GROUPS[ActionItem]), action.id, "a")


def write_check(check: Check) -> list[str]:
    """A check, ticked when it was done."""
    first, text = _split_text(check.text)
    return _boxed(
        check.done, first, text, group({"result": check.result, "by": check.by}, first, GROUPS[Check]), check.id, "c"
    )


def _boxed(done: bool, first: str, text: str, end: str, item_id: str, prefix: str) -> list[str]:
    return written(f"{'[x]' if done else '[ ]'} {first}{end}", text, item_id, prefix)


def write_risk(risk: Risk) -> list[str]:
    """A risk with what is known of it."""
    first, text = _split_text(risk.text)
    pairs = {key: getattr(risk, key) for key in ("likelihood", "impact", "mitigation", "owner", "outcome")}
    return written(f"{first}{group(pairs, first, GROUPS[Risk])}", text, risk.id, "r")
