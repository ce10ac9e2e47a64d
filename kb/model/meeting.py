"""What a risk meeting decides, and what became of the risks it named, as people write it down.

Both are read from the first words; whatever else a person has to say stands behind them and stays as it is.
"""

from __future__ import annotations

import re
from enum import StrEnum


class RiskOutcome(StrEnum):
    """What became of a risk; empty while nobody has said, or not in words that tell."""

    UNKNOWN = ""
    DID_NOT_HAPPEN = "did not happen"
    HELD = "mitigation held"
    HAPPENED = "happened"


class Decision(StrEnum):
    """What a meeting decides; empty while it is not known."""

    NONE = ""
    GO = "go"
    NO_GO = "no-go"
    CONDITIONS = "go with conditions"


_END = r"(?=$|[\s,;:.!()])"
_NOT = rf"(?:it )?(?:(?:did|has|have)(?: )?n[o'’]t|never|not)(?: yet)? (?:happen|occur|materiali[sz]e)(?:ed)?{_END}"
_HELD = rf"(?:the |our |its )?mitigation (?:has )?(?:held|worked){_END}|held(?=\s*(?:$|[,;:.!(]))"
_HAPPENED = rf"(?:it )?(?:has )?(?:happened|occurred){_END}"


def _words(pattern: str) -> re.Pattern[str]:
    """A pattern for the beginning of a text, in which a blank is any blank, hyphen or underscore."""
    return re.compile(rf"\s*(?:{pattern})".replace(" ", r"[-_\s]+"), re.IGNORECASE)


_OUTCOMES = (
    (RiskOutcome.DID_NOT_HAPPEN, _words(_NOT)),
    (RiskOutcome.HELD, _words(rf"(?:{_HAPPENED},?(?: and| but)? )?(?:{_HELD})")),
    (RiskOutcome.HAPPENED, _words(_HAPPENED)),
)
_DECISIONS = (
    (Decision.NO_GO, _words(rf"no go{_END}")),
    (Decision.CONDITIONS, _words(rf"(?:go with conditions?|conditional go){_END}")),
    (Decision.GO, _words(r"go(?=\s*(?:$|[,;:.!(]))")),
)


def risk_outcome(text: str) -> RiskOutcome:
    """What became of a risk, read from what a person wrote: `happened, the mitigation held: two people asked`."""
    return _read(text)[0]


def further(text: str) -> str:
    """What a person wrote behind the words that say what became of a risk; all of it where none do."""
    end = _read(text)[1]
    return text[end:].lstrip(" \t,;:.!").strip() if end else text.strip()


def decided(text: str) -> Decision:
    """What was decided, read from what a person wrote: `go with conditions: only after 20:00`."""
    return next((decision for decision, words in _DECISIONS if words.match(text)), Decision.NONE)


def _read(text: str) -> tuple[RiskOutcome, int]:
    """What became of a risk, and where the words that say so end."""
    for outcome, words in _OUTCOMES:
        if found := words.match(text):
            return outcome, found.end()
    return RiskOutcome.UNKNOWN, 0
