"""The index as Whoosh keeps it: its fields, and one state of it open for reading.

Whoosh keeps the postings, the filters and the cards; ranking is ours (`ranking.py`), because Whoosh keeps lengths in
one lossy byte and sums fields after they saturate.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kb.model import Card, Entry, PastQuestion, Verdict
from kb.model.snapshot import decode
from kb.search.documents import Document
from kb.search.engine import FileIndex, FileStorage, TermNotFound, fields, formats
from kb.search.source import Stored

NAME = "MAIN"
NAMES = "deployment"
"""The facet's key before the id of each deployment an incident names."""


class _Impact(formats.Format):  # type: ignore[misc]
    """One byte a posting: how much an entry makes of a token."""

    posting_size = 1


class _Mark(formats.Format):  # type: ignore[misc]
    """Nothing but that an entry holds a token."""

    posting_size = 0


class Weighted(fields.FieldType):  # type: ignore[misc]
    """A field given as {token: impact}."""

    def __init__(self) -> None:
        """Nothing can be chosen: the schema is part of the index's format."""
        super().__init__(_Impact(), None)

    def index(self, value: dict[str, int], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """The postings, as Whoosh wants them."""
        for token, impact in value.items():
            yield token.encode("utf-8", "surrogatepass"), 1, 1.0, bytes((impact,))


class Marks(fields.FieldType):  # type: ignore[misc]
    """A field given as a list of tokens."""

    def __init__(self) -> None:
        """Nothing can be chosen: the schema is part of the index's format."""
        super().__init__(_Mark(), None)

    def index(self, value: Iterable[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """The postings, as Whoosh wants them."""
        for token in dict.fromkeys(value):
            yield token.encode("utf-8", "surrogatepass"), 1, 1.0, b""


def schema() -> Any:
    """The fields: the weighted tokens, what filters ask for, what is kept to be shown, and the entry itself."""
    return fields.Schema(bag=Weighted(), facets=Marks(), kept=fields.STORED(), whole=fields.STORED())


class Reading:
    """One state of the index, open for reading: a `kb.search.source.Source`."""

    def __init__(self, folder: Path) -> None:
        """Open the latest state of the index in `folder`."""
        self._index = FileIndex(FileStorage(str(folder)), indexname=NAME)
        self._reader = self._index.reader()
        self._leaves = leaves(self._reader)
        self._postings: dict[str, list[tuple[int, int]]] = {}
        self._stored: dict[int, Stored] = {}
        self.count: int = self._reader.doc_count()

    def current(self) -> bool:
        """Whether this is still the latest state."""
        return bool(self._index.latest_generation() == self._reader.generation())

    def close(self) -> None:
        """Let go of open files."""
        self._reader.close()

    def postings(self, token: str) -> list[tuple[int, int]]:
        """All entries that hold a token, with its impact."""
        if token not in self._postings:
            found: list[tuple[int, int]] = []
            text = token.encode("utf-8", "surrogatepass")
            for leaf, offset in self._leaves:
                try:
                    matcher = leaf.postings("bag", text)
                except TermNotFound:
                    continue
                while matcher.is_active():
                    found.append((matcher.id() + offset, matcher.value()[0]))
                    matcher.next()
            self._postings[token] = found
        return self._postings[token]

    def holding(self, token: str) -> int:
        """How many entries hold a token; those changed or deleted lately may count twice."""
        text = token.encode("utf-8", "surrogatepass")
        return sum(leaf.doc_frequency("bag", text) for leaf, _ in self._leaves)

    def terms(self, prefix: str) -> list[str]:
        """All tokens that begin with a prefix, sorted."""
        found = {t.decode("utf-8", "surrogatepass") for leaf, _ in self._leaves for t in _begin(leaf, "bag", prefix)}
        return sorted(found)

    def facet(self, name: str) -> set[int]:
        """All entries of which `key:value` is true."""
        return {doc + offset for leaf, offset in self._leaves for doc in docs(leaf, "facets", name)}

    def days(self, first: int, last: int) -> set[int]:
        """All entries that began on a day from `first` to `last`."""
        return self.any_of(f"day:{day}" for day in self.values("day") if first <= int(day) <= last)

    def stored(self, doc: int) -> Stored:
        """What is kept of an entry."""
        if doc not in self._stored:
            self._stored[doc] = unpack(json.loads(self._reader.stored_fields(doc)["kept"]))
        return self._stored[doc]

    def card(self, id: str) -> Card:
        """The card of the entry of an id that there is."""
        return self.stored(next(iter(self.facet(f"id:{id}")))).card

    def entry(self, doc: int) -> Entry:
        """The entry itself."""
        return decode(self._reader.stored_fields(doc)["whole"])

    def values(self, key: str) -> set[str]:
        """Everything that stands behind a key: of `id` the ids of all entries."""
        return {t.decode()[len(key) + 1 :] for leaf, _ in self._leaves for t in _begin(leaf, "facets", f"{key}:")}

    def any_of(self, names: Iterable[str]) -> set[int]:
        """All entries of which one of these `key:value` is true."""
        return set().union(*map(self.facet, names))

    def kept(self) -> Iterator[dict[str, Any]]:
        """Everything kept of every entry, as plain values."""
        for doc in self._reader.all_doc_ids():
            yield json.loads(self._reader.stored_fields(doc)["kept"])


def leaves(reader: Any) -> list[tuple[Any, int]]:
    """The segments, each with the number of its first entry."""
    return [(leaf, offset) for leaf, offset in reader.leaf_readers()]


def docs(leaf: Any, field: str, token: str) -> Iterator[int]:
    """The entries of a segment that hold a token, counted from its first."""
    try:
        matcher = leaf.postings(field, token.encode("utf-8", "surrogatepass"))
    except TermNotFound:
        return
    while matcher.is_active():
        yield matcher.id()
        matcher.next()


def _begin(leaf: Any, field: str, prefix: str) -> Iterator[bytes]:
    start = prefix.encode("utf-8", "surrogatepass")
    for name, text in leaf.terms_from(field, start):
        if name != field or not text.startswith(start):
            return
        yield text


def pack(made: Document, rev: int) -> str:
    """What is kept of an entry, as text."""
    card = {name: getattr(made.card, name) for name in Card.__dataclass_fields__}
    card["questions"] = [asdict(question) for question in made.card.questions]
    return json.dumps({"card": card, "said": made.said, "text": made.text, "rev": rev})


def unpack(kept: dict[str, Any]) -> Stored:
    """The same, read again."""
    card = kept["card"]
    asked = tuple(PastQuestion(q["text"], Verdict(q["verdict"]), q["seconds_in"]) for q in card.pop("questions"))
    lists = {key: tuple(value) for key, value in card.items() if isinstance(value, list)}
    return Stored(Card(**(card | lists | {"questions": asked})), kept["said"], kept["text"])
