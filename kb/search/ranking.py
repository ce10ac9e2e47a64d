"""How well an entry fits what was asked: one formula, in whole numbers.

It is BM25F as described by Robertson and Zaragoza ("The Probabilistic Relevance Framework", 2009): the weighted
frequencies of all fields are summed *before* they saturate, so a word in title and body is one word said strongly, not
two words. What belongs to an entry (saturation, length) is fixed when it is indexed, as an *impact* of 1 to 15 for
each of its tokens; what belongs to the base (how rare a token is) and to the query is multiplied in when asked::

    score(entry) = sum over tokens of  weight(token in query) * rarity(token) * impact(token in entry)

Everything is rounded to whole numbers, so the browser and the terminal agree to the last digit, and the order of
summation does not matter. Lengths are measured against a fixed length rather than the average of the base: adding an
entry changes no other entry's numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

K1 = 1.4
"""How soon repetition stops counting; usual is 1.2."""
B = 0.9
"""How much long entries are held back."""
LENGTH = 150
"""The weighted length that counts as usual: some 75 words, those of title, summary and symptoms weighted."""
SCALE = 15
"""The largest impact. Sixteen steps rank as well as 256 and take a third of the room in a browser."""
RARITY = 8
"""Rarities are kept in 8ths: one entry more or less leaves nearly all of them as they are, and answers are as good
(`tests/bench/quality.py` gives the same with 64ths)."""
UNSEEN = 600
"""So many entries more are counted that hold none of the tokens: the first few of a base say little of what is rare."""

WORD = 16
WEAK = 10
"""Words that every postmortem uses (`server`, `failed`)."""
CONCEPT = {"symptom": 32, "change": 26, "mechanism": 24, "fix": 8, "thing": 16}
"""Weight of a concept in a query by its kind, where a plain word weighs `WORD`."""
CONCEPT_OF_ENTRY = {"symptom": 18, "change": 32, "mechanism": 36, "fix": 2, "thing": 14}
"""The same when a whole entry asks: how it broke counts more than how it looked."""
NAMED_BY_ENTRY = {"@service": 32, "@system": 32, "@tag": 4, "@began": 3}
"""What an entry names when it asks, and the part of the day it began in."""
TALK = 0.25
"""How much entries that say many things are held back when a whole entry asks: by their number to this power. They
share something with everybody."""
ALIKE = 16
"""A word of the entry that means alike."""
MEANING = 0.7
"""What the same meaning is worth, as a part of what a query could score at most."""
NEAR = (("strong", 0.55), ("likely", 0.45), ("weak", 0.35))
"""From what nearness on an entry fits for its meaning alone; measured as `BOUNDS`."""
UNRELATED = 0.15
"""Texts that have nothing to do with each other are still so near to each other."""
BOUNDS = (("strong", 1300), ("likely", 800), ("weak", 550))
"""From how good a fit on, in thousandths, it has which name; below the last it is no better than chance."""
BOUNDS_OF_ENTRY = (("strong", 250), ("likely", 170), ("weak", 100))
"""The same when a whole entry asks."""
ASIDE = {"library": 14, "open": 10}
"""What incidents of other companies, and those still going on, score, in 16ths: a past one of one's own tells more."""
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


@lru_cache(maxsize=65536)
def rarity(count: int, holding: int) -> int:
    """How much a token says that `holding` of `count` entries hold, in 8ths; 0 if no entry holds it.

    For the same reason as in `RARITY` only the six highest binary digits of the count are taken.
    """
    if holding <= 0:
        return 0
    total = count + UNSEEN
    total -= total % (1 << max(0, total.bit_length() - 6))
    return max(1, round(RARITY * math.log(1 + max(0.5, total - holding + 0.5) / (holding + 0.5))))


def talk(tokens: int) -> int:
    """How many things an entry says, as it is kept: 16 for each doubling, in one byte."""
    return min(255, round(16 * math.log2(max(1, tokens))))


def held_back(score: int, kept: int) -> int:
    """A score when a whole entry asks, less for entries that say many things.

    Args:
        kept: from `talk`.
    """
    return score * round(4096 * 2 ** (-TALK * kept / 16)) // 256
