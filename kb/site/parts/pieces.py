"""Parts that several pages share: similar incidents, questions, lessons, follow-up, facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from kb.model import (
    OPEN_STATUSES,
    Answer,
    Entry,
    Incident,
    Item,
    Lesson,
    LessonKind,
    Match,
    Question,
    Suggestion,
    Verdict,
)
from kb.model.dating import began
from kb.model.metrics import recovery_time
from kb.site.parts.frame import Frame
from kb.site.parts.html import Child, Html, el, hidden, icon, join
from kb.site.parts.pills import verdict
from kb.site.parts.words import anchor, clock, date_words, day, gist, local_date, short, span

Month = tuple[int, int]
"""A year and a month of it."""

_LESSON = {
    LessonKind.LEARNED: "Learned",
    LessonKind.WELL: "Went well",
    LessonKind.WRONG: "Went wrong",
    LessonKind.LUCKY: "Got lucky",
}


def date_of(entry: Entry) -> str:
    """The day an entry belongs to: `12 Mar 2019`; empty when unknown."""
    moment = began(entry)
    if moment:
        return day(moment, entry.timezone)
    return ""


def month_of(entry: Entry) -> Month | None:
    """The year and month an entry belongs to, where it happened; None when unknown."""
    moment = began(entry)
    day_ = local_date(moment, entry.timezone) if moment else None
    return (day_.year, day_.month) if day_ else None


def fact(picture: str, *children: Child) -> Html:
    """One thing in the row below a title."""
    return el("span", icon(picture), el("span", *children))


def listed(links: Iterable[Html]) -> Html:
    """Names or links one after the other, with commas."""
    return join(*(join(", " if at else None, link) for at, link in enumerate(links)))


def first(what: str, command: str) -> Html:
    """What a list says that has nothing in it yet: that it is so, and the command that makes the first."""
    return el("p", f"{what} ", el("code", command), " makes the first.", class_="kb-none")


def tags(frame: Frame, entry: Entry) -> Html | None:
    """The entry's tags, each leading to what else has it."""
    if not entry.tags:
        return None
    links = (el("a", name, href=frame.page("tags", f"tag-{anchor(name)}")) for name in entry.tags)
    return el("div", el("p", icon("tag"), hidden("Tags: "), links), class_="kb-tags")


def cards(frame: Frame, matches: Iterable[Match], *, compact: bool = False) -> Html:
    """Past incidents that resemble this one, each with why.

    Args:
        compact: in fewer words and without frames.
    """
    most = 2 if compact else 5
    kind = "kb-sims kb-sims--compact" if compact else "kb-sims"
    return el("div", (_card(frame, match, most) for match in matches), class_=kind)


def _card(frame: Frame, match: Match, most: int) -> Html:
    """Always in the same order, so that it is read in a second: looked like, cracked by, fixed by, why it is here."""
    card = match.entry
    symptoms = short(" · ".join(text.rstrip(".") for text in card.looked_like[:most]), 140 * most)
    return el(
        "article",
        el("header", frame.link(card.id, card.title), el("small", " · ".join(_about(match)))),
        _line("eye", "Looked like", symptoms),
        _line("star", "Cracked by", f"“{card.cracked_by}”" if card.cracked_by else "", "kb-sim__q"),
        _line("wrench", "Fixed by", gist(card.fixed_by or "")),
        el("footer", el("em", "Why"), (el("span", one) for one in match.reasons[:most])) if match.reasons else None,
        class_="kb-sim",
    )


def _about(match: Match) -> list[str]:
    card = match.entry
    who = card.company or ", ".join(card.services[:3])
    going_on = "still open" if card.status in OPEN_STATUSES and not card.library else ""
    left = len(card.open_actions)
    to_do = f"{left} action{'' if left == 1 else 's'} still open" if left and not card.library else ""
    fit = f"{match.fit} match"
    return [part for part in (_date(card.started), who, card.severity.upper(), going_on, to_do, fit) if part]


def _date(started: str) -> str:
    try:
        return date_words(date.fromisoformat(started[:10]))
    except ValueError:
        return ""


def _line(picture: str, label: str, text: str, kind: str | None = None) -> Html | None:
    if not text:
        return None
    return el("p", icon(picture), el("span", el("b", label), " ", text), class_=kind)


def ask_list(frame: Frame, suggestions: Iterable[Suggestion]) -> Html:
    """Questions to tick off, those that cracked it elsewhere first; the browser remembers the ticks."""
    rows = (
        el(
            "li",
            el("label", el("input", type="checkbox"), el("span", one.text, class_="kb-ask__q")),
            el("small", _where(frame, one)),
        )
        for one in suggestions
    )
    return el("ul", rows, class_="kb-ask", data_kb_ask=True)


def _where(frame: Frame, one: Suggestion) -> Html:
    if not one.asked_in:
        return join(*one.reasons[:1])
    word = {Verdict.CRACKED: "cracked", Verdict.LEAD: "a lead in"}.get(one.verdict, "asked in")
    names = one.asked_in[:2]
    more = f" and {len(one.asked_in) - 2} more" if len(one.asked_in) > 2 else None
    links = [join(", " if at else None, frame.link(name)) for at, name in enumerate(names)]
    return join(f"{word} ", *links, more)


def question_list(frame: Frame, entry: Entry) -> Html | None:
    """Every question in the order it was written, with its answers and its verdict."""
    if not entry.questions:
        return None
    return el("ol", (_question(frame, entry, question) for question in entry.questions), class_="kb-qs")


def _question(frame: Frame, entry: Entry, question: Question) -> Html:
    asked = [question.asked_by, clock(question.at, entry.timezone) if question.at else ""]
    return el(
        "li",
        el("div", frame.inline(question.text), class_="kb-q__t"),
        verdict(question.verdict),
        el("div", " · ".join(filter(None, asked)), class_="kb-q__by") if any(asked) else None,
        el("ul", (_answer(frame, entry, answer) for answer in question.answers)) if question.answers else None,
        class_=f"kb-q kb-q--{question.verdict.value.split()[0]}",
        id=f"q-{question.id}" if question.id else None,
    )


def _answer(frame: Frame, entry: Entry, answer: Answer) -> Html:
    said = [answer.by, clock(answer.at, entry.timezone) if answer.at else ""]
    evidence = el("pre", el("code", answer.evidence)) if "\n" in answer.evidence else None
    one_line = frame.inline(answer.evidence) if answer.evidence and evidence is None else None
    return el(
        "li",
        el("div", frame.inline(answer.text), " ", el("span", " · ".join(filter(None, said)), class_="kb-by")),
        el("div", el("b", "Evidence"), " ", one_line, class_="kb-evidence") if one_line else None,
        evidence,
    )


def lesson_list(frame: Frame, lessons: Sequence[Lesson]) -> Html | None:
    """What was learned large, then what went well, went wrong and was luck."""
    if not lessons:
        return None
    learned = [one for one in lessons if one.kind is LessonKind.LEARNED]
    rest = [one for one in lessons if one.kind is not LessonKind.LEARNED]
    large = (el("li", frame.inline(one.text), id=_lesson_place(one)) for one in learned)
    small = (
        el(
            "li",
            el("b", _LESSON[one.kind], class_=f"kb-was kb-was--{one.kind}"),
            " ",
            el("span", frame.inline(one.text)),
            id=_lesson_place(one),
        )
        for one in rest
    )
    return join(
        el("ul", large, class_="kb-lessons") if learned else None,
        el("ul", small, class_="kb-wents") if rest else None,
    )


def _lesson_place(lesson: Lesson) -> str | None:
    return f"l-{lesson.id}" if lesson.id else None


def item_list(frame: Frame, items: Sequence[Item], kind: str = "") -> Html | None:
    """Symptoms, factors, what is expected to run."""
    if not items:
        return None
    return el("ul", (el("li", frame.inline(item.text)) for item in items), class_=f"kb-items {kind}".strip())


def link_list(frame: Frame, entry: Entry) -> Html | None:
    """The entry's links and its source; ids of other entries lead to them."""
    rows = [el("li", frame.inline(_linked(frame, item.text))) for item in entry.links]
    if entry.source:
        label = f"Original report{f' by {entry.company}' if entry.company else ''}"
        safe = entry.source.startswith(("https://", "http://"))
        rows.insert(0, el("li", el("a", label, href=entry.source, rel="noopener noreferrer") if safe else entry.source))
    return el("ul", rows, class_="kb-items") if rows else None


def _linked(frame: Frame, text: str) -> str:
    words = []
    for word in text.split(" "):
        known = frame.edition.by_id.get(word.strip(".,;:()"))
        name, title = (known.entry.id, _plain(known.entry.title)) if known else ("", "")
        words.append(word.replace(name, f"[{title}]({name}.md)") if name else word)
    return " ".join(words)


def _plain(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_[]<>" else c for c in text)


def cracking(incident: Entry) -> Question | None:
    """The first question that cracked it."""
    return next((question for question in incident.questions if question.verdict is Verdict.CRACKED), None)


def lasted(incident: Incident) -> str:
    """How long it hurt: until mitigation, or until resolution."""
    seconds = recovery_time(incident)
    return span(seconds) if seconds else ""
