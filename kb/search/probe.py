"""What is asked, as weighted tokens: made from a text or from an entry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from kb.model import Entry, Incident
from kb.search import ranking, spelling
from kb.search.analysis import Token, informative, normal, tokens
from kb.search.concepts import Vocabulary
from kb.search.documents import named, parts, plain, shown
from kb.search.source import Source

MOST = 64
"""How many tokens are looked up at most: of a pasted alert, those that say most."""
LONG = 16384
"""Characters of a pasted text that are read."""
MOST_OF_A_WORD = 2 * ranking.WORD
"""What the tokens one word of a query stands behind may weigh together."""
FINE = 60
"""Weights are divided after they are multiplied by this, so that little is lost in rounding."""
WORDS = 60
"""Percent of its weight a word gets when a whole entry asks: its concepts say more."""
PERCENT = {
    "title": 100, "symptoms": 100, "summary": 100, "trigger": 100, "cause": 100, "factors": 70, "tags": 70,
    "impact": 60, "lead": 60, "body": 60, "questions": 40, "timeline": 40, "resolution": 30,
}  # fmt: skip
"""How much what stands in a field counts when a whole entry asks."""
_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Probe:
    """A query ready to be scored.

    Args:
        weights: its tokens with their weights.
        said: for each token that may be given as a reason, the words of the query that say it.
        places: for each token, where in the query it is said.
    """

    weights: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    places: dict[str, set[int]] = field(default_factory=dict)

    def add(self, token: str, weight: int, words: str = "", places: Iterable[int] = ()) -> None:
        """Ask for a token; asked twice, the greater weight holds."""
        if weight <= 0:
            return
        if weight > self.weights.get(token, 0):
            self.weights[token] = weight
        if words:
            self.said.setdefault(token, words)
        self.places.setdefault(token, set()).update(places)

    def balance(self) -> None:
        """Let no word of the query speak through so many tokens (itself, concepts, what those are a case of) that it
        drowns the others: together they weigh `MOST_OF_A_WORD` at most."""
        mass: dict[int, int] = {}
        for token, places in self.places.items():
            for place in places:
                mass[place] = mass.get(place, 0) + self.weights[token] * FINE // len(places)
        for token, places in self.places.items():
            shares = [min(1000, MOST_OF_A_WORD * FINE * 1000 // mass[place]) for place in places]
            share = sum(shares) // len(shares) if shares else 1000
            self.weights[token] = max(1, self.weights[token] * FINE * share // 1000)


def from_text(text: str, source: Source, vocabulary: Vocabulary) -> Probe:
    """What a text asks for: its words, the concepts it says, what those are a case of or related to, and the services
    and systems of the base it names."""
    text = normal(text[:LONG])
    typed = tokens(text)
    found = spelling.mend(typed, source, vocabulary)
    probe = Probe()
    _words(probe, text, found, vocabulary, 100, frozenset(typed))
    _concepts(probe, text, found, vocabulary, 100)
    probe.balance()
    whole = f"-{dashed(text)}-"
    for kind in ("@service:", "@system:"):
        for token in source.terms(kind):
            name = token.removeprefix(kind)
            if f"-{name}-" in whole:
                probe.add(token, ranking.NAMED * FINE, name)
    return probe


def dashed(text: str) -> str:
    """A text's ASCII letters and digits in lower case, hyphens for what stands between: names are written so."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub("-", plain).strip("-")


def from_entry(entry: Entry, vocabulary: Vocabulary) -> Probe:
    """What an entry asks for when others like it are sought."""
    probe = Probe()
    for part in parts(entry):
        percent = PERCENT.get(part.field, 0)
        if percent:
            text = plain(part.text)
            found = tokens(text)
            _words(probe, text, found, vocabulary, percent * WORDS // 100, frozenset(found))
            _concepts(probe, text, found, vocabulary, percent)
    for token in named(entry):
        probe.add(token, ranking.NAMED, token.partition(":")[2])
    if isinstance(entry, Incident) and entry.deployments:
        probe.add("~after-deployment", ranking.CONCEPT["change"], entry.deployments[0].id)
    return probe


def _words(
    probe: Probe, text: str, found: list[Token], vocabulary: Vocabulary, percent: int, typed: frozenset[Token]
) -> None:
    """Words as they were typed; one whose spelling was mended as it was found, for only that is on both sides."""
    for token in found:
        if informative(token.text):
            weight = ranking.WEAK if token.text in vocabulary.weak else ranking.WORD
            shown_as = text[token.start : token.end] if token in typed else token.text
            probe.add(token.text, weight * percent // 100, shown_as, (token.at,))


def _concepts(probe: Probe, text: str, found: list[Token], vocabulary: Vocabulary, percent: int) -> None:
    telling = [token for token in found if informative(token.text)]
    for name, start, end in vocabulary.find(found):
        concept = vocabulary.concepts[name]
        weight = ranking.CONCEPT[concept.kind] * percent // 100
        words = shown(text[start:end])
        places = {token.at for token in telling if start <= token.start and token.end <= end}
        probe.add("~" + name, weight, words, places)
        for other in concept.broader:
            probe.add("~" + other, weight * ranking.BROADER // 100, words, places)
        for other in concept.related:
            probe.add("~" + other, weight * ranking.RELATED // 100, "", places)
