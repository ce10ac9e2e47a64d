"""The likes of every entry, found all at once: the same as asking for each of them alone."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from bench.judged import entries
from bench.speed import made

from kb.model import Entry, Match, TimelineEvent
from kb.search import finder, vocabulary
from kb.search.documents import document
from kb.search.likes import Everyone
from kb.search.neighbours import Neighbours
from kb.search.source import Memory

WORDS = vocabulary.builtin()


def base(found: list[tuple[Entry, str]]) -> Memory:
    return Memory(document(entry, path, WORDS) for entry, path in found)


@pytest.mark.parametrize("count", [0, 120])
def test_all_at_once_finds_what_one_by_one_finds(count: int) -> None:
    mixed: list[tuple[Entry, str]] = [(entry, path) for entry, path, _ in made(count)]
    source = base([*entries(), *mixed])
    neighbours = Neighbours(source, WORDS)
    for number, one in enumerate(source.documents):
        probe, found, _ = neighbours.of(number, 30)
        asked, alone = finder.ranked(source, WORDS, one, 30)
        assert probe == asked
        assert found.docs == alone.docs
        assert all(list(found.shared(doc).items()) == list(alone.shared(doc).items()) for doc, _ in found.docs)


def test_scores_too_high_for_a_lane_are_summed_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    source = base([*entries()])
    expected = [finder.ranked(source, WORDS, one, 5)[1].docs for one in source.documents]
    monkeypatch.setattr("kb.search.neighbours._BYTES", 1)
    assert [Neighbours(source, WORDS).of(number, 5)[1].docs for number in range(source.count)] == expected


def test_an_entry_alone_has_no_likes() -> None:
    source = base(entries()[:1])
    assert Neighbours(source, WORDS).of(0, 30)[1].docs == []


def everyone(found: dict[str, Entry], before: Everyone | None = None) -> Everyone:
    """Everything taken in; what an entry says tells it from others."""
    now = before or Everyone()
    items = [(entry, f"entries/{name}.md", repr(entry)) for name, entry in found.items()]
    now.update(items, found.keys(), WORDS, lambda _: None)
    now.keep()
    return now


def all_likes(found: dict[str, Entry], of: Everyone) -> dict[str, tuple[Match, ...]]:
    return {name: of.matches(name) for name in found}


def test_after_any_change_the_likes_are_what_they_would_be_found_to_be_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    alone = Neighbours.of
    monkeypatch.setattr(
        Neighbours, "of", lambda self, number, limit: asked.append(number) or alone(self, number, limit)
    )
    mixed = random.Random(7)
    found: dict[str, Entry] = {entry.id: entry for entry, _, _ in made(120)}
    kept = everyone(found)
    phrases = (
        "CPU near 100 % again",
        "the mail queue grows",
        "nobody knew the quokka service",
        "a certificate expired",
    )
    saved = 0
    for step in range(8):
        name = mixed.choice(sorted(found))
        event = TimelineEvent(mixed.choice(phrases))
        if step == 5:
            found[f"new-{step}"] = replace(found[name], id=f"new-{step}")
        elif step == 6:
            del found[name]
        else:
            found[name] = replace(found[name], timeline=(*found[name].timeline, event))
        asked.clear()
        everyone(found, kept)
        saved += len(found) - len(asked)
        assert all_likes(found, kept) == all_likes(found, everyone(found))
    assert saved > 0


def test_what_is_kept_on_disk_is_believed_only_when_it_is_whole_and_of_the_same_code(tmp_path: Path) -> None:
    found: dict[str, Entry] = {entry.id: entry for entry, _, _ in made(20)}
    file = tmp_path / "site" / "likes.pickle"
    first = everyone(found, Everyone(file, "a"))
    assert Everyone(file, "a").matches("2020-01-01-made-3") == first.matches("2020-01-01-made-3")
    assert Everyone(file, "b").matches("2020-01-01-made-3") == ()
    file.write_bytes(file.read_bytes()[:500])
    assert all_likes(found, everyone(found, Everyone(file, "a"))) == all_likes(found, first)
