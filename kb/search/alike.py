"""Texts that say the same in slightly other words: questions and lessons that many incidents share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from kb.search.analysis import informative, words

ALIKE = 60
"""Two texts say the same when they share this percent of their words."""


def telling(text: str) -> frozenset[str]:
    """The words a text is known by: those that say something alone, or all of them where none does."""
    every = words(text)
    return frozenset(filter(informative, every)) or frozenset(every)


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two texts, given by their words, say the same."""
    return 100 * len(one & other) >= ALIKE * len(one | other)


def repeated(texts: Iterable[str]) -> dict[str, str]:
    """Each text that says what an earlier one has said, with that one.

    Two texts alike share one of their rarest words, so each is held against few others: the time grows with the number
    of texts and not with its square.
    """
    known = {text: telling(text) for text in dict.fromkeys(texts)}
    often = Counter(word for held in known.values() for word in held)
    by_word: defaultdict[str, list[str]] = defaultdict(list)
    found: dict[str, str] = {}
    for text, held in known.items():
        least = -(-ALIKE * len(held) // 100)
        rare = sorted(held, key=lambda word: (often[word], word))[: len(held) - least + 1]
        near = dict.fromkeys(other for word in rare for other in by_word[word])
        first = next((other for other in near if alike(held, known[other])), None)
        if first is not None:
            found[text] = first
            continue
        for word in rare:
            by_word[word].append(text)
    return found
