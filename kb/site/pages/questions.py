"""The page of questions by verdict, by symptom and by how early they were asked; and the short list that cracked it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.model import Entry, Incident, Question, Verdict
from kb.model.metrics import between, spread
from kb.site.parts.frame import Frame, compose, section, title
from kb.site.parts.html import Child, Html, el, icon, join
from kb.site.parts.pieces import cracking
from kb.site.parts.pills import VERDICTS, verdict
from kb.site.parts.said import jumps, merged, part, said_list, said_row
from kb.site.parts.words import count, short, span

_CRACKED_IT = VERDICTS[Verdict.CRACKED][2]
_WORTH = {value: at for at, value in enumerate(VERDICTS)}
_EARLY = (("First 15 minutes", 900.0), ("First hour", 3600.0), ("Later", float("inf")))
_UNKNOWN = "Unknown"
_BY_VERDICT, _BY_SYMPTOM, _BY_TIME = 20, 5, 12
"""How many questions of one group are shown."""
_SYMPTOMS = 40
"""How many symptoms have a group of their own, the most frequent ones."""
_OF_ENTRY = 3
"""Under so many of its symptoms an entry's questions stand."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and where it was asked."""

    question: Question
    entry: Entry

    @property
    def after(self) -> float | None:
        """Seconds from the incident's start, where that is known."""
        return between(self.entry.started, self.question.at) if isinstance(self.entry, Incident) else None


def questions_page(frame: Frame) -> str:
    """Every question that was ever asked, the most telling first; what is asked in many incidents stands there once."""
    every = _all(frame)
    parts: list[Child] = [title("Questions"), el("p", _intro(frame, every), class_="kb-intro")]
    if not every:
        line = join("The first one is written down by ", el("code", "kb ask"), ".")
        parts.append(el("p", line, class_="kb-none"))
    parts += section("By verdict", _groups(frame, "verdict", _by_verdict(every), _BY_VERDICT))
    parts += section("By symptom", _symptoms(frame, every))
    parts += section("How early", _how_early(frame, every))
    return compose("Questions", parts)


def _intro(frame: Frame, every: Sequence[Asked]) -> str:
    if not every:
        return "No question is written down yet."
    own = [asked for asked in every if not _library(frame, asked)]
    cracked = sum(asked.question.verdict is Verdict.CRACKED for asked in own)
    others = f" {count(len(every) - len(own), 'question')} more come from the library." if len(own) < len(every) else ""
    return f"{count(len(own), 'question')} of our own; {cracked} cracked it.{others}"


def _all(frame: Frame) -> list[Asked]:
    """The team's own first, then the library's; newest first in each."""
    entries = (*frame.edition.own, *frame.edition.library)
    return [Asked(question, entry) for entry in entries for question in entry.questions]


def _library(frame: Frame, asked: Asked) -> bool:
    return frame.edition.by_id[asked.entry.id].library


def _groups(frame: Frame, kind: str, groups: Mapping[str, Sequence[Asked]], most: int) -> Html | None:
    """The groups that hold something, each once merged and cut to its most telling questions."""
    told = {name: _told(frame, several) for name, several in groups.items() if several}
    if not told:
        return None
    pill = kind != "verdict"
    parts = (
        part(kind, name, _list(frame, several, most, pill), star=name == _CRACKED_IT) for name, several in told.items()
    )
    return join(jumps(frame, "questions", kind, {name: len(several) for name, several in told.items()}), *parts)


def _list(frame: Frame, told: Sequence[Sequence[Asked]], most: int, pill: bool) -> Html | None:
    return said_list(frame, [_row(frame, one, pill) for one in told[:most]], len(told[most:]), "question")


def _told(frame: Frame, every: Iterable[Asked]) -> list[list[Asked]]:
    """Questions that say the same together, its best answer first; those that helped first, then those asked often."""
    found = merged(every, lambda asked: asked.question.text, frame.edition.themes.repeated)
    for several in found:
        several.sort(key=_worth)
    return sorted(found, key=lambda several: (_worth(several[0]), _library(frame, several[0]), -len(several)))


def _worth(asked: Asked) -> int:
    return _WORTH[asked.question.verdict]


def _row(frame: Frame, several: Sequence[Asked], pill: bool) -> Html:
    best = several[0]
    place = f"q-{best.question.id}" if best.question.id else ""
    sign = verdict(best.question.verdict) if pill else None
    early = f"asked after {span(best.after)} in" if best.after else "asked in"
    return said_row(frame, best.question.text, place, (one.entry for one in several), sign, f"{early} ")


def _by_verdict(every: Sequence[Asked]) -> dict[str, list[Asked]]:
    return {name: [one for one in every if one.question.verdict is value] for value, (_, _, name) in VERDICTS.items()}


def _symptoms(frame: Frame, every: Sequence[Asked]) -> Html | None:
    """By what was seen, the most frequent symptom first; those that are rare are named."""
    found: dict[str, list[Asked]] = {}
    for asked in every:
        for label in frame.edition.themes.symptoms.get(asked.entry.id, ())[:_OF_ENTRY]:
            found.setdefault(label, []).append(asked)
    incidents = {label: len({asked.entry.id for asked in several}) for label, several in found.items()}
    often = sorted(found, key=lambda label: (-incidents[label], label))
    shown = {label[:1].upper() + label[1:]: found[label] for label in often[:_SYMPTOMS]}
    return join(_groups(frame, "symptom", shown, _BY_SYMPTOM), _rare(frame, often[_SYMPTOMS:]))


def _rare(frame: Frame, labels: Sequence[str]) -> Html | None:
    if not labels:
        return None
    links = (join(", " if at else None, el("a", one, href=frame.search(one))) for at, one in enumerate(labels))
    return el("p", "Rarer symptoms, to search for: ", links, ".", class_="kb-rest")


def _how_early(frame: Frame, every: Sequence[Asked]) -> Html | None:
    """How soon after the start the questions came, and the best of each stretch."""
    groups = _by_time(every)
    if not any(several for name, several in groups.items() if name != _UNKNOWN):
        return None
    unknown = groups.pop(_UNKNOWN)
    rest = f"{count(len(unknown), 'question')} without a time; kb ask writes it down." if unknown else None
    lists = _groups(frame, "time", groups, _BY_TIME)
    return join(_cracked_when(frame, groups), lists, el("p", rest, class_="kb-rest") if rest else None)


def _by_time(every: Sequence[Asked]) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = {name: [] for name in (*(name for name, _ in _EARLY), _UNKNOWN)}
    for asked in every:
        after = asked.after
        name = _UNKNOWN if after is None else next(name for name, end in _EARLY if after <= end)
        found[name].append(asked)
    return found


def _cracked_when(frame: Frame, groups: Mapping[str, Sequence[Asked]]) -> Html | None:
    """The team's own figures: when the question came that cracked it."""
    own = {name: [one for one in several if not _library(frame, one)] for name, several in groups.items()}
    cracked = {name: [a for a in several if a.question.verdict is Verdict.CRACKED] for name, several in own.items()}
    middle = spread(asked.after for several in cracked.values() for asked in several)
    if middle is None:
        return None
    line = f"Half of the questions that cracked it came within {span(middle.median)} (n = {middle.n}, our own only): "
    counts = ", ".join(f"{name[0].lower()}{name[1:]} {len(several)}" for name, several in cracked.items())
    return el("p", icon("star"), el("span", line, counts, "."), class_="kb-note kb-star")


def _home_row(asked: Asked, frame: Frame) -> Html:
    entry, question = asked.entry, asked.question
    notes = [entry.company, short(entry.title, 90), f"asked {span(asked.after)} in" if asked.after else ""]
    text = el("span", short(question.text, 300), class_="kb-ql__q")
    href = frame.entry(entry.id, f"q-{question.id}" if question.id else "")
    return el("li", el("a", text, el("small", " · ".join(filter(None, notes))), href=href), class_="kb-ql__row")


def cracked_rows(frame: Frame, most: int) -> list[Html]:
    """The questions that cracked the newest incidents; from the library where the team's own are too few."""
    cracked = (
        Asked(question, one)
        for one in (*frame.edition.incidents, *frame.edition.library)
        if (question := cracking(one))
    )
    told = merged(cracked, lambda asked: asked.question.text, frame.edition.themes.repeated)
    return [_home_row(several[0], frame) for several in told[:most]]
