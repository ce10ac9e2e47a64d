"""A page to take into a meeting, as data: in the terminal, in Markdown and on the site the same stands on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.journeys.brief import After, Before, Brief, Burning, Like, Noted
from kb.model import DeploymentStatus, Relation, Suggestion, Verdict
from kb.model.meeting import RiskOutcome, risk_outcome
from kb.model.metrics import FEW
from kb.model.spoken import long, percent, span
from kb.model.standing import words

ASKED = "Ask in the meeting"
"""The part whose lines get room for an answer on paper."""
_AFTER = {
    Relation.CAUSED: "caused",
    Relation.CONTRIBUTING: "contributed to",
    Relation.SUSPECTED: "suspected of",
    Relation.RULED_OUT: "ruled out for",
}
_BECAME = {
    RiskOutcome.UNKNOWN: "wait", RiskOutcome.DID_NOT_HAPPEN: "", RiskOutcome.HELD: "ok", RiskOutcome.HAPPENED: "bad",
}  # fmt: skip
_BAD = (DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing on a page.

    Args:
        text: Markdown as it stands in an entry, or plain words.
        notes: what is to be known of it, plain, each a line of its own.
        entries: ids of the entries that say so.
        sign: star for what cracked it, bad, ok, wait, or nothing.
    """

    text: str
    notes: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page.

    Args:
        lead: a sentence above its lines.
    """

    heading: str
    lines: tuple[Line, ...] = ()
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A page."""

    title: str
    lead: str
    parts: tuple[Part, ...] = ()


def paper(brief: Brief) -> Paper:
    """A brief as a page for the risk meeting."""
    about = f"{_joined(brief.services)}{f' on {_joined(brief.systems)}' if brief.systems else ''}"
    lead = about + (f", with {brief.tool}" if brief.tool else "")
    parts = (part for part in _parts(brief) if part.lines or part.lead)
    return Paper(f"Before {brief.title}", f"{lead}." if lead else "", tuple(parts))


def _parts(brief: Brief) -> Iterator[Part]:
    yield Part("In the way", (*map(_frozen, brief.frozen), *map(_burning, brief.burning)), _override(brief))
    yield Part("After the last deployments of these services", tuple(map(_before, brief.before)), _rate(brief))
    yield Part("Incidents like this", tuple(map(_like, brief.alike)))
    yield Part("Lessons that apply", tuple(map(_noted, brief.lessons)))
    yield Part("Feared in earlier meetings", tuple(map(_feared, brief.risks)))
    yield Part("Overdue on these services", tuple(map(_late, brief.overdue)))
    yield Part("What runs there that nobody knew", tuple(_unknown(brief)))
    yield Part(ASKED, tuple(map(_asked, brief.questions)), "" if not brief.empty else _EMPTY)


_EMPTY = "Nothing is recorded of these services yet, so these are the questions to begin with."


def _rate(brief: Brief) -> str:
    share = brief.failures
    if not share.whole:
        return "" if brief.empty else "No deployment of these services is recorded yet."
    rate = f" ({percent(share)})" if share.whole > 1 else ""
    few = "; too few to call it a rate" if share.whole < FEW else ""
    return f"{share.part} of {share.whole} hurt{rate}: change failure rate, n = {share.whole}{few}."


def _override(brief: Brief) -> str:
    return f"It goes ahead all the same: {brief.override}" if brief.override else ""


def _frozen(said: str) -> Line:
    return Line(said[:1].upper() + said[1:], (), (), "bad")


def _burning(one: Burning) -> Line:
    where = "hits the same services or systems" if one.shared else "elsewhere"
    return Line(one.title, (f"{one.severity or 'severity not said'}, still open, {where}",), (one.id,), "bad")


def _before(one: Before) -> Line:
    when = one.at.local(one.timezone) if one.at else "time unknown"
    how = words(one.standing, one.timezone, verdict=False)
    notes = (f"{when} · {', '.join(one.services)} · {how}", *map(_after, one.after))
    sign = "bad" if one.standing.status in _BAD else "wait" if one.standing.status.value == "provisional" else "ok"
    return Line(one.title, notes, (one.id, *(each.id for each in one.after)), sign)


def _after(one: After) -> str:
    later = f", {span(one.seconds)} later" if one.seconds is not None else ""
    return f"{_AFTER[one.relation]}: {one.title}{later}"


def _like(one: Like) -> Line:
    notes = [" · ".join(one.reasons)]
    notes += [f"cracked by: “{one.cracked_by}”"] if one.cracked_by else []
    notes += [f"fixed by: {one.fixed_by}"] if one.fixed_by else []
    return Line(one.title, tuple(filter(None, notes)), (one.id,))


def _noted(one: Noted) -> Line:
    return Line(one.text, (one.note,) if one.note else (), (one.entry,))


def _feared(one: Noted) -> Line:
    return Line(one.text, (one.note,), (one.entry,), _BECAME[risk_outcome(one.note)])


def _late(one: Noted) -> Line:
    return Line(one.text, (f"{long(one.late_days)} late · {one.note}",), (one.entry,), "bad")


def _unknown(brief: Brief) -> Iterator[Line]:
    yield from (Line(one.text, (f"found on {one.entry}",), (one.entry,), "bad") for one in brief.unknown)
    for name in brief.unwritten:
        yield Line(
            f"Nobody has written down what is expected to run on {name}", (f"kb inventory {name} tells",), (), "wait"
        )


def _asked(one: Suggestion) -> Line:
    return Line(one.text, (" · ".join(one.reasons),), one.asked_in, "star" if one.verdict is Verdict.CRACKED else "")


def _joined(names: tuple[str, ...]) -> str:
    return ", ".join(names)
