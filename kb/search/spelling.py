"""Spelling against the words of the base and of the vocabulary.

A word is only doubted when no entry holds it and the vocabulary does not know it. Short words are only mended where two
letters changed places, or one was left out: *black* must not become *back*.
"""

from __future__ import annotations

import re
from itertools import chain

from kb.search.analysis import Token, informative
from kb.search.concepts import Vocabulary
from kb.search.source import Source

MOST_TOKENS = 40
"""In longer texts nothing is mended: a pasted alert is full of names nobody has seen."""
_LETTERS = re.compile(r"[a-z]{4,}")


def mend(found: list[Token], source: Source, vocabulary: Vocabulary) -> list[Token]:
    """The same tokens, misspelt ones replaced by the word of the base, or of the vocabulary, that is meant."""
    if len(found) > MOST_TOKENS:
        return found
    known = vocabulary.known
    return [_mended(token, source, known) if _doubtful(token, source, known) else token for token in found]


def distance(one: str, other: str, most: int) -> int:
    """How many letters must be changed, added, left out or swapped with their neighbour; above `most`, `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i] + [0] * len(other)
        for j, b in enumerate(other, 1):
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], before[j - 2] + 1)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)


def _doubtful(token: Token, source: Source, known: frozenset[str]) -> bool:
    text = token.text
    return bool(_LETTERS.fullmatch(text)) and informative(text) and text not in known and not source.postings(text)


def _mended(token: Token, source: Source, known: frozenset[str]) -> Token:
    word, typed = token.text, token.end - token.start
    most = 2 if typed >= 9 else 1
    best: tuple[int, int, bool, str] | None = None
    for candidate in chain(source.terms(word[0]), known):
        if candidate[0] != word[0] or abs(len(candidate) - len(word)) > most or not _LETTERS.fullmatch(candidate):
            continue
        far = distance(word, candidate, most)
        if far > most or (typed < 6 and not _slip(word, candidate)) or (far > 1 and candidate[1] != word[1]):
            continue
        rank = (far, -len(source.postings(candidate)), len(candidate) != len(word), candidate)
        if best is None or rank < best:
            best = rank
    return token._replace(text=best[3]) if best else token


def _slip(word: str, candidate: str) -> bool:
    """Two neighbours swapped, or a letter of a word of five left out."""
    if len(word) == len(candidate):
        return sorted(word) == sorted(candidate)
    return len(word) == 5 and len(candidate) == 6
