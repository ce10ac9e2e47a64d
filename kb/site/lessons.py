"""The page of all lessons, and the short list for the home page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.model import Entry, Lesson, LessonKind
from kb.site.frame import Frame, compose, section, title
from kb.site.html import Child, Html, el
from kb.site.pieces import date_of
from kb.site.words import count, short

_HEADINGS = (
    (LessonKind.LEARNED, "Learned"),
    (LessonKind.WELL, "What went well"),
    (LessonKind.WRONG, "What went wrong"),
    (LessonKind.LUCKY, "Where we got lucky"),
)


@dataclass(frozen=True, slots=True)
class Taught:
    """A lesson and what taught it."""

    lesson: Lesson
    entry: Entry


def lessons_page(frame: Frame) -> str:
    """What the team has learned, then what others have."""
    own = list(_own(frame))
    others = [Taught(lesson, entry) for entry in frame.edition.library for lesson in entry.lessons]
    parts: list[Child] = [title("Lessons")]
    parts.append(el("p", f"{count(len(own), 'lesson')} of our own, {len(others)} of others.", class_="kb-intro"))
    for kind, name in _HEADINGS:
        parts += section(name, _list(frame, (taught for taught in own if taught.lesson.kind is kind)))
    learned = (taught for taught in others if taught.lesson.kind is LessonKind.LEARNED)
    parts += section("What others learned", _list(frame, learned))
    return compose("Lessons", parts)


def _own(frame: Frame) -> Iterable[Taught]:
    edition = frame.edition
    for entry in (*edition.incidents, *edition.deployments, *edition.systems):
        for lesson in entry.lessons:
            yield Taught(lesson, entry)


def _list(frame: Frame, lessons: Iterable[Taught]) -> Html | None:
    rows = [_row(frame, taught) for taught in lessons]
    return el("ul", rows, class_="kb-ll kb-ll--all") if rows else None


def _row(frame: Frame, taught: Taught) -> Html:
    entry, lesson = taught.entry, taught.lesson
    notes = [entry.company, short(entry.title, 90), date_of(entry)]
    return el(
        "li",
        el(
            "a",
            el("span", short(lesson.text, 300)),
            el("small", " · ".join(filter(None, notes))),
            href=frame.entry(entry.id, f"l-{lesson.id}" if lesson.id else ""),
        ),
    )


def lesson_rows(frame: Frame, most: int) -> list[Html]:
    """What was learned lately, one lesson of each entry; from the library where the team's own are too few."""
    found: list[Html] = []
    for entry in (*frame.edition.incidents, *frame.edition.deployments, *frame.edition.library):
        learned = [lesson for lesson in entry.lessons if lesson.kind is LessonKind.LEARNED]
        found += [_row(frame, Taught(lesson, entry)) for lesson in learned[:1]]
    return found[:most]
