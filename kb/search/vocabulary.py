"""The vocabulary of failure: the many ways people say the same thing.

`vocabulary.txt` beside this file names concepts (what is seen, what was changed, how things break, what mends them) and
the phrases that say them; `words.txt` lists plain words that mean alike. A knowledge base may add a file of its own in
the same format; sections of the same name add up.

::

    [<high>]                                    a class: words that mean alike inside phrases
    high; elevated; maxed out

    [symptom cpu-saturated: CPU saturated]      a concept: its kind, its name, how a reason calls it
    broader: resource-exhausted                 whoever says this also says that
    <cpu> <high>; "load average"; w3wp.exe 100% the phrases

    [words]                                     plain words that mean alike, one group a line
    disconnect; sever; detach; unplug

The words of a phrase may stand in any order, with a few others between; in double quotes they stand exactly so.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from kb.private import private
from kb.search.analysis import stem, words
from kb.search.concepts import Concept, Members, Phrase, Vocabulary, is_class

__all__ = ["KINDS", "Vocabulary", "builtin", "from_plain", "load", "read"]

KINDS = ("symptom", "change", "mechanism", "fix", "thing")
_HEADER = re.compile(r"\[\s*(?:(<[\w-]+>|words)|(\w+)\s+([\w-]+)\s*(?::\s*(.*?))?)\s*\]")
_NOTE = re.compile(r"(broader|says)\s*:\s*(.*)")
_WORD = re.compile(r"[a-z]{3,}")
_HYPHENED = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)+")
_QUOTED = re.compile(r'"[^"]*"')
_PIECE = re.compile(r'"[^"]*"|\S+')


def from_plain(plain: dict[str, Any]) -> Vocabulary:
    """The vocabulary from what `Vocabulary.plain` gave."""
    concepts = {c[0]: Concept(c[0], c[1], c[2], c[3], tuple(c[4])) for c in plain["concepts"]}
    members: Members = {}
    for words_, name in plain["members"]:
        members.setdefault(words_[0], []).append((tuple(words_), name))
    phrases: dict[str, list[Phrase]] = {}
    for concept, slots, exact in plain["phrases"]:
        phrases.setdefault(slots[0], []).append(_phrase(concept, tuple(slots), bool(exact)))
    alike = tuple(map(tuple, plain["alike"]))
    return Vocabulary(concepts, members, phrases, plain["digest"], frozenset(plain["weak"]), alike)


@cache
def builtin() -> Vocabulary:
    """The vocabulary that comes with kb."""
    return read(_packaged())


def load(own: Path | None = None, cache: Path | None = None) -> Vocabulary:
    """The vocabulary of a knowledge base: the one that comes with kb, and its own file if it has one.

    Args:
        own: a file in the same format.
        cache: a file in which the result is kept, since reading it is five times as fast.

    Raises:
        OSError: the base's own file cannot be read.
    """
    texts = _packaged() + ([own.read_text(encoding="utf-8", errors="replace")] if own else [])
    digest = _digest(texts)
    if cache:
        try:
            plain = json.loads(cache.read_text(encoding="utf-8"))
            if plain["digest"] == digest:
                return from_plain(plain)
        except (OSError, ValueError, LookupError, TypeError):
            pass  # missing, outdated or damaged: it is made again
    vocabulary = read(texts)
    if cache:
        with suppress(OSError), private():
            fresh = cache.with_name(f"{cache.name}.{os.getpid()}")
            fresh.write_text(json.dumps(vocabulary.plain()), encoding="utf-8")
            fresh.replace(cache)
    return vocabulary


def _digest(texts: list[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()


def read(texts: list[str]) -> Vocabulary:
    """A vocabulary from one or more texts. Lines that mean nothing are skipped: nothing raises."""
    concepts: dict[str, Concept] = {}
    members: Members = {}
    phrases: dict[str, dict[Phrase, None]] = {}
    weak: set[str] = set()
    alike: list[tuple[str, ...]] = []
    for text in texts:
        section = ""
        for line in map(str.strip, text.split("\n")):
            if not line or line.startswith("#"):
                continue
            header = _HEADER.fullmatch(line)
            if header:
                section = header[1] or header[3]
                if not header[1]:
                    _concept(concepts, header)
            elif section in concepts and (note := _NOTE.fullmatch(line)):
                concepts[section] = _noted(concepts[section], note[1], note[2])
            elif section == "words":
                alike.append(tuple(dict.fromkeys(item[0] for item in _items(line) if len(item) == 1)))
            elif section == "<weak>":
                weak.update(word for item in line.split(";") for word in words(item))
            elif section.startswith("<"):
                for member in _items(line):
                    members.setdefault(member[0], []).append((member, section))
            elif section:
                for phrase in _phrases(section, line, members):
                    phrases.setdefault(phrase.slots[0], {})[phrase] = None
    listed = {slot: list(found) for slot, found in phrases.items()}
    groups = tuple(group for group in alike if len(group) > 1)
    return Vocabulary(_closed(concepts), members, listed, _digest(texts), frozenset(weak), groups)


def _packaged() -> list[str]:
    return [Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("vocabulary.txt", "words.txt")]


def _concept(concepts: dict[str, Concept], header: re.Match[str]) -> None:
    kind, name, label = header[2], header[3], header[4]
    known = concepts.get(name)
    if known is None:
        concepts[name] = Concept(name, kind if kind in KINDS else "symptom", label or name.replace("-", " "))


def _noted(concept: Concept, key: str, value: str) -> Concept:
    names = tuple(name.strip() for name in value.split(";") if name.strip())
    says = value if key == "says" else concept.says
    broader = concept.broader + names if key == "broader" else concept.broader
    return Concept(concept.name, concept.kind, concept.label, says, broader)


def _items(line: str) -> Iterable[tuple[str, ...]]:
    for item in line.split(";"):
        found = _slots(item.strip().strip('"'))
        if found:
            yield found


def _phrases(concept: str, line: str, members: Members) -> Iterable[Phrase]:
    for item in map(str.strip, line.split(";")):
        if _QUOTED.fullmatch(item):
            slots = _slots(item.strip('"'))
            if slots:
                yield _phrase(concept, slots, len(slots) > 1)
        else:
            slots = tuple(slot for part in _PIECE.findall(item) for slot in _piece(part, members))
            if slots:
                yield _phrase(concept, tuple(sorted(slots, key=_rarity)), False)


def _phrase(concept: str, slots: tuple[str, ...], exact: bool) -> Phrase:
    return Phrase(concept, slots, exact, frozenset(slots[1:]))


def _piece(part: str, members: Members) -> tuple[str, ...]:
    """The slot of one piece of a loose phrase; words in quotes become a class of their own."""
    slots = _slots(part.strip('"'))
    if len(slots) < 2:
        return slots
    name = f'"{"_".join(slots)}"'
    if (slots, name) not in members.setdefault(slots[0], []):
        members[slots[0]].append((slots, name))
    return (name,)


def _slots(item: str) -> tuple[str, ...]:
    slots: list[str] = []
    for word in item.split():
        if word.startswith("<") and word.endswith(">"):
            slots.append(word)
        elif _WORD.fullmatch(word):
            slots.append(stem(word))
        else:
            slots.extend(_firsts(word))
    return tuple(slots)


def _firsts(word: str) -> Iterable[str]:
    """A jointed word as it stands in a text; letters joined by hyphens are matched part by part."""
    if _HYPHENED.fullmatch(word):
        return [stem(part) for part in word.lower().split("-")]
    return words(word)[:1]


def _rarity(slot: str) -> tuple[bool, int]:
    return is_class(slot), -len(slot)


def _closed(concepts: dict[str, Concept]) -> dict[str, Concept]:
    """The concepts with all they are a case of."""
    closed: dict[str, Concept] = {}
    for name, c in concepts.items():
        above: dict[str, None] = {}
        queue = list(c.broader)
        while queue:
            other = queue.pop(0)
            if other in concepts and other != name and other not in above:
                above[other] = None
                queue.extend(concepts[other].broader)
        closed[name] = Concept(name, c.kind, c.label, c.says, tuple(above))
    return closed
