"""Which question to ask now: those that helped in similar incidents, then general ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kb.model import Entry, PastQuestion, Suggestion, Verdict
from kb.search import finder
from kb.search.alike import alike, telling
from kb.search.concepts import Vocabulary
from kb.search.source import Source

WORTH = {Verdict.CRACKED: 100, Verdict.LEAD: 60, Verdict.OPEN: 25, Verdict.DEAD_END: 12}
"""What a question is worth by what it turned out to be, in percent of how similar its incident is."""
AGAIN = 20
"""Percent of its worth that the same question, asked in another incident too, adds."""
INCIDENTS = 20
"""How many similar incidents are asked for their questions."""
FURTHER = 80
"""Percent of its worth that each further question of one incident keeps: several incidents are heard first."""
LEAST = 250
"""Incidents less than this fit, in thousandths of the best one's, are not asked."""
MOST_REASONS = 3
MEETING = "the meeting before a deployment"
"""The heading in the bank under which its questions stand."""
_HELPED = {
    Verdict.CRACKED: "cracked",
    Verdict.LEAD: "a lead in",
    Verdict.DEAD_END: "a dead end in",
    Verdict.OPEN: "asked in",
}
_STARTER = 1


@dataclass(slots=True)
class _Candidate:
    """A question and what speaks for it."""

    text: str
    verdict: Verdict
    worth: int
    tokens: frozenset[str]
    asked_in: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def suggest(
    source: Source,
    vocabulary: Vocabulary,
    about: str | Entry,
    limit: int = 10,
    exclude: frozenset[str] = frozenset(),
    near: finder.Near | None = None,
) -> list[Suggestion]:
    """The questions worth asking, the best first.

    Args:
        about: what is seen, or the incident; what it has asked already is left out.
        exclude: ids of incidents not to learn from.
        near: tells how near each entry is in meaning, where a model for it is installed.
    """
    probe, ranked = finder.ranked(source, vocabulary, about, INCIDENTS, exclude, near)
    asked = [] if isinstance(about, str) else [telling(question.text) for question in about.questions]
    found: list[_Candidate] = []
    top = ranked.docs[0][1] if ranked.docs else 1
    for doc, score in ranked.docs:
        share = score * 1000 // top
        if share >= LEAST:
            card = source.stored(doc).card
            _learn(found, asked, card.id, card.questions, share)
    found.sort(key=lambda candidate: -candidate.worth)
    said = [token[1:] for token in probe.said if token.startswith("~")]
    for text, concept in starters(said):
        if len(found) >= limit:
            break
        tokens = telling(text)
        if not _among(tokens, [c.tokens for c in found]) and not _among(tokens, asked):
            why = f"a general question for: {vocabulary.concepts[concept].label}" if concept else "a general question"
            found.append(_Candidate(text, Verdict.OPEN, _STARTER, tokens, [], [why]))
    return _suggestions(found, limit)


def for_meeting(past: Iterable[tuple[str, Iterable[PastQuestion], int]], limit: int) -> list[Suggestion]:
    """The questions worth asking before a deployment: those that helped before, then those for any such meeting.

    Args:
        past: ids of past entries with their questions, and how much each has to do with the deployment, in thousandths.
    """
    found: list[_Candidate] = []
    for name, asked, share in past:
        helpful = [question for question in asked if question.verdict in (Verdict.CRACKED, Verdict.LEAD)]
        _learn(found, [], name, helpful, share)
    found.sort(key=lambda candidate: -candidate.worth)
    for text in bank()[MEETING]:
        tokens = telling(text)
        if len(found) < limit and not _among(tokens, [c.tokens for c in found]):
            found.append(_Candidate(text, Verdict.OPEN, _STARTER, tokens, [], ["a question for any deployment"]))
    return _suggestions(found, limit)


def _suggestions(found: list[_Candidate], limit: int) -> list[Suggestion]:
    return [
        Suggestion(c.text, c.verdict, tuple(c.asked_in), c.worth / 1000, tuple(c.reasons[:MOST_REASONS]))
        for c in found[: max(0, limit)]
    ]


def starters(said: Iterable[str]) -> list[tuple[str, str]]:
    """The starter questions for what is said: those for its concepts in the order they are said, then the general ones.

    Args:
        said: names of concepts.
    """
    questions = bank()
    wanted = [name for name in said if name and name in questions]
    return [(text, name) for name in [*wanted, ""] for text in questions[name]]


def helped(name: str, question: PastQuestion) -> str:
    """Where a question helped and how long into it: `cracked 2019-03-12-all-applications-down, asked 30 min in`."""
    what = _HELPED[question.verdict]
    seconds = question.seconds_in
    if seconds is None or seconds < 0:
        return f"{what} {name}"
    return f"{what} {name}, asked {_after(int(seconds))} in"


def _learn(
    found: list[_Candidate], asked: list[frozenset[str]], name: str, questions: Iterable[PastQuestion], share: int
) -> None:
    for question in sorted(questions, key=lambda one: -WORTH[one.verdict]):
        tokens = telling(question.text)
        if not tokens or _among(tokens, asked):
            continue
        worth = share * WORTH[question.verdict] // 100
        share = share * FURTHER // 100
        known = next((c for c in found if alike(tokens, c.tokens)), None)
        if known is None:
            known = _Candidate(question.text, question.verdict, worth, tokens)
            found.append(known)
        elif name not in known.asked_in:
            if worth > known.worth:
                known.text, known.verdict = question.text, question.verdict
            known.worth = max(known.worth, worth) + min(known.worth, worth) * AGAIN // 100
        if name not in known.asked_in:
            known.asked_in.append(name)
            known.reasons.append(helped(name, question))


def _among(tokens: frozenset[str], others: list[frozenset[str]]) -> bool:
    return any(alike(tokens, other) for other in others)


def _after(seconds: int) -> str:
    minutes = seconds // 60
    if minutes < 90:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


@cache
def bank() -> dict[str, list[str]]:
    """The starter questions by concept; the general ones under an empty name, those of a meeting under `MEETING`."""
    found: dict[str, list[str]] = {"": []}
    concept = ""
    for line in map(str.strip, Path(__file__).with_name("questions.txt").read_text(encoding="utf-8").split("\n")):
        if line.startswith("["):
            concept = line.strip("[] ")
        elif line and not line.startswith("#"):
            found.setdefault(concept, []).append(line)
    return found
