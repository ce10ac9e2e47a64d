"""Why an entry was found, in words: at most four reasons, the strongest first.

A reason only names what is on both sides: a token of the query that the entry holds too.
"""

from __future__ import annotations

from collections.abc import Mapping

from kb.search.concepts import Concept, Vocabulary
from kb.search.probe import Probe
from kb.search.query import Query

MOST = 4
MOST_WORDS = 5
MOST_ALIKE = 3
_NAMED = {
    "@service": "same service: {}", "@system": "same system: {}", "@tag": "same tag: {}",
    "@began": "both began at the same part of the day: {}",
}  # fmt: skip
NEAR = "close in meaning, in other words"


def give(
    shared: Mapping[str, int], probe: Probe, said: Mapping[str, str], vocabulary: Vocabulary, near: int = 0
) -> tuple[str, ...]:
    """The reasons for a hit.

    Args:
        shared: the tokens both sides hold, with what each gave to the score.
        said: for each concept, the words of the entry that say it.
        near: what its meaning gave to the score.
    """
    direct = [(token, gave) for token, gave in shared.items() if token in probe.said]
    direct.sort(key=lambda item: -item[1])
    why = _Why(said, vocabulary)
    for token, gave in direct:
        words = probe.said[token]
        if token.startswith("~"):
            why.concept(token[1:], words, gave)
        elif token.startswith("="):
            if not any(word in shared and word in probe.said for word in probe.any_of[token]):
                why.alike(words, gave)
        elif token.startswith("@"):
            why.found.append((gave * 2, _NAMED[token.partition(":")[0]].format(words)))
        else:
            why.word(words, gave)
    if near:
        why.found.append((near // 2, NEAR))
    return why.strongest()


def filtered(query: Query) -> tuple[str, ...]:
    """Why an entry passed filters: what was asked of it."""
    why = [" or ".join(name.replace(":", ": ", 1) for name in group) for group in query.facets]
    if query.since is not None or query.until is not None:
        why.append("began in the time asked for")
    return tuple((why or ["passes the filters"])[:MOST])


class _Why:
    """Collects the reasons for one hit, from the strongest token to the weakest."""

    def __init__(self, said: Mapping[str, str], vocabulary: Vocabulary) -> None:
        self.said = said
        self.vocabulary = vocabulary
        self.found: list[tuple[int, str]] = []
        self.given: list[Concept] = []
        self.quoted: set[str] = set()
        self.words: list[str] = []
        self.worth = 0
        self.others: list[str] = []
        self.others_worth = 0

    def word(self, word: str, gave: int) -> None:
        """A shared word; parts of words that are named already are left out."""
        self.worth = max(self.worth, gave)
        low = word.lower()
        if len(self.words) < MOST_WORDS and not any(low in other.lower() for other in self.words):
            self.words = [other for other in self.words if other.lower() not in low] + [word]

    def alike(self, word: str, gave: int) -> None:
        """A word of the query that the entry says in another way."""
        if len(self.others) < MOST_ALIKE and not any(word in other for other in self.others):
            self.others_worth = max(self.others_worth, gave)
            self.others.append(word)

    def concept(self, name: str, asked: str, gave: int) -> None:
        """A shared concept: a symptom or mechanism says more than a word, a mere thing says less."""
        concept = self.vocabulary.concepts.get(name)
        reason = concept and self.both(concept, asked)
        if concept and reason:
            self.given.append(concept)
            self.found.append((gave // 2 if concept.kind == "thing" else gave * 2, reason))

    def both(self, concept: Concept, asked: str) -> str | None:
        """The reason for a shared concept; None when a narrower one has said it already."""
        if any(concept.name in other.broader for other in self.given):
            return None
        if concept.says:
            return concept.says
        words = self.said.get(concept.name) or self.narrower(concept)
        quotes = f'("{asked}" / "{words}")' if words else f'("{asked}")'
        if quotes.lower() in self.quoted:
            return None
        self.quoted.add(quotes.lower())
        return f"both: {concept.label} {quotes}"

    def narrower(self, concept: Concept) -> str | None:
        """The entry's words for a case of the concept, when it does not say the concept itself."""
        for name, words in self.said.items():
            if name in self.vocabulary.concepts and concept.name in self.vocabulary.concepts[name].broader:
                return words
        return None

    def strongest(self) -> tuple[str, ...]:
        """The reasons worth giving."""
        if self.words:
            self.found.append((self.worth, f"shared words: {', '.join(self.words)}"))
        if self.others:
            self.found.append((self.others_worth // 2, f"in other words: {', '.join(self.others)}"))
        self.found.sort(key=lambda item: -item[0])
        return tuple(reason for _, reason in self.found[:MOST])
