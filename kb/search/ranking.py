"""How well an entry fits what was asked: one formula, in whole numbers.

It is BM25F as described by Robertson and Zaragoza ("The Probabilistic Relevance Framework", 2009): the weighted
frequencies of all fields are summed *before* they saturate, so a word in title and body is one word said strongly, not
two words. What belongs to an entry (saturation, length) is fixed when it is indexed, as an *impact* of 1 to 255 for
each of its tokens; what belongs to the base (how rare a token is) and to the query is multiplied in when asked::

    score(entry) = sum over tokens of  weight(token in query) * rarity(token) * impact(token in entry)

Everything is rounded to whole numbers, so the browser and the terminal agree to the last digit, and the order of
summation does not matter. Lengths are measured against a fixed length rather than the average of the base: adding an
entry changes no other entry's numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

K1 = 1.2
"""How soon repetition stops counting; the usual value."""
B = 0.6
"""How much long entries are held back."""
LENGTH = 500
"""The weighted length that counts as usual: some 250 words, those of title, summary and symptoms weighted."""
SCALE = 255
RARITY = 64
"""Rarities are kept in 64ths."""

WORD = 16
WEAK = 7
"""Words that every postmortem uses (`server`, `failed`)."""
CONCEPT = {"symptom": 20, "change": 15, "mechanism": 20, "fix": 8, "thing": 12}
"""Weight of a concept in a query by its kind, where a plain word weighs `WORD`."""
BROADER = 50
RELATED = 15
"""Percent of a concept's weight that what it is a case of, and what is often seen with it, get."""
NAMED = 16
"""A service or system of the base named in the query."""


def impacts(frequencies: Mapping[str, float], length: float) -> dict[str, int]:
    """The impacts of an entry's tokens.

    Args:
        frequencies: how often each token is said, summed over the fields with their weights.
        length: the weighted number of words of the entry.
    """
    held = K1 * (1 - B + B * length / LENGTH)
    return {token: max(1, round(SCALE * tf / (tf + held))) for token, tf in frequencies.items() if tf > 0}


def rarity(count: int, holding: int) -> int:
    """How much a token says that `holding` of `count` entries hold, in 64ths; 0 if no entry holds it."""
    if holding <= 0:
        return 0
    return max(1, round(RARITY * math.log(1 + (count - holding + 0.5) / (holding + 0.5))))
