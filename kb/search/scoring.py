"""A probe against a source: which entries fit, how well, and what each shared token gave.

The browser does the same (`kb/site/assets/kb-rank.js`), but for whole entries and for meaning.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from heapq import nlargest
from itertools import accumulate
from typing import NamedTuple

from kb.search import ranking
from kb.search.concepts import Vocabulary
from kb.search.documents import TALK
from kb.search.probe import FINE, Probe
from kb.search.source import Source

NEAREST = 100
"""So many entries are looked at for their meaning: those that share most words, and those nearest."""
POSTINGS = 20000
"""So many postings are read when a whole entry asks: in a large base its rarest tokens have to do, so that finding the
likes of every entry takes time in proportion to their number."""
_ALL = 1000


class Near(NamedTuple):
    """How near an entry is in meaning: from 0 to 1, and what that adds to its score."""

    nearness: float = 0.0
    worth: int = 0


FAR = Near()


@dataclass(frozen=True, slots=True)
class Ranking:
    """Entries in order.

    Args:
        docs: the best entries with their scores.
        total: how many entries fit in all.
        parts: what each token is worth where its impact is 1.
        impacts: for each of the best entries, the impacts of the tokens it shares with the probe.
        near: how near an entry is in meaning, where that was asked.
    """

    docs: list[tuple[int, int]]
    total: int
    parts: dict[str, int]
    impacts: dict[int, dict[str, int]]
    near: dict[int, Near]

    def shared(self, doc: int) -> dict[str, int]:
        """The tokens one of the best entries shares with the probe, with what each gave to its score."""
        return {token: self.parts[token] * impact for token, impact in self.impacts[doc].items()}


def rank(
    source: Source,
    probe: Probe,
    limit: int,
    allowed: set[int] | None = None,
    test: Callable[[int], bool] | None = None,
    nearness: Mapping[str, float] | None = None,
) -> Ranking:
    """The best entries for a probe. Only entries that share what is said itself count; relations only add to these.

    Args:
        allowed: the only entries considered, if given.
        test: asked, in order of rank, whether an entry counts.
        nearness: by id, how near an entry is in meaning, from 0 to 1.
    """
    weights = _rarest(source, probe)[0] if probe.whole else probe.weights
    postings = {token: _postings(token, source, probe) for token in weights}
    parts = _parts(source, weights, postings)
    if len(parts) > probe.most:
        parts = dict(sorted(parts.items(), key=lambda item: -item[1])[: probe.most])
    total = _summed(parts, probe, postings)
    if probe.whole:
        total = {doc: ranking.held_back(total[doc], kept) for doc, kept in source.postings(TALK) if doc in total}
    for standing, part in ranking.ASIDE.items():
        for doc in source.facet(f"aside:{standing}") & total.keys():
            total[doc] = total[doc] * part // 16
    near = _near(total, nearness, source, probe) if nearness else {}
    for doc, one in near.items():
        total[doc] = total.get(doc, 0) + one.worth
    if allowed is not None:
        total = {doc: score for doc, score in total.items() if doc in allowed}
    best, count = _best(source, total, limit, test)
    chosen = {doc for doc, _ in best}
    impacts: dict[int, dict[str, int]] = {doc: {} for doc in chosen}
    for token in parts:
        for doc, impact in postings[token]:
            if doc in chosen:
                impacts[doc][token] = impact
    return Ranking(best, count, parts, impacts, near)


def parts_of_entry(source: Source, probe: Probe) -> tuple[dict[str, int], int]:
    """What each token a whole entry is looked up by is worth where its impact is 1.

    Returns:
        Also how many postings more or less the entry's tokens may have before it is looked up by others.
    """
    weights, room = _rarest(source, probe)
    return _parts(source, weights, {token: source.postings(token) for token in weights}), room


def _parts(source: Source, weights: Mapping[str, int], postings: Mapping[str, list[tuple[int, int]]]) -> dict[str, int]:
    held = ((token, weight, len(postings[token])) for token, weight in weights.items())
    return {token: weight * ranking.rarity(source.count, holding) for token, weight, holding in held if holding}


def _rarest(source: Source, probe: Probe) -> tuple[dict[str, int], int]:
    """The tokens of a whole entry that are worth looking up, with their weights; and what room they leave."""
    holding = {token: source.holding(token) for token in probe.weights}
    worth = {token: weight * ranking.rarity(source.count, holding[token]) for token, weight in probe.weights.items()}
    best = sorted((token for token in worth if worth[token]), key=lambda token: -worth[token])[: probe.most]
    read = list(accumulate(holding[token] for token in best))
    many = bisect_right(read, POSTINGS)
    room = min((abs(POSTINGS - total) for total in read[max(0, many - 1) : many + 1]), default=0) - 1
    return {token: probe.weights[token] for token in best[: max(1, many)]}, room


def _postings(token: str, source: Source, probe: Probe) -> list[tuple[int, int]]:
    """The entries that hold a token, or any of the words it stands for."""
    words = probe.any_of.get(token)
    if words is None:
        return source.postings(token)
    most: dict[int, int] = {}
    for word in words:
        for doc, impact in source.postings(word):
            if impact > most.get(doc, 0):
                most[doc] = impact
    return list(most.items())


def _summed(parts: dict[str, int], probe: Probe, postings: dict[str, list[tuple[int, int]]]) -> dict[int, int]:
    """What each entry scores: first by what is said itself, then, where that is shared, by what only relates."""
    total: dict[int, int] = {}
    for token, part in parts.items():
        if direct(token, probe):
            for doc, impact in postings[token]:
                total[doc] = total.get(doc, 0) + part * impact
    for token, part in parts.items():
        if not direct(token, probe):
            for doc, impact in postings[token]:
                if doc in total:
                    total[doc] += part * impact
    return total


def direct(token: str, probe: Probe) -> bool:
    """Whether sharing a token makes two alike by itself; the part of the day they began in does not."""
    return token in probe.said and not token.startswith("@began:")


def _near(total: dict[int, int], nearness: Mapping[str, float], source: Source, probe: Probe) -> dict[int, Near]:
    """What meaning says of the entries that share most words, and of those nearest in meaning."""
    whole = ranking.SCALE * sum(
        weight * ranking.rarity(source.count, max(1, len(source.postings(token))))
        for token, weight in probe.weights.items()
        if token not in probe.any_of
    )
    ids = {doc: source.stored(doc).card.id for doc in nlargest(NEAREST, total, key=lambda doc: total[doc])}
    for id in nlargest(NEAREST, nearness, key=lambda id: nearness[id]):
        if nearness[id] >= ranking.NEAR[-1][1]:
            ids |= dict.fromkeys(source.facet(f"id:{id}"), id)
    near = {doc: nearness.get(id, 0.0) for doc, id in ids.items()}
    beyond = {doc: one - ranking.UNRELATED for doc, one in near.items()}
    return {doc: Near(near[doc], int(more * ranking.MEANING * whole)) for doc, more in beyond.items() if more > 0}


def _best(
    source: Source, total: dict[int, int], limit: int, test: Callable[[int], bool] | None
) -> tuple[list[tuple[int, int]], int]:
    """The best by score, equals in the order of their ids; and how many there are."""
    if test:
        total = {doc: score for doc, score in total.items() if test(doc)}
    if limit <= 0 or not total:
        return [], len(total)
    values = sorted(total.values(), reverse=True)
    least = values[min(limit, len(values)) - 1]
    near = [(doc, score) for doc, score in total.items() if score >= least]
    near.sort(key=lambda item: (-item[1], source.stored(item[0]).order))
    return near[:limit], len(total)


class Fit:
    """How well an entry fits, as a person reads it, in thousandths.

    Of a text: how much of what is said the entry holds, times how telling it is; 1000 is as much as one word that no
    other entry holds, said as strongly as can be, when nothing else is said. Of a whole entry: how much of what it
    would score itself another one scores.
    """

    def __init__(self, source: Source, probe: Probe, vocabulary: Vocabulary) -> None:
        """For one probe."""
        self._probe = probe
        self._direct = probe.said.keys() - probe.any_of.keys()
        said = {token[1:] for token in probe.said if token[0] == "~"}
        self._symptoms = {"~" + name for name in said if vocabulary.concepts[name].kind == "symptom"}
        self._worth: dict[int, int] = {}
        self._bounds = ranking.BOUNDS_OF_ENTRY if probe.whole else ranking.BOUNDS
        if probe.whole:
            self._most = _own_score(source, probe)
            return
        self._most = ranking.SCALE * ranking.WORD * FINE * max(1, ranking.rarity(source.count, 1))
        for token in self._direct:
            rare = ranking.rarity(source.count, max(1, len(source.postings(token))))
            for place in probe.places.get(token, ()):
                self._worth[place] = max(rare, self._worth.get(place, 0))

    def of(self, score: int, shared: Collection[str], near: Near = FAR) -> str:
        """The name of an entry's fit: strong, likely, weak, or none, which is no better than chance.

        Args:
            score: what it scores.
            shared: the tokens it shares with the probe.
            near: how near it is in meaning.
        """
        held = self._held(shared)
        fit = (score - near.worth) * held // self._most
        seen = held == _ALL or (held >= _ALL // 2 and not self._symptoms.isdisjoint(shared))
        names = {"weak"} if seen and not self._probe.whole else set()  # common, but no chance
        names |= {name for name, least in ranking.NEAR if near.nearness >= least}
        names |= {name for name, least in self._bounds if fit >= least}
        return next((name for name, _ in self._bounds if name in names), "none")

    def _held(self, shared: Collection[str]) -> int:
        """How much of what is said an entry holds, in thousandths: rare words are more of it."""
        if not self._worth:
            return _ALL
        places = set().union(*(self._probe.places.get(token, set()) for token in self._direct.intersection(shared)))
        return sum(self._worth[place] for place in places) * _ALL // sum(self._worth.values())


def _own_score(source: Source, probe: Probe) -> int:
    """What the entry that asks would score itself."""
    total = sum(
        weight * ranking.rarity(source.count, source.holding(token)) * probe.own[token]
        for token, weight in probe.weights.items()
    )
    return max(1, ranking.held_back(total, probe.own[TALK]))
