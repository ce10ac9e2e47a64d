"""The page of all questions by what they were worth, and the short list of those that cracked it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.model import Entry, Incident, Question, Verdict
from kb.model.metrics import between
from kb.site.frame import Frame, compose, section, title
from kb.site.html import Child, Html, el
from kb.site.pieces import cracking
from kb.site.words import count, short, span

_HEADINGS = (
    (Verdict.CRACKED, "Cracked it"),
    (Verdict.LEAD, "Gave a lead"),
    (Verdict.OPEN, "Still open"),
    (Verdict.DEAD_END, "Led nowhere"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and where it was asked."""

    question: Question
    entry: Entry


def questions_page(frame: Frame) -> str:
    """Every question that was ever asked, the best first."""
    every = _all(frame)
    own = frame.edition.incidents
    parts: list[Child] = [
        title("Questions"),
        el("p", _intro(every), class_="kb-intro"),
    ]
    for verdict, name in _HEADINGS:
        rows = [_row(frame, asked) for asked in every if asked.question.verdict is verdict]
        parts += section(name, el("ul", rows, class_="kb-ql kb-ql--all") if rows else None)
    if not own and not every:
        parts.append(el("p", "No question is written down yet.", class_="kb-none"))
    return compose("Questions", parts)


def _intro(every: list[Asked]) -> str:
    cracked = sum(asked.question.verdict is Verdict.CRACKED for asked in every)
    return f"{count(len(every), 'question')} asked in past incidents; {cracked} of them cracked it."


def _all(frame: Frame) -> list[Asked]:
    """The team's own first, then the library's; newest first in each."""
    edition = frame.edition
    entries = (*edition.incidents, *edition.deployments, *edition.systems, *edition.library)
    return [Asked(question, entry) for entry in entries for question in entry.questions]


def _row(frame: Frame, asked: Asked) -> Html:
    entry, question = asked.entry, asked.question
    notes = [_company(entry), short(entry.title, 90), _how_early(asked)]
    href = frame.entry(entry.id, f"q-{question.id}" if question.id else "")
    return el(
        "li",
        el(
            "a",
            el("span", short(question.text, 300), class_="kb-ql__q"),
            el("small", " · ".join(filter(None, notes))),
            href=href,
        ),
        class_="kb-ql__row",
    )


def _how_early(asked: Asked) -> str:
    seconds = between(asked.entry.started, asked.question.at) if isinstance(asked.entry, Incident) else None
    return f"asked {span(seconds)} in" if seconds else ""


def _company(entry: Entry) -> str:
    return entry.company


def cracked_rows(frame: Frame, most: int) -> list[Html]:
    """The questions that cracked the newest incidents; from the library where the team's own are too few."""
    return [_row(frame, asked) for asked in _cracked(frame)][:most]


def _cracked(frame: Frame) -> Iterable[Asked]:
    for entry in (*frame.edition.incidents, *frame.edition.library):
        if question := cracking(entry):
            yield Asked(question, entry)
