"""Where entries are looked up: the index on disk, or the same in memory. Ranking does not know which."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from kb.model import Card
from kb.search.documents import Document


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept of an entry for showing it.

    Args:
        said: for each concept, the words of the entry that say it best.
        text: all its text.
    """

    card: Card
    said: Mapping[str, str]
    text: str

    @property
    def order(self) -> tuple[bool, str]:
        """Among equals one's own come before the library's, then by id."""
        return self.card.library, self.card.id


class Source(Protocol):
    """A set of indexed entries, each known by a number."""

    @property
    def count(self) -> int:
        """How many entries there are."""

    def postings(self, token: str) -> list[tuple[int, int]]:
        """All entries that hold a token, with its impact."""

    def holding(self, token: str) -> int:
        """How many entries hold a token; those changed lately may count twice. Quick, unlike `postings`."""

    def terms(self, prefix: str) -> list[str]:
        """All tokens that begin with a prefix, sorted."""

    def facet(self, name: str) -> set[int]:
        """All entries of which `key:value` is true."""

    def days(self, first: int, last: int) -> set[int]:
        """All entries that began on a day from `first` to `last`, both included (20190312)."""

    def stored(self, doc: int) -> Stored:
        """What is kept of an entry."""


class Memory:
    """Entries held in memory: for what is exported, for the site, and for tests.

    Args:
        documents: in any order; entries are numbered in the order in which equals are shown.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        """Index the documents."""
        self.documents = sorted(documents, key=lambda d: (d.card.library, d.card.id))
        self.inverted: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self._facets: defaultdict[str, set[int]] = defaultdict(set)
        for number, document in enumerate(self.documents):
            for token, impact in document.impacts.items():
                self.inverted[token].append((number, impact))
            for name in document.facets:
                self._facets[name].add(number)
        self.tokens = sorted(self.inverted)

    @property
    def count(self) -> int:
        """How many entries there are."""
        return len(self.documents)

    def postings(self, token: str) -> list[tuple[int, int]]:
        """All entries that hold a token, with its impact."""
        return self.inverted.get(token, [])

    def holding(self, token: str) -> int:
        """How many entries hold a token."""
        return len(self.postings(token))

    def terms(self, prefix: str) -> list[str]:
        """All tokens that begin with a prefix, sorted."""
        first = bisect_left(self.tokens, prefix)
        last = bisect_left(self.tokens, prefix + "\U0010ffff")
        return self.tokens[first:last]

    def facet(self, name: str) -> set[int]:
        """All entries of which `key:value` is true."""
        return self._facets.get(name, set())

    def days(self, first: int, last: int) -> set[int]:
        """All entries that began on a day from `first` to `last`."""
        return {number for number, document in enumerate(self.documents) if first <= document.day <= last}

    def stored(self, doc: int) -> Stored:
        """What is kept of an entry."""
        document = self.documents[doc]
        return Stored(document.card, document.said, document.text)
