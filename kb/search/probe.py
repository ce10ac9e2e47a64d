"""What is asked, as weighted tokens: made from a text or from an entry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kb.model import OPEN_STATUSES, Entry, Incident
from kb.search import ranking, spelling
from kb.search.analysis import Token, informative, normal, tokens
from kb.search.concepts import Vocabulary
from kb.search.documents import TALK, Document, named, plain, shown, words
from kb.search.source import Source

MOST = 64
"""How many tokens are looked up at most: of a pasted alert, those that say most."""
MOST_OF_ENTRY = 100
"""The same when a whole entry asks."""
LONG = 16384
"""Characters of a pasted text that are read."""
MOST_OF_A_WORD = 40
"""What the tokens one word of a query stands behind may weigh together."""
FINE = 60
"""Weights are divided after they are multiplied by this, so that little is lost in rounding."""
_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Probe:
    """A query ready to be scored.

    Args:
        weights: its tokens with their weights.
        said: for each token that may be given as a reason, the words of the query that say it.
        places: for each token, where in the query it is said.
        any_of: for each token that stands for several words, those words.
        most: how many tokens are looked up at most.
        whole: a whole entry asks; entries that say many things are held back.
        own: its own impacts, when a whole entry asks.
    """

    weights: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    places: dict[str, set[int]] = field(default_factory=dict)
    any_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    most: int = MOST
    whole: bool = False
    own: Mapping[str, int] = field(default_factory=dict)

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
        """Let no word of the query speak through so many tokens (itself, its like, concepts) that it
        drowns the others: together they weigh `MOST_OF_A_WORD` at most."""
        mass: dict[int, int] = {}
        for token, places in self.places.items():
            for place in places:
                mass[place] = mass.get(place, 0) + self.weights[token] * FINE // len(places)
        for token, places in self.places.items():
            shares = [min(1000, MOST_OF_A_WORD * FINE * 1000 // max(1, mass[place])) for place in places]
            share = sum(shares) // len(shares) if shares else 1000
            self.weights[token] = max(1, self.weights[token] * FINE * share // 1000)


def from_text(text: str, source: Source, vocabulary: Vocabulary) -> Probe:
    """What a text asks for: its words, words that mean alike, the concepts it says, and the services and systems of the
    base it names."""
    text = normal(text[:LONG])
    typed = tokens(text)
    found = spelling.mend(typed, source, vocabulary)
    probe = Probe()
    _words(probe, text, found, vocabulary, frozenset(typed))
    _concepts(probe, text, found, vocabulary)
    _alike(probe, text, found, vocabulary)
    probe.balance()
    whole = f"-{dashed(text)}-"
    for kind in ("@service:", "@system:"):
        for token in source.terms(kind):
            name = token.removeprefix(kind)
            if f"-{name}-" in whole:
                probe.add(token, ranking.NAMED * FINE, name)
    return probe


def so_far(entry: Entry) -> str:
    """What is known of an incident while nothing explains it: what is seen. Nothing once something does, for then how
    it broke says more; nothing of other entries."""
    if not isinstance(entry, Incident) or entry.root_cause or entry.contributing_factors or entry.resolution:
        return ""
    if entry.status not in OPEN_STATUSES or entry.sections:
        return ""
    seen = [entry.title, *(item.text for item in entry.symptoms), entry.summary, entry.lead, entry.impact]
    seen += [event.text for event in entry.timeline]
    once = [text for text in dict.fromkeys(seen) if not any(text in other and text != other for other in seen)]
    return plain("\n\n".join(once))


def from_so_far(entry: Entry, source: Source, vocabulary: Vocabulary) -> Probe:
    """What an incident asks for while nothing explains it: as a text does, and for its services and systems."""
    probe = from_text(so_far(entry), source, vocabulary)
    for token in named(entry):
        kind, _, name = token.partition(":")
        probe.add(token, ranking.NAMED_BY_ENTRY[kind] * FINE, name)
    if isinstance(entry, Incident) and entry.deployments:
        probe.add("~after-deployment", ranking.CONCEPT["change"] * FINE, entry.deployments[0].id)
    return probe


def dashed(text: str) -> str:
    """A text's ASCII letters and digits in lower case, hyphens for what stands between: names are written so."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub("-", plain).strip("-")


def from_document(document: Document, vocabulary: Vocabulary) -> Probe:
    """What an entry asks for when others like it are sought: everything it says, weighed by what kind of thing it is
    and by how strongly the entry says it."""
    asked = ((token, weight_of(token, vocabulary) * impact) for token, impact in document.impacts.items())
    weights = {token: weight for token, share in asked if (weight := share * FINE // ranking.SCALE)}
    forms = dict(zip(words(document.impacts), document.forms.split("\n"), strict=False))
    said = {token: form for token in weights if (form := _said(token, document, forms))}
    return Probe(weights, said, most=MOST_OF_ENTRY, whole=True, own=document.impacts)


def _said(token: str, document: Document, forms: Mapping[str, str]) -> str:
    """How an entry says one of its tokens."""
    if token[0] == "~":
        return document.said.get(token[1:], "")
    return token.partition(":")[2] if token[0] == "@" else forms[token]


def weight_of(token: str, vocabulary: Vocabulary) -> int:
    """The weight of a token when a whole entry asks."""
    if token == TALK:
        return 0
    if token[0] == "~":
        return ranking.CONCEPT_OF_ENTRY[vocabulary.concepts[token[1:]].kind]
    if token[0] == "@":
        return ranking.NAMED_BY_ENTRY[token.partition(":")[0]]
    return ranking.WEAK if token in vocabulary.weak else ranking.WORD


def _words(probe: Probe, text: str, found: list[Token], vocabulary: Vocabulary, typed: frozenset[Token]) -> None:
    """Words as they were typed; one whose spelling was mended as it was found, for only that is on both sides."""
    for token in found:
        if informative(token.text):
            weight = ranking.WEAK if token.text in vocabulary.weak else ranking.WORD
            shown_as = text[token.start : token.end] if token in typed else token.text
            probe.add(token.text, weight, shown_as, (token.at,))


def _concepts(probe: Probe, text: str, found: list[Token], vocabulary: Vocabulary) -> None:
    telling = [token for token in found if informative(token.text)]
    for name, start, end in vocabulary.find(found):
        places = {token.at for token in telling if start <= token.start and token.end <= end}
        probe.add("~" + name, ranking.CONCEPT[vocabulary.concepts[name].kind], shown(text[start:end]), places)


def _alike(probe: Probe, text: str, found: list[Token], vocabulary: Vocabulary) -> None:
    """Ask for the words that mean the same as those of the query, as if each group of them were one word."""
    for token in found:
        if informative(token.text):
            for number in vocabulary.groups.get(token.text, ()):
                probe.add(f"={number}", ranking.ALIKE, text[token.start : token.end], (token.at,))
                probe.any_of[f"={number}"] = vocabulary.alike[number]
