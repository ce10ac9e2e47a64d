"""Which items of a list, written by a person, mean a thing that runs."""

from __future__ import annotations

import fnmatch
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from kb.listings import Thing, base, cut_short, key
from kb.model import Item

_CODE = re.compile(r"`+([^`]+)`+")
_WORD = re.compile(r"[^\s,;:()\[\]{}\"“”„'’!?<>|=*`]+")
_LONGEST_PHRASE = 8
_FEWEST_LETTERS = 6
_COMMON = """
a agent agents all an and any api app application applications apps as at backup be by cache client cluster container
containers daemon data database databases db deploy desktop disk each every executable file files for from has host in
is it its job jobs log logs machine main manager monitor monitoring net network node of on one or out pool power process
processes program programs proxy queue release releases remote report run running runs runtime schedule scheduler script
search security server servers service services session setup shell shop site sites software start store system systems
task tasks test that the they this time tool update updater updates us user web which windows with worker workers
"""
EVERYDAY = frozenset(_COMMON.split())
"""A word like these, which is the name of many a program too, means one only in backticks or alone."""


class Meant:
    """Which items of a list mean a thing.

    Names in backticks mean exactly what they say, with `*` for any ending; the words of an item without them do too.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._phrases: dict[str, set[int]] = {}
        self._patterns: list[tuple[re.Pattern[str], int]] = []
        for number, item in enumerate(items):
            names = [key(name) for name in written_names(item)]
            for phrase in names or _phrases(item.text):
                self._phrases.setdefault(phrase, set()).add(number)
            self._patterns += [(_pattern(name), number) for name in names if is_pattern(name)]
        self._sorted = sorted(self._phrases)

    def of(self, thing: Thing) -> tuple[Item, ...]:
        """The items that mean a thing, by any of its names."""
        found = set().union(*map(self._of, (thing.name, *thing.also)))
        return tuple(self._items[number] for number in sorted(found))

    def named(self, name: str) -> bool:
        """Whether an item means what bears this name."""
        return bool(self._of(name))

    def _of(self, name: str) -> set[int]:
        plain = key(name)
        found = {number for pattern, number in self._patterns if pattern.fullmatch(plain)}
        for spelled in {plain, re.sub("[-_]", " ", plain)}:
            found |= self._phrases.get(spelled, set())
        return found | self._begun(cut_short(name))

    def _begun(self, begun: str) -> set[int]:
        """The items with a name that begins like one that was cut short."""
        at = bisect_left(self._sorted, begun)
        found: set[int] = set()
        while len(begun) >= _FEWEST_LETTERS and at < len(self._sorted) and self._sorted[at].startswith(begun):
            found |= self._phrases[self._sorted[at]]
            at += 1
        return found


def written_names(item: Item) -> list[str]:
    """The names of programs an item gives: those in backticks, or its text if that is one word."""
    coded = [name.strip() for name in _CODE.findall(item.text) if name.strip()]
    if coded:
        return [base(name) if name.startswith("/") or name[1:3] == ":\\" else name for name in coded]
    return [item.text.strip(" .")] if len(item.text.split()) == 1 else []


def _phrases(text: str) -> set[str]:
    """Every run of words in a sentence, and the whole of it; single words only if they are no everyday ones."""
    words = [key(word.strip(".")) for word in _WORD.findall(text)]
    runs = {
        " ".join(words[at : at + length])
        for at in range(len(words))
        for length in range(1, min(_LONGEST_PHRASE, len(words) - at) + 1)
    }
    return {run for run in runs if run and run not in EVERYDAY} | {key(text)}


def is_pattern(name: str) -> bool:
    """Whether a name stands for all that are like it, with `*` for any letters."""
    return "*" in name and sum(c.isalnum() for c in name) > 1


def _pattern(name: str) -> re.Pattern[str]:
    literal = name.replace("[", "[[]").replace("?", "[?]")
    return re.compile(fnmatch.translate(re.sub(r"\*+", "*", literal)))


def exact(items: Iterable[Item]) -> set[str]:
    """Every name these items give, as names are compared."""
    return {key(name) for item in items for name in written_names(item)}
