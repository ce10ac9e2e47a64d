"""Entries made ready to be written into the index; many at once by several processes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kb.model import Entry, Incident
from kb.model.snapshot import encode
from kb.search.concepts import Vocabulary
from kb.search.documents import document
from kb.search.meaning import digest
from kb.search.reading import NAMES, pack

MANY = 1000
"""From so many entries on, starting further processes takes less time than it saves."""
MOST_PROCESSES = 4
CHUNK = 50
_vocabulary: Vocabulary | None = None


class Prepared(NamedTuple):
    """An entry as the index takes it.

    Args:
        facets: what filters ask for, and the day.
        kept: what is kept to be shown, as text.
        whole: the entry itself, as text.
        digest: tells its text from another.
    """

    id: str
    impacts: dict[str, int]
    facets: tuple[str, ...]
    kept: str
    whole: str
    digest: str


Item = tuple[Entry, str, int]
"""An entry, its path and its revision."""


def prepared(items: Sequence[Item], vocabulary: Vocabulary) -> Iterator[Prepared]:
    """Each entry as the index takes it, in the order given."""
    done = 0
    if len(items) >= MANY:
        try:
            for one in _by_several(items, vocabulary):
                yield one
                done += 1
        except (RuntimeError, OSError):  # a broken pool is a RuntimeError
            pass  # no further processes to be had here: the rest is done by this one
    for item in items[done:]:
        yield _prepare(item, vocabulary)


def _by_several(items: Sequence[Item], vocabulary: Vocabulary) -> Iterator[Prepared]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    fresh = multiprocessing.get_context("spawn")  # a forked one would share this one's database and threads
    processes = min(MOST_PROCESSES, os.cpu_count() or 1)
    with ProcessPoolExecutor(processes, fresh, _begin, (vocabulary,)) as pool:
        yield from pool.map(_prepare_here, items, chunksize=CHUNK)


def _begin(vocabulary: Vocabulary) -> None:
    global _vocabulary  # noqa: PLW0603  (the one thing a worker is told at its start)
    _vocabulary = vocabulary


def _prepare_here(item: Item) -> Prepared:
    assert _vocabulary is not None
    return _prepare(item, _vocabulary)


def _prepare(item: Item, vocabulary: Vocabulary) -> Prepared:
    entry, path, rev = item
    made = document(entry, path, vocabulary)
    named = (f"{NAMES}:{link.id}" for link in entry.deployments) if isinstance(entry, Incident) else ()
    facets = (*made.facets, f"day:{made.day:08d}", *named)
    return Prepared(made.card.id, made.impacts, facets, pack(made, rev), encode(entry), digest(made.text))
