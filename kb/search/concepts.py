"""Concepts, and how they are found in a text.

The browser does exactly the same (`kb/site/assets/kb-rank.js`).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from kb.search.analysis import Token

SLACK = 3
"""How many other words may stand between the words of a phrase."""
Words = tuple[tuple[str, ...], str]
"""A member of a class, word by word, and the class's name."""
Members = dict[str, list[Words]]
_WINDOW = 40
"""So many words around a slot the others are looked for; what is farther off is never near enough."""
_CONCEPT = "~"
_NONE: dict[str, int] = {}
_NO_WORDS: dict[str, list[Words]] = {}
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
    """

    name: str
    kind: str
    label: str
    says: str = ""
    broader: tuple[str, ...] = ()


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
        weak: words that say little.
        alike: groups of words that mean alike.
    """

    concepts: dict[str, Concept]
    members: Members
    phrases: dict[str, list[Phrase]]
    digest: str
    weak: frozenset[str]
    alike: tuple[tuple[str, ...], ...]

    @cached_property
    def known(self) -> frozenset[str]:
        """All words and classes the vocabulary uses: nobody misspelt them."""
        used = {slot for group in self.phrases.values() for phrase in group for slot in phrase.slots}
        return self._listed | used

    @cached_property
    def known_words(self) -> frozenset[str]:
        """The words among them."""
        classes = {name for group in self.members.values() for _, name in group}
        return (self.known | self.weak) - classes

    @cached_property
    def _listed(self) -> frozenset[str]:
        listed = {word for group in self.members.values() for member, _ in group for word in member}
        return frozenset(listed.union(*self.alike))

    def find(self, tokens: list[Token]) -> list[Said]:
        """The concepts a text says, in the order of the text; a concept said twice is found twice."""
        spots, found = self._spots(tokens)
        present = spots.keys()
        for first in present & self._firsts.keys():
            alone, by_second = self._firsts[first]
            for concept in alone:
                found.update(Said(concept, start, end) for _, _, start, end in spots[first])
            for second in present & by_second.keys():
                for concept, slots, exact, rest in by_second[second]:
                    if len(slots) == 2 or rest <= present:
                        match = _in_a_row if exact else _around
                        for start, end in match(slots, spots):
                            found.add(Said(concept, start, end))
        return _shortest(found)

    @cached_property
    def groups(self) -> dict[str, list[int]]:
        """The groups a word belongs to, by their numbers."""
        found: dict[str, list[int]] = {}
        for number, group in enumerate(self.alike):
            for word in group:
                found.setdefault(word, []).append(number)
        return found

    @cached_property
    def _firsts(self) -> dict[str, tuple[list[str], dict[str, list[Phrase]]]]:
        """By first slot: the concepts it says alone, and the phrases that go on, by their second slot; but for those of
        plain words in a row, which are found word by word."""
        found: dict[str, tuple[list[str], dict[str, list[Phrase]]]] = {}
        for first, phrases in self.phrases.items():
            alone, by_second = found[first] = ([], {})
            for phrase in phrases:
                if len(phrase.slots) == 1:
                    alone.append(phrase.concept)
                elif not _in_words(phrase):
                    by_second.setdefault(phrase.slots[1], []).append(phrase)
        return found

    def plain(self) -> dict[str, Any]:
        """The same as plain values, which `from_plain` reads fast."""
        return {
            "digest": self.digest,
            "weak": sorted(self.weak),
            "alike": self.alike,
            "concepts": [[c.name, c.kind, c.label, c.says, c.broader] for c in self.concepts.values()],
            "members": [[words, name] for group in self.members.values() for words, name in group],
            "phrases": [[p.concept, p.slots, int(p.exact)] for group in self.phrases.values() for p in group],
        }

    def _spots(self, tokens: list[Token]) -> tuple[dict[str, list[_Spot]], set[Said]]:
        """Where each word and each class stands that a phrase uses; and the concepts said by plain words in a row."""
        said: set[Said] = set()
        spots: defaultdict[str, list[_Spot]] = defaultdict(list)
        ends: defaultdict[int, dict[str, int]] = defaultdict(dict)
        begun: list[tuple[Token, dict[str, list[Words]]]] = []
        roles = self._roles
        for token in tokens:
            role = roles.get(token[0])
            if role is None:
                continue
            text, at, start, end = token
            spot = (at, at, start, end)
            for slot in role.slots:
                spots[slot].append(spot)
            if role.begins:
                begun.append((token, role.begins))
            if role.follows:
                ends[at][text] = end
        for (_, at, start, _), by_second in begun:
            for second in ends.get(at + 1, _NONE):
                for run, name in by_second.get(second, ()):
                    last = _end(run, at, ends)
                    if last is not None and name[0] == _CONCEPT:
                        said.add(Said(name[1:], start, last))
                    elif last is not None:
                        insort(spots[name], (at, at + len(run) - 1, start, last))
        return dict(spots), said

    @cached_property
    def _roles(self) -> dict[str, _Role]:
        """What a word is in phrases."""
        slots: dict[str, list[str]] = {}
        begins: defaultdict[str, dict[str, list[Words]]] = defaultdict(dict)
        follows: set[str] = set()
        for group in self.phrases.values():
            for phrase in group:
                if _in_words(phrase):
                    run = phrase.slots
                    follows.update(run[1:])
                    begins[run[0]].setdefault(run[1], []).append((run, _CONCEPT + phrase.concept))
                else:
                    slots.update({slot: [slot] for slot in phrase.slots})
        for first, members in self.members.items():
            for run, name in members:
                follows.update(run[1:])
                if len(run) > 1:
                    begins[first].setdefault(run[1], []).append((run, name))
                else:
                    slots.setdefault(first, []).append(name)
        known = slots.keys() | begins.keys() | follows
        return {w: _Role(tuple(slots.get(w, ())), begins.get(w, _NO_WORDS), w in follows) for w in known}


class _Role(NamedTuple):
    """What a word is in phrases.

    Args:
        slots: itself, if it is a slot, and the classes it belongs to alone.
        begins: the members of classes, and the phrases, that it begins, by their second word, each with its class or
            concept.
        follows: it stands further on in one.
    """

    slots: tuple[str, ...]
    begins: dict[str, list[Words]]
    follows: bool


def is_class(slot: str) -> bool:
    """Whether a slot of a phrase is a class, or words in quotes, and not a word."""
    return slot[0] in '<"'


def _in_words(phrase: Phrase) -> bool:
    """Whether a phrase is plain words in a row."""
    return phrase.exact and len(phrase.slots) > 1 and not any(map(is_class, phrase.slots))


def _end(run: tuple[str, ...], at: int, ends: Mapping[int, Mapping[str, int]]) -> int | None:
    """The last character of a run of words that begins at a place; None when it does not stand there."""
    last = None
    for step in range(1, len(run)):
        last = ends.get(at + step, _NONE).get(run[step])
        if last is None:
            break
    return last


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
        last = first
        for slot in slots[1:]:
            listed, follows = spots[slot], last[1] + 1
            place = bisect_left(listed, (follows,))
            if place == len(listed) or listed[place][0] != follows:
                break
            last = listed[place]
        else:
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
    nearest, least = None, SLACK + 2 if len(taken) == 1 else _WINDOW
    for spot in spots[bisect_left(spots, (at - _WINDOW,)) : bisect_left(spots, (to + _WINDOW,))]:
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
