"""What counts as a word, and the many ways people say the same thing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import raw_text

from kb.search import vocabulary
from kb.search.analysis import informative, normal, stem, tokens, words
from kb.search.source import Memory
from kb.search.spelling import distance, mend

WORDS = vocabulary.builtin()


def said(text: str) -> set[str]:
    return {found.concept for found in WORDS.find(tokens(normal(text)))}


@pytest.mark.parametrize(
    ("text", "findable"),
    [
        ("w3wp.exe hangs", ["w3wp.exe", "w3wp"]),
        ("CPU at 100 %", ["cpu", "100%"]),
        ("ORA-12541: no listener", ["ora-12541", "ora", "12541"]),
        ("HTTP 502", ["http", "502"]),
        ("/var/log/messages", ["var/log/messages", "var", "log"]),
        (r"C:\inetpub\wwwroot", [r"c:\inetpub\wwwroot", "inetpub", "wwwroot"]),
        ("app-server-01.corp.local:8080", ["app-server-01.corp.local:8080", "server", "8080"]),
        ("release 4.10.2", ["4.10.2"]),
        ("OutOfMemoryError", ["memori", "outofmemoryerror"]),
        ("a roll-back", ["rollback", "roll", "back"]),
        ("can't", ["cant"]),
        ("Café Naïve", ["cafe"]),
    ],
)
def test_a_jointed_thing_is_found_by_itself_and_by_its_parts(text: str, findable: list[str]) -> None:
    assert set(findable) <= {stem(word) for word in words(text)} | set(words(text))


def test_endings_do_not_matter() -> None:
    assert len({stem(word) for word in ("deploy", "deploys", "deployed", "deploying", "deployment")}) == 1
    assert stem("queries") == stem("query")
    assert stem("frozen") == stem("freeze")


def test_small_numbers_clock_times_and_function_words_say_nothing_alone() -> None:
    assert not any(informative(token) for token in words("the 9 and 12 of it"))
    assert words("at 06:30 today") == ["at", "todai"] or words("at 06:30 today") == ["at", "today"]
    assert informative("502")


@pytest.mark.parametrize(
    ("one", "other"),
    [("one", "on"), ("ups", "up"), ("generator", "general"), ("busy", "business"), ("container", "contains"),
     ("contention", "content"), ("periodic", "period"), ("building", "built"), ("hosting", "hosts")],
)  # fmt: skip
def test_words_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("high CPU", "cpu-saturated"),
        ("the processors are pegged", "cpu-saturated"),
        ("CPU near 100 %", "cpu-saturated"),
        ("w3wp.exe eats 100% of the box", "cpu-saturated"),
        ("nothing works any more", "everything-down"),
        ("None of our applications work", "everything-down"),
        ("pods are OOMKilled", "memory-exhausted"),
        ("No space left on device", "disk-full"),
        ("the drive is full", "disk-full"),
        ("FATAL: too many connections for role", "connections-exhausted"),
        ("lookup orders.svc: no such host", "dns-failure"),
        ("our certificate expired on Sunday", "certificate-expired"),
        ("right after the release", "after-deployment"),
        ("we rolled out 4.10 with Octopus and then it began", "after-deployment"),
        ("somebody dropped the production table", "wrong-delete"),
        ("clients keep retrying without backoff", "retry-storm"),
        ("nobody knew that this service existed", "unknown-process"),
        ("the replica is two hours behind", "replication-lag"),
        ("users cannot log in", "unauthenticated"),
    ],
)
def test_many_ways_to_say_it(text: str, concept: str) -> None:
    assert concept in said(text)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("CPU was normal. High error rate.", "cpu-saturated"),
        ("the disk is fine, the hall was full", "everything-down"),
        ("a new colour for the button", "after-deployment"),
    ],
)
def test_what_was_not_said_is_not_heard(text: str, concept: str) -> None:
    assert concept not in said(text)


def test_a_team_adds_its_own_words(tmp_path: Path) -> None:
    own = tmp_path / "words.txt"
    lines = (
        "[symptom cpu-saturated]", "the hamster runs", "[symptom flux: no flux at all]", "no flux; <cpu> melts",
        "[words]", "warehouse; depot; storehouse",
    )  # fmt: skip
    own.write_text("\n".join(lines))
    mine = vocabulary.load(own)
    found = {f.concept for f in mine.find(tokens("the hamster runs and there is no flux"))}
    assert {"cpu-saturated", "flux"} <= found
    assert mine.concepts["flux"].label == "no flux at all"
    assert mine.digest != WORDS.digest
    assert any("depot" in mine.alike[number] for number in mine.groups[stem("warehouse")])


def test_the_vocabulary_is_large_sound_and_quick_to_load(tmp_path: Path) -> None:
    phrases = [phrase for group in WORDS.phrases.values() for phrase in group]
    assert len(WORDS.concepts) >= 200
    assert len(phrases) >= 4000
    classes = {name for group in WORDS.members.values() for _, name in group}
    assert {slot for phrase in phrases for slot in phrase.slots if slot[0] == "<"} <= classes
    cache = tmp_path / "vocabulary.json"
    assert vocabulary.load(cache=cache).plain() == WORDS.plain()
    took = []
    for _ in range(3):
        began = time.perf_counter()
        assert vocabulary.load(cache=cache).digest == WORDS.digest
        took.append(time.perf_counter() - began)
    assert min(took) < 0.1
    cache.write_text("{")
    assert vocabulary.load(cache=cache).plain() == WORDS.plain()


@given(raw_text)
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_and_every_token_points_into_it(text: str) -> None:
    text = normal(text)
    found = tokens(text)
    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert [token.at for token in found] == sorted(token.at for token in found)
    for concept, start, end in WORDS.find(found):
        assert concept in WORDS.concepts
        assert text[start:end].strip()


@given(st.text(), st.text(max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_vocabulary_file_is_read(text: str, more: str) -> None:
    vocabulary.read([text, f"[symptom x: y]\n{more}"]).find(tokens(normal(more)))


def test_a_misspelt_word_of_the_vocabulary_is_mended_where_no_entry_holds_it() -> None:
    empty = Memory([])
    mended = [token.text for token in mend(tokens("certifcate expried, databse conection refused"), empty, WORDS)]
    assert mended == words("certificate expired, database connection refused")
    assert mend(tokens("black box in the back office"), empty, WORDS)[0].text == "black"


@given(st.text("abcd", max_size=8), st.text("abcd", max_size=8))
@settings(max_examples=100, deadline=None)
def test_distance_is_the_same_from_both_ends(one: str, other: str) -> None:
    assert distance(one, other, 9) == distance(other, one, 9)
    assert (distance(one, other, 9) == 0) == (one == other)
    assert distance(one, other, 2) == min(3, distance(one, other, 9))
