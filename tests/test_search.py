"""`kb search`: a responder's words, filters, phrases, prefixes, misspelt and malformed queries; every hit says why."""

from __future__ import annotations

import re

import pytest
from bench.judged import entries
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import raw_text

from kb.search import finder, query, vocabulary
from kb.search.analysis import normal, tokens, words
from kb.search.documents import document
from kb.search.excerpts import CLOSE, OPEN
from kb.search.finder import Results
from kb.search.source import Memory

WORDS = vocabulary.builtin()
SEED = "2019-03-12-all-applications-down"


@pytest.fixture(scope="module")
def base() -> Memory:
    return Memory(document(entry, path, WORDS) for entry, path in entries())


def search(base: Memory, words: str, limit: int = 10) -> Results:
    return finder.search(base, WORDS, words, limit)


def ids(base: Memory, words: str, limit: int = 10) -> list[str]:
    return [hit.entry.id for hit in search(base, words, limit).hits]


def test_the_seed_story_is_found_in_a_responders_words(base: Memory) -> None:
    assert ids(base, "high CPU after deploy")[0] == SEED
    assert SEED in ids(base, "processor saturated on the web host, everything times out")[:3]
    assert SEED in ids(base, "site slow, w3wp.exe at 100%")[:3]
    assert SEED in ids(base, "all apps unresponsive this morning, release went fine")[:3]


def test_a_hit_says_why_in_words_and_shows_the_passage(base: Memory) -> None:
    hit = search(base, "high CPU after deploy").hits[0]
    assert 'both: CPU saturated ("high CPU" / "CPU near 100 %")' in hit.reasons
    assert "both began after a deployment" in hit.reasons
    assert OPEN in hit.excerpt
    assert "CPU near 100 %" in hit.excerpt.replace(OPEN, "").replace(CLOSE, "")
    assert hit.entry.cracked_by == "What is currently running on our application server?"


def test_filters_narrow_the_answer(base: Memory) -> None:
    assert ids(base, "service:storefront kind:incident") == [SEED]
    assert ids(base, 'service:"back office" kind:incident cpu') == [SEED]
    assert ids(base, "system:sql-server kind:incidents") == [SEED]
    assert set(ids(base, "kind:system")) == {"app-server-01"}
    assert all(hit.entry.severity == "sev1" for hit in search(base, "severity:1 database").hits)
    assert all(hit.entry.started < "2015" for hit in search(base, "before:2015 network").hits)
    assert all("2019-03" <= hit.entry.started < "2019-08" for hit in search(base, "after:2019-03 before:2019-08").hits)
    assert SEED not in ids(base, "cpu -service:storefront")
    assert ids(base, "tag:no-such-tag cpu") == []


def test_phrases_prefixes_and_absences(base: Memory) -> None:
    assert ids(base, '"DotNetNuke"')
    assert all("clean release" in hit.entry.title for hit in search(base, '"clean release" severity:1').hits)
    assert ids(base, '"release clean four"') == []
    assert SEED in ids(base, "dotnetn*")
    assert SEED not in ids(base, "cpu -dotnetnuke", 50)
    assert SEED in ids(base, "cpu", 50)


def test_misspelt_words_are_understood_and_mended(base: Memory) -> None:
    found = search(base, "certifcate exipred")
    assert "certificate" in (found.suggestion or "")
    assert found.hits[0].entry.id.endswith("certificate")
    assert "slow" in (search(base, "databse slwo").suggestion or "")
    assert search(base, "black").suggestion is None
    assert search(base, "high cpu after deploy").suggestion is None


def test_nothing_is_found_for_what_nobody_wrote(base: Memory) -> None:
    found = search(base, "zzyzx qwrtpl")
    assert (found.hits, found.total) == ([], 0)
    assert search(base, "").hits == []


def test_the_limit_holds_and_the_total_counts_all(base: Memory) -> None:
    found = search(base, "database", 3)
    assert len(found.hits) == 3 < found.total
    assert search(base, "database", 0).hits == []


@pytest.mark.parametrize(
    "text",
    ['"', 'service:', "-", "--", "*", "***", "ab*", "before:2026-13-99", "after:yesterday", "service:***", "(",
     "OR NOT", 'x"y"z', "-cpu", "kind:", ":", "\x00", "a:b:c", "-service:", '""', '-""', "severity:", "before:0000"],
)  # fmt: skip
def test_what_cannot_be_read_is_read_as_words(base: Memory, text: str) -> None:
    search(base, text)
    search(base, f"high cpu {text}")


def test_a_pasted_alert_of_200_lines_is_fine(base: Memory) -> None:
    alert = "\n".join(f"2026-11-23T09:{n % 60:02}:00Z web-{n} CRIT cpu at 100% w3wp.exe timeout" for n in range(200))
    assert ids(base, alert)[0] == SEED


@given(raw_text)
@settings(max_examples=60, deadline=None)
def test_no_query_raises(text: str) -> None:
    finder.search(_BASE, WORDS, text)
    understood = query.parse(text)
    assert len(understood.prefixes) + len(understood.phrases) + len(understood.facets) <= query.MOST_TERMS


TYPED = """cpu high slow database connection deploy storefront sql-server timeout certificate w3wp.exe 100% queue disk
full all apps down release login retry network packets dns sql server back office application"""
vocabulary_words = st.sampled_from(TYPED.split())


@given(st.lists(vocabulary_words, min_size=1, max_size=8).map(" ".join))
@settings(max_examples=60, deadline=None)
def test_every_hit_has_reasons_and_each_names_only_what_is_on_both_sides(text: str) -> None:
    for hit in finder.search(_BASE, WORDS, text).hits:
        whole = _BASE.documents[[d.card.id for d in _BASE.documents].index(hit.entry.id)]
        assert 1 <= len(hit.reasons) <= 4
        for reason in hit.reasons:
            check_reason(reason, text, whole.text, whole.impacts)


@pytest.mark.parametrize("number", range(0, len(entries()), 5))
def test_what_makes_two_incidents_alike_is_in_both(number: int) -> None:
    entry, path = entries()[number]
    asked = " ".join(document(entry, path, WORDS).text.split())
    for hit in finder.similar(_BASE, WORDS, entry):
        whole = _BASE.documents[[d.card.id for d in _BASE.documents].index(hit.entry.id)]
        assert 1 <= len(hit.reasons) <= 4
        for reason in hit.reasons:
            check_reason(reason, asked, whole.text, whole.impacts)


def check_reason(reason: str, asked: str, theirs: str, held: dict[str, int]) -> None:
    """What a reason names is in the query and in the entry."""
    said = {f.concept for f in WORDS.find(tokens(normal(asked)))}
    if quotes := re.fullmatch(r'both: .* \("(.*)" / "(.*)"\)', reason, re.DOTALL):
        flat = " ".join(theirs.split())
        assert quotes[1].rstrip("…") in asked
        assert quotes[2].rstrip("…") in flat
    elif quoted := re.fullmatch(r'both: (.*) \("(.*)"\)', reason, re.DOTALL):
        assert quoted[2].rstrip("…") in asked
        assert any(c.label == quoted[1] and c.name in said and "~" + c.name in held for c in WORDS.concepts.values())
    elif reason.startswith("shared words: "):
        for word in reason.removeprefix("shared words: ").split(", "):
            assert word in asked
            assert any(token in held for token in words(word))
    elif reason.startswith("in other words: "):
        for word in reason.removeprefix("in other words: ").split(", "):
            assert word in asked
            groups = [WORDS.alike[number] for token in words(word) for number in WORDS.groups.get(token, ())]
            assert any(other in held for group in groups for other in group)
    elif named := re.fullmatch(r"same (service|system|tag): (.*)", reason):
        assert f"@{named[1]}:{named[2]}" in held
        assert named[2] in asked.replace(" ", "-").lower()
    elif began := re.fullmatch(r"both began at the same part of the day: (.*)", reason):
        assert f"@began:{began[1]}" in held
    else:
        concept = next(c for c in WORDS.concepts.values() if c.says == reason)
        assert f"~{concept.name}" in held
        assert concept.name in said


_BASE = Memory(document(entry, path, WORDS) for entry, path in entries())
