"""What resembles each entry of a base, kept from one time to the next.

When an entry has changed, most others still resemble what they resembled before; which ones those are can be told
without asking for each of them again, so the answer is always the same as if everything had been asked anew.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kb.model import Entry, Match
from kb.private import private
from kb.search import ranking, reasons
from kb.search.analysis import normal, tokens
from kb.search.concepts import Vocabulary
from kb.search.documents import Document, document, plain
from kb.search.feedback import judged_apart
from kb.search.neighbours import Neighbours
from kb.search.probe import Probe
from kb.search.scoring import Fit, Ranking
from kb.search.source import Memory, Source

Told = Callable[[int], None]

LOOKED_AT = 30
"""So many of the best are looked at for the likes of an entry."""
_OWN, _OTHERS = 4, 3
_FEW = 8
"""What resembles what is only kept while no more than one entry in so many has changed."""
_NEAR = 0.3
"""Part of the best one's score below which another one says little."""


@dataclass(frozen=True, slots=True)
class Like:
    """An entry that resembles another one."""

    id: str
    score: int
    reasons: tuple[str, ...]
    fit: str


@dataclass(frozen=True, slots=True)
class Liked:
    """The likes of an entry, and how much may change elsewhere before they are others.

    Args:
        seen: ids of all that were looked at.
        least: what another entry would have to score to be looked at.
        room: how many postings more or less its tokens may have.
    """

    likes: tuple[Like, ...]
    seen: frozenset[str]
    least: int
    room: int


Item = tuple[Entry, str, str]
"""An entry, its path, and what tells its text from every other."""


Made = dict[str, tuple[str, Document]]
"""By id, an entry's document with what tells it from every other."""


class Everyone:
    """All entries as search sees them, and what resembles each.

    Args:
        kept: a file where that is kept for the next time; nothing is kept without one.
        salt: names the code and the vocabulary; what others found is not believed.
    """

    def __init__(self, kept: Path | None = None, salt: str = "") -> None:
        """Reads what was kept; whatever is wrong with it, it is made anew."""
        self._kept, self._salt = kept, salt
        self._made: Made = {}
        self._source: Memory | None = None
        self._liked: dict[str, Liked] = {}
        self._fresh = False
        self._said: dict[str, tuple[str, ...]] = {}
        self._asked: dict[str, tuple[str, ...]] = {}
        with suppress(Exception):
            if kept and kept.is_file():
                with kept.open("rb") as file:  # our own, in a private folder
                    if pickle.load(file) == salt:
                        self._made, self._liked, self._said = pickle.load(file)

    def update(self, items: Iterable[Item], ask: Collection[str], vocabulary: Vocabulary, told: Told) -> Memory:
        """Takes in how the entries are now, and finds the likes of some.

        Args:
            items: all entries.
            ask: ids of those whose likes are wanted.
            told: how many entries are done.

        Returns:
            The entries, to search in.
        """
        before, self._made = self._made, {}
        for number, (entry, path, digest) in enumerate(items, 1):
            key = f"{path} {digest}"
            known = before.get(entry.id)
            same = known is not None and known[0] == key
            self._made[entry.id] = known if known and same else (key, document(entry, path, vocabulary))
            told(number)
        source = self._source = Memory(made for _, made in self._made.values())
        neighbours = Neighbours(source, vocabulary)
        changes = _changes(source, before, self._made)
        still = _untouched(neighbours, source, changes, self._liked)
        liked = {name: found for name, found in self._liked.items() if name in still and name in ask}
        for number, made in enumerate(source.documents):
            if made.card.id in ask and made.card.id not in liked:
                liked[made.card.id] = _likes(source, vocabulary, neighbours, number)
            told(len(self._made) + number + 1)
        self._fresh = bool(changes.before or changes.now) or liked.keys() != self._liked.keys()
        self._liked = liked
        return source

    def matches(self, name: str) -> tuple[Match, ...]:
        """The likes of an entry as hits."""
        return self.hits(self._liked[name].likes, name) if name in self._liked else ()

    def hits(self, found: Iterable[Like], asker: str) -> tuple[Match, ...]:
        """Likes as hits, each with its card, in the order that also counts what people said of them.

        Args:
            asker: the id of the entry they are proposed to.
        """
        hits = (Match(self._made[one.id][1].card, one.score, one.reasons, fit=one.fit) for one in found)
        known = self._made.get(asker)
        return judged_apart(hits, known[1].card, self._source) if known and self._source else tuple(hits)

    def concepts(self, text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
        """The concepts a text says, such as a lesson alone, in the order in which it says them."""
        found = self._said.get(text)
        if found is None:
            found = tuple(dict.fromkeys(said.concept for said in vocabulary.find(tokens(normal(plain(text))))))
        self._asked[text] = found
        return found

    @private()
    def keep(self) -> None:
        """Keeps what was found out this time, and nothing else."""
        if self._kept is None or not (self._fresh or self._asked.keys() != self._said.keys()):
            return
        fresh = self._kept.with_suffix(".new")
        with suppress(OSError):  # a full disk: then all is found anew the next time
            fresh.parent.mkdir(parents=True, exist_ok=True)
            with fresh.open("wb") as file:
                pickle.dump(self._salt, file)
                pickle.dump((self._made, self._liked, self._asked), file, pickle.HIGHEST_PROTOCOL)
            fresh.replace(self._kept)
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


class Changes(NamedTuple):
    """What came, went, or is another than it was.

    Args:
        before: documents that are no more as they were.
        now: the numbers of those that were not so before.
    """

    before: Sequence[Document]
    now: Sequence[int]


def _changes(source: Memory, before: Made, now: Made) -> Changes:
    gone = [made for name, (key, made) in before.items() if name not in now or now[name][0] != key]
    new = {name for name, (key, _) in now.items() if name not in before or before[name][0] != key}
    return Changes(gone, [number for number, made in enumerate(source.documents) if made.card.id in new])


def _untouched(neighbours: Neighbours, source: Memory, changes: Changes, liked: Mapping[str, Liked]) -> set[str]:
    """The ids of the entries whose likes are what they were.

    Those are the ones of which no token has become rarer or less rare, that did not look at what changed, and to which
    nothing that changed has come so near that it would be looked at now.
    """
    if len(changes.before) + len(changes.now) > source.count // _FEW:
        return set()  # asking anew takes less time
    moved: Counter[str] = Counter()
    for made in changes.before:
        moved.subtract(made.impacts.keys())
    for number in changes.now:
        moved.update(source.documents[number].impacts.keys())
    moved = Counter({token: more for token, more in moved.items() if more})
    grown = len(changes.now) - len(changes.before)
    if grown and any(_rarity_moved(source, holding, 0, grown) for holding in range(1, source.count + 1)):
        return set()
    rarer = [token for token, more in moved.items() if _rarity_moved(source, source.holding(token), more, grown)]
    touched = {number for token in rarer for number, _ in source.postings(token)}
    touched.update(changes.now)
    changed = {made.card.id for made in (*changes.before, *(source.documents[number] for number in changes.now))}
    postings = sum(map(abs, moved.values()))
    nearest = neighbours.at_most(changes.now)
    same = set()
    for number, made in enumerate(source.documents):
        known = liked.get(made.card.id)
        if known is None or number in touched or postings > known.room:
            continue
        if nearest[number] < known.least and changed.isdisjoint(known.seen):
            same.add(made.card.id)
    return same


def _rarity_moved(source: Memory, holding: int, more: int, grown: int) -> bool:
    return ranking.rarity(source.count, holding) != ranking.rarity(source.count - grown, holding - more)


def _likes(source: Memory, vocabulary: Vocabulary, neighbours: Neighbours, number: int) -> Liked:
    probe, found, room = neighbours.of(number, LOOKED_AT)
    least = found.docs[-1][1] if len(found.docs) == LOOKED_AT else 1
    seen = frozenset(source.documents[doc].card.id for doc, _ in found.docs)
    return Liked(likes(source, vocabulary, probe, found), seen, least, room)


def likes(source: Source, vocabulary: Vocabulary, probe: Probe, found: Ranking) -> tuple[Like, ...]:
    """The likest of the team's own and of the library's; none that is far behind the best.

    Args:
        found: the best `LOOKED_AT`.
    """
    fit = Fit(source, probe, vocabulary)
    fits = {doc: fit.of(score, found.impacts[doc]) for doc, score in found.docs}
    near = [(source.stored(doc), doc, score) for doc, score in found.docs if score >= found.docs[0][1] * _NEAR]
    near = [one for one in near if fits[one[1]] != "none"]
    own = [one for one in near if not one[0].card.library][:_OWN]
    others = [one for one in near if one[0].card.library][:_OTHERS]
    return tuple(
        Like(stored.card.id, score, reasons.give(found.shared(doc), probe, stored.said, vocabulary), fits[doc])
        for stored, doc, score in (*own, *others)
    )
