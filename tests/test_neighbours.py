"""The likes of every entry, found all at once: the same as asking for each of them alone."""

from __future__ import annotations

import pytest
from bench.judged import entries
from bench.speed import made

from kb.model import Entry
from kb.search import finder, vocabulary
from kb.search.documents import document
from kb.search.neighbours import Neighbours
from kb.search.source import Memory

WORDS = vocabulary.builtin()


def base(found: list[tuple[Entry, str]]) -> Memory:
    return Memory(document(entry, path, WORDS) for entry, path in found)


@pytest.mark.parametrize("count", [0, 250])
def test_all_at_once_finds_what_one_by_one_finds(count: int) -> None:
    mixed: list[tuple[Entry, str]] = [(entry, path) for entry, path, _ in made(count)]
    source = base([*entries(), *mixed])
    neighbours = Neighbours(source, WORDS)
    for number, one in enumerate(source.documents):
        probe, found = neighbours.of(number, 30)
        asked, alone = finder.ranked(source, WORDS, one, 30)
        assert probe == asked
        assert (found.docs, found.total) == (alone.docs, alone.total)
        assert all(list(found.shared(doc).items()) == list(alone.shared(doc).items()) for doc, _ in found.docs)


def test_scores_too_high_for_a_lane_are_summed_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    source = base([*entries()])
    expected = [finder.ranked(source, WORDS, one, 5)[1].docs for one in source.documents]
    monkeypatch.setattr("kb.search.neighbours._BYTES", 1)
    assert [Neighbours(source, WORDS).of(number, 5)[1].docs for number in range(source.count)] == expected


def test_an_entry_alone_has_no_likes() -> None:
    source = base(entries()[:1])
    assert Neighbours(source, WORDS).of(0, 30)[1].docs == []
