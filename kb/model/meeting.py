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
_NOT = rf"(?:it )?(?:(?:did|has|have) ?n[o']t|never|not)(?: yet)? (?:happen|occur|materiali[sz]e)(?:ed)?{_END}"
_HELD = rf"(?:the |our |its )?mitigation (?:has )?(?:held|worked){_END}|held(?=$|[,;:.!()])"
_HAPPENED = rf"(?:it )?(?:has )?(?:happened|occurred){_END}"
_OUTCOMES = (
    (RiskOutcome.DID_NOT_HAPPEN, re.compile(_NOT)),
    (RiskOutcome.HELD, re.compile(rf"(?:{_HAPPENED},? (?:and |but )?)?(?:{_HELD})")),
    (RiskOutcome.HAPPENED, re.compile(_HAPPENED)),
)
_DECISIONS = (
    (Decision.NO_GO, re.compile(rf"no go{_END}")),
    (Decision.CONDITIONS, re.compile(rf"(?:go with conditions?|conditional go){_END}")),
    (Decision.GO, re.compile(r"go(?=$|[,;:.!(])")),
)


def risk_outcome(text: str) -> RiskOutcome:
    """What became of a risk, read from what a person wrote: `happened, the mitigation held: two people asked`."""
    return next((outcome for outcome, words in _OUTCOMES if words.match(_plain(text))), RiskOutcome.UNKNOWN)


def decided(text: str) -> Decision:
    """What was decided, read from what a person wrote: `go with conditions: only after 20:00`."""
    return next((decision for decision, words in _DECISIONS if words.match(_plain(text))), Decision.NONE)


def further(text: str) -> str:
    """What a person added behind the words that say how it went; all of it where they do not say."""
    said, _, more = text.partition(":")
    return more.strip() if risk_outcome(said) is risk_outcome(text) is not RiskOutcome.UNKNOWN else text.strip()


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[-_\s]+", " ", text.casefold().replace("’", "'")).split())
