"""Concepts, and how they are found in a text.

The browser does exactly the same (`kb/site/assets/kb-rank.js`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from kb.search.analysis import Token

SLACK = 3
"""How many other words may stand between the words of a phrase."""
Members = dict[str, list[tuple[tuple[str, ...], str]]]
_Spot = tuple[int, int, int, int]
"""Where a slot stands: first and last place in words, then in characters."""


@dataclass(frozen=True, slots=True)
class Concept:
    """Something people say in many ways.

    Args:
        kind: symptom, change, mechanism, fix or thing.
        label: how a reason calls it.
        says: a whole reason, where `both: LABEL` would sound odd.
        broader: all concepts that this one is a case of.
        related: concepts often seen together with it.
    """

    name: str
    kind: str
    label: str
    says: str = ""
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


class Phrase(NamedTuple):
    """A way to say a concept.

    Args:
        slots: tokens and `<classes>`; the first is the one looked for, the others are looked for around it.
        exact: they stand in this order, next to each other.
        rest: the slots without the first.
    """

    concept: str
    slots: tuple[str, ...]
    exact: bool
    rest: frozenset[str]


class Said(NamedTuple):
    """A concept found in a text, and the characters that say it."""

    concept: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Concepts, and the phrases and classes that find them.

    Args:
        members: by first token, the words of a class and its name.
        phrases: by first slot.
        digest: changes with every change of the vocabulary.
    """

    concepts: dict[str, Concept]
    members: Members
    phrases: dict[str, list[Phrase]]
    digest: str
    weak: frozenset[str]

    @cached_property
    def known(self) -> frozenset[str]:
        """All words the vocabulary uses: nobody misspelt them."""
        listed = {word for group in self.members.values() for member, _ in group for word in member}
        used = {slot for group in self.phrases.values() for phrase in group for slot in phrase.slots}
        return frozenset(listed | used)

    def find(self, tokens: list[Token]) -> list[Said]:
        """The concepts a text says, in the order of the text; a concept said twice is found twice."""
        spots = self._spots(tokens)
        present = set(spots)
        found = set()
        for first in present & self.phrases.keys():
            by_second = self._by_second(first)
            for second in present & by_second.keys():
                for concept, slots, exact, rest in by_second[second]:
                    if rest <= present:
                        match = _in_a_row if exact else _around
                        for start, end in match(slots, spots):
                            found.add(Said(concept, start, end))
        return _shortest(found)

    def _by_second(self, first: str) -> dict[str, list[Phrase]]:
        """The phrases that begin with a slot, by their second one; a phrase of one slot is its own second."""
        known = self._seconds.get(first)
        if known is None:
            known = self._seconds[first] = {}
            for phrase in self.phrases[first]:
                known.setdefault(phrase.slots[1] if len(phrase.slots) > 1 else first, []).append(phrase)
        return known

    @cached_property
    def _seconds(self) -> dict[str, dict[str, list[Phrase]]]:
        return {}

    def plain(self) -> dict[str, Any]:
        """The same as plain values, which `from_plain` reads fast; what the browser gets, too."""
        return {
            "digest": self.digest,
            "weak": sorted(self.weak),
            "concepts": [[c.name, c.kind, c.label, c.says, c.broader, c.related] for c in self.concepts.values()],
            "members": [[words, name] for group in self.members.values() for words, name in group],
            "phrases": [[p.concept, p.slots, int(p.exact)] for group in self.phrases.values() for p in group],
        }

    def _spots(self, tokens: list[Token]) -> dict[str, list[_Spot]]:
        """Where each word and each class stands."""
        spots: dict[str, list[_Spot]] = {}
        ends: dict[tuple[int, str], int] = {}
        begun: list[Token] = []
        for token in tokens:
            text, at, start, end = token
            spots.setdefault(text, []).append((at, at, start, end))
            if text in self.members:
                begun.append(token)
            if text in self._followers:
                ends[at, text] = end
        for text, at, start, end in begun:
            for member, name in self.members[text]:
                last: int | None = end
                for step in range(1, len(member)):
                    last = ends.get((at + step, member[step]))
                    if last is None:
                        break
                if last is not None:
                    spots.setdefault(name, []).append((at, at + len(member) - 1, start, last))
        return spots

    @cached_property
    def _followers(self) -> frozenset[str]:
        """The words a member of a class goes on with."""
        return frozenset(word for group in self.members.values() for member, _ in group for word in member[1:])


def _shortest(found: set[Said]) -> list[Said]:
    """In the order of the text, without passages around a shorter one that says the same concept."""
    kept: list[Said] = []
    ends: dict[str, int] = {}
    for said in sorted(found, key=lambda said: (-said.start, said.end, said.concept)):
        if said.end < ends.get(said.concept, said.end + 1):
            ends[said.concept] = said.end
            kept.append(said)
    return sorted(kept, key=lambda said: (said.start, said.end, said.concept))


def _in_a_row(slots: tuple[str, ...], spots: dict[str, list[_Spot]]) -> Iterable[tuple[int, int]]:
    """Each place where the slots stand one after the other."""
    for first in spots[slots[0]]:
        last: _Spot | None = first
        for slot in slots[1:]:
            follows = last[1] + 1 if last else -1
            last = next((spot for spot in spots[slot] if spot[0] == follows), None)
        if last:
            yield first[2], last[3]


def _around(slots: tuple[str, ...], spots: dict[str, list[_Spot]]) -> Iterable[tuple[int, int]]:
    """Each place of the first slot that has the others near it."""
    for first in spots[slots[0]]:
        taken = [first]
        for slot in slots[1:]:
            nearest = _nearest(first, spots[slot], taken)
            if nearest is None:
                break
            taken.append(nearest)
        else:
            if len(taken) < 3 or _close(taken):
                yield min(spot[2] for spot in taken), max(spot[3] for spot in taken)


def _nearest(first: _Spot, spots: list[_Spot], taken: list[_Spot]) -> _Spot | None:
    """The spot nearest to the first that overlaps none taken; None when it is too far away."""
    at, to = first[0], first[1]
    nearest, least = None, SLACK + 2 if len(taken) == 1 else 99
    for spot in spots:
        away = spot[0] - to if spot[0] > to else at - spot[1]
        if 0 < away < least and (
            len(taken) == 1 or not any(spot[0] <= other[1] and other[0] <= spot[1] for other in taken)
        ):
            nearest, least = spot, away
    return nearest


def _close(taken: list[_Spot]) -> bool:
    """Whether at most `SLACK` other words stand between all of them."""
    width = max(spot[1] for spot in taken) - min(spot[0] for spot in taken) + 1
    return width <= sum(spot[1] - spot[0] + 1 for spot in taken) + SLACK
