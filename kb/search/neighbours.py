"""The likes of every entry of a base: the same answers as `finder.ranked`, many times as fast.

A site shows for each entry what resembles it, and one entry after the other would take most of the time of a build. So
the postings of a common token are kept as one big whole number with a lane of 32 bits for each entry: one
multiplication gives what the token adds to the score of all entries, and one addition sums it up. As everything is in
whole numbers, that is exact.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence

from kb.search import probe as probes
from kb.search import ranking, scoring
from kb.search.concepts import Vocabulary
from kb.search.documents import TALK
from kb.search.probe import FINE, Probe
from kb.search.scoring import Ranking
from kb.search.source import Memory

_LANE = "I"
_BYTES = array(_LANE).itemsize
_MANY = 8
"""So many times as many as are wanted are looked at first."""
_COMMON = 48
"""A token that one entry in so many holds is multiplied for all at once; a rarer one is added entry by entry."""


class Neighbours:
    """Finds what resembles entries.

    Args:
        source: the base; it must not change meanwhile.
    """

    def __init__(self, source: Memory, vocabulary: Vocabulary) -> None:
        """Nothing is computed yet."""
        self._source = source
        self._vocabulary = vocabulary
        self._lanes: dict[str, int] = {}
        self._factors = _factors(source)
        self._out = source.facet("kind:deployment") | source.facet("kind:system")
        self._aside = [(part, source.facet(f"aside:{standing}")) for standing, part in ranking.ASIDE.items()]

    def of(self, number: int, limit: int) -> tuple[Probe, Ranking, int]:
        """What resembles one of the entries, best first; never the entry itself.

        Args:
            number: of the entry in the source.
            limit: how many at most.

        Returns:
            What it asked for; the answer, without how many there are besides the best; and how many postings more or
            less its tokens might have had for the same.
        """
        probe = probes.from_document(self._source.documents[number], self._vocabulary)
        parts, room = scoring.parts_of_entry(self._source, probe)
        if not _fits(parts):
            out = self._out | {number}
            return probe, scoring.rank(self._source, probe, limit, test=lambda doc: doc not in out), room
        best = self._best(self._sums(parts, probe), number, limit)
        return probe, Ranking(best, len(best), parts, self._impacts(parts, best), {}), room

    def at_most(self, numbers: Sequence[int]) -> list[int]:
        """What the likest of some entries could score at most, were each of the entries to ask."""
        nearest = [0] * self._source.count
        for number in numbers:
            impacts = self._source.documents[number].impacts
            parts = {
                token: probes.weight_of(token, self._vocabulary)
                * impact
                * ranking.rarity(self._source.count, self._source.holding(token))
                for token, impact in impacts.items()
            }
            if not _fits(parts):
                return [sys.maxsize] * self._source.count
            scores = (score and score * FINE // ranking.SCALE + 1 for score in self._summed(parts, parts))
            factor = self._factors[number]
            nearest = [max(one, score * factor // 256) for one, score in zip(nearest, scores, strict=True)]
        return nearest

    def _sums(self, parts: dict[str, int], probe: Probe) -> list[int]:
        """What the tokens give to each entry, in the order of their numbers."""
        direct = [token for token in parts if scoring.direct(token, probe)]
        total = self._summed(parts, direct)
        if len(direct) < len(parts):
            more = self._summed(parts, (token for token in parts if not scoring.direct(token, probe)))
            total = [one and one + other for one, other in zip(total, more, strict=True)]
        return total

    def _best(self, sums: list[int], number: int, limit: int) -> list[tuple[int, int]]:
        """The best entries with their scores; among equals the lower number, which is the order equals are shown in.

        No entry scores more than its sum times the greatest factor: those that cannot be among the best any more are
        not looked at.
        """
        greatest = max(self._factors)
        in_order = sorted(sums, reverse=True)
        many = _MANY * limit
        while True:
            least = max(1, in_order[min(many, len(in_order)) - 1])
            near = ((doc, self._score(doc, one)) for doc, one in enumerate(sums) if one >= least)
            found = [(doc, score) for doc, score in near if doc != number and doc not in self._out and score]
            best = sorted(found, key=lambda item: -item[1])[:limit]
            if many >= len(in_order) or (len(best) == limit and best[-1][1] > least * greatest // 256):
                return best
            many *= 4

    def _score(self, doc: int, total: int) -> int:
        score = total * self._factors[doc] // 256
        for part, standing in self._aside:
            if doc in standing:
                score = score * part // 16
        return score

    def _summed(self, parts: dict[str, int], tokens: Iterable[str]) -> list[int]:
        count, common = self._source.count, 0
        rare = []
        for token in tokens:
            if self._source.holding(token) * _COMMON < count:
                rare.append(token)
            else:
                common += parts[token] * self._lane(token)
        total = array(_LANE, common.to_bytes(count * _BYTES, sys.byteorder)).tolist()
        for token in rare:
            part = parts[token]
            for doc, impact in self._source.postings(token):
                total[doc] += part * impact
        return total

    def _lane(self, token: str) -> int:
        found = self._lanes.get(token)
        if found is None:
            held = array(_LANE, bytes(self._source.count * _BYTES))
            for doc, impact in self._source.postings(token):
                held[doc] = impact
            found = self._lanes[token] = int.from_bytes(held.tobytes(), sys.byteorder)
        return found

    def _impacts(self, parts: dict[str, int], best: list[tuple[int, int]]) -> dict[int, dict[str, int]]:
        held = ((doc, self._source.documents[doc].impacts) for doc, _ in best)
        return {doc: {token: impacts[token] for token in parts if token in impacts} for doc, impacts in held}


def _fits(parts: dict[str, int]) -> bool:
    """Whether no sum can be greater than a lane holds."""
    return sum(parts.values()) * ranking.SCALE < 1 << (8 * _BYTES)


def _factors(source: Memory) -> list[int]:
    """How much each entry is held back for saying many things, in 256ths."""
    kept = dict(source.postings(TALK))
    return [ranking.held_back(256, kept.get(doc, 0)) for doc in range(source.count)]
