"""The page of lessons by theme, and the short list for the home page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.model import Entry, Lesson, LessonKind
from kb.site.parts.frame import Frame, compose, section, title
from kb.site.parts.html import Child, Html, el, join
from kb.site.parts.pieces import date_of
from kb.site.parts.said import jumps, merged, part, said_list, said_row
from kb.site.parts.words import count, short

_WENT = (
    (LessonKind.WELL, "What went well"),
    (LessonKind.WRONG, "What went wrong"),
    (LessonKind.LUCKY, "Where we got lucky"),
)
_OTHER = "On other things"
_MOST = 15
"""How many lessons of one theme are shown."""
_OF_ENTRY = 3
"""So many themes of its entry a lesson may belong to that names none itself."""


@dataclass(frozen=True, slots=True)
class Taught:
    """A lesson and what taught it."""

    lesson: Lesson
    entry: Entry


def lessons_page(frame: Frame) -> str:
    """What the team has learned by theme, how it went, and what others have learned."""
    own, others = list(_taught(frame.edition.own)), list(_taught(frame.edition.library))
    parts: list[Child] = [title("Lessons"), el("p", _intro(own, others), class_="kb-intro")]
    if not own:
        line = join("The first one is written down by ", el("code", "kb lesson"), ".")
        parts.append(el("p", line, class_="kb-none"))
    parts += section("What we learned", _themes(frame, "learned", _of(own, LessonKind.LEARNED)))
    for kind, name in _WENT:
        parts += section(name, _list(frame, _told(frame, _of(own, kind))))
    parts += section("What others learned", _themes(frame, "others", _of(others, LessonKind.LEARNED)))
    return compose("Lessons", parts)


def _intro(own: Sequence[Taught], others: Sequence[Taught]) -> str:
    learned = len(_of(others, LessonKind.LEARNED))
    return (
        f"{count(len(own), 'lesson')} of our own, {learned:,} of others. What several entries taught stands here once."
    )


def _taught(entries: Iterable[Entry]) -> Iterable[Taught]:
    return (Taught(lesson, entry) for entry in entries for lesson in entry.lessons)


def _of(every: Iterable[Taught], kind: LessonKind) -> list[Taught]:
    return [taught for taught in every if taught.lesson.kind is kind]


def _told(frame: Frame, every: Iterable[Taught]) -> list[list[Taught]]:
    """Lessons that say the same together, those taught most often first."""
    found = merged(every, lambda taught: taught.lesson.text, frame.edition.themes.repeated)
    return sorted(found, key=lambda several: -len({taught.entry.id for taught in several}))


def _themes(frame: Frame, kind: str, every: Iterable[Taught]) -> Html | None:
    """The groups of lessons, the largest first; what has no group of its own comes last."""
    groups = _grouped(frame, _told(frame, every))
    other = [several for label, found in groups.items() if len(found) < 2 or not label for several in found]
    large = sorted((label for label, found in groups.items() if len(found) > 1 and label), key=_by_size(groups))
    named = {label[:1].upper() + label[1:]: groups[label] for label in large} | ({_OTHER: other} if other else {})
    parts = (part(kind, name, _list(frame, found)) for name, found in named.items())
    return (
        join(jumps(frame, "lessons", kind, {name: len(found) for name, found in named.items()}), *parts)
        if named
        else None
    )


def _by_size(groups: Mapping[str, Sequence[object]]) -> Callable[[str], tuple[int, str]]:
    return lambda label: (-len(groups[label]), label)


def _grouped(frame: Frame, told: Sequence[list[Taught]]) -> dict[str, list[list[Taught]]]:
    """Each lesson under the first of its themes that another lesson has too; under an empty one if there is none."""
    about = [_about(frame, several) for several in told]
    common = Counter(label for labels in about for label in labels)
    groups: dict[str, list[list[Taught]]] = {}
    for several, labels in zip(told, about, strict=True):
        groups.setdefault(next((label for label in labels if common[label] > 1), ""), []).append(several)
    return groups


def _about(frame: Frame, several: Sequence[Taught]) -> tuple[str, ...]:
    """What the lesson says it is about, or else what its entry is about."""
    first, themes = several[0], frame.edition.themes
    return themes.lessons.get(first.lesson.text) or themes.causes.get(first.entry.id, ())[:_OF_ENTRY]


def _list(frame: Frame, told: Sequence[Sequence[Taught]]) -> Html | None:
    rows = [_row(frame, several) for several in told[:_MOST]]
    return said_list(frame, rows, len(told[_MOST:]), "lesson")


def _row(frame: Frame, several: Sequence[Taught]) -> Html:
    lesson = several[0].lesson
    return said_row(frame, lesson.text, f"l-{lesson.id}" if lesson.id else "", (taught.entry for taught in several))


def lesson_rows(frame: Frame, most: int) -> list[Html]:
    """What was learned lately, one lesson of each entry; from the library where the team's own are too few."""
    edition = frame.edition
    first = (
        Taught(learned, entry)
        for entry in (*edition.incidents, *edition.deployments, *edition.library)
        if (learned := next((one for one in entry.lessons if one.kind is LessonKind.LEARNED), None))
    )
    told = merged(first, lambda taught: taught.lesson.text, edition.themes.repeated)
    return [_home_row(frame, several[0]) for several in told[:most]]


def _home_row(frame: Frame, taught: Taught) -> Html:
    entry, lesson = taught.entry, taught.lesson
    notes = [entry.company, short(entry.title, 90), date_of(entry)]
    text = el("span", short(lesson.text, 300))
    href = frame.entry(entry.id, f"l-{lesson.id}" if lesson.id else "")
    return el("li", el("a", text, el("small", " · ".join(filter(None, notes))), href=href))
