"""`kb similar` and `kb questions`: what this incident is like, and what to ask next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from bench.judged import JUDGED, entries

from kb.model import Answer, Entry, Incident, IncidentStatus, Item, Moment, Question, Suggestion, Verdict
from kb.search import finder, probe, questions, scoring, vocabulary
from kb.search.documents import document
from kb.search.source import Memory

WORDS = vocabulary.builtin()
SEED = "2019-03-12-all-applications-down"


@pytest.fixture(scope="module")
def base() -> Memory:
    return Memory(document(entry, path, WORDS) for entry, path in entries())


def entry(id: str) -> Entry:
    return next(entry for entry, _ in entries() if entry.id == id)


def suggest(base: Memory, about: str | Entry, limit: int = 10) -> list[Suggestion]:
    return questions.suggest(base, WORDS, about, limit)


def test_an_entry_is_never_like_itself_and_only_incidents_are_similar(base: Memory) -> None:
    for one in (entry(SEED), entry("2019-03-12-release-4-10"), entry("app-server-01")):
        hits = finder.similar(base, WORDS, one)
        assert one.id not in [hit.entry.id for hit in hits]
        assert {hit.entry.kind for hit in hits} == {"incident"}
        assert all(hit.reasons for hit in hits)


def test_search_and_similar_are_one_ranking(base: Memory) -> None:
    for words, _ in JUDGED:
        searched = [hit for hit in finder.search(base, WORDS, words, 100).hits if hit.entry.kind == "incident"][:8]
        alike = finder.similar(base, WORDS, words, 8)
        assert [hit.entry.id for hit in searched] == [hit.entry.id for hit in alike], words


def test_the_same_mechanism_comes_first(base: Memory) -> None:
    pairs = {
        "2015-07-20-sentry-wraparound": "2019-02-04-mandrill-wraparound",
        "2016-07-20-stack-exchange-regex": "2019-07-02-cloudflare-regex",
        "2018-12-06-ericsson-expired-certificate": "2019-05-04-firefox-addons-certificate",
        "2023-03-08-datadog-systemd": "2023-03-14-reddit-pi-day",
    }
    for one, other in pairs.items():
        assert other in [hit.entry.id for hit in finder.similar(base, WORDS, entry(one), 3)]


def test_the_same_service_counts(base: Memory) -> None:
    bare = Incident(id="2026-01-01-new", title="Something odd", services=("storefront",))
    assert finder.similar(base, WORDS, bare)[0].entry.id == SEED
    assert "same service: storefront" in finder.similar(base, WORDS, bare)[0].reasons


def test_the_part_of_the_day_counts_but_makes_nobody_alike() -> None:
    def made(id: str, title: str, began: str) -> Incident:
        return Incident(id=id, title=title, started=Moment(datetime.fromisoformat(f"2026-01-05 {began}:00+00:00")))

    past = [made("a-night", "Queue is growing", "02:10"), made("b-noon", "Queue is growing", "13:10")]
    other = made("c-night", "Certificate expired", "02:30")
    base = Memory(document(one, f"entries/incidents/2026/{one.id}.md", WORDS) for one in (*past, other))
    hits = finder.similar(base, WORDS, made("d", "Queues grow", "03:00"))
    assert [hit.entry.id for hit in hits] == ["a-night", "b-noon"]
    assert "both began at the same part of the day: night" in hits[0].reasons


def test_a_past_incident_of_ones_own_comes_before_the_library_and_before_one_that_is_open() -> None:
    def made(id: str, status: IncidentStatus = IncidentStatus.RESOLVED) -> Incident:
        return Incident(id=id, title="Disk full on db-1", symptoms=(Item("No space left on device"),), status=status)

    kept = [
        (made("c-own"), "entries/incidents/2020/c-own.md"),
        (made("b-library"), "entries/library/b-library.md"),
        (made("a-open", IncidentStatus.INVESTIGATING), "entries/incidents/2020/a-open.md"),
    ]
    base = Memory(document(one, path, WORDS) for one, path in kept)
    hits = finder.similar(base, WORDS, "disk full, no space left")
    assert [hit.entry.id for hit in hits] == ["c-own", "b-library", "a-open"]


def test_how_well_it_fits_is_said_in_a_word(base: Memory) -> None:
    def fit(text: str) -> str:
        return finder.similar(base, WORDS, text, 1)[0].fit

    assert fit("high CPU on the application server after the release, everything times out") == "strong"
    assert fit("high CPU") in ("likely", "strong")
    assert fit("birthday cake recipe without sugar") == "none"
    assert fit("slow") in ("weak", "likely")  # all that was said is there: it is no chance


def test_an_entry_of_a_large_base_asks_with_its_rarest_words() -> None:
    common = [
        Incident(id=f"{n:04}", title="Server slow", summary=f"Word{n % 7} and the queue of host{n} is growing")
        for n in range(3000)
    ]
    twin = Incident(id="twin", title="Server slow", summary="The xylophone of the queue is growing")
    base = Memory(document(one, f"entries/incidents/2020/{one.id}.md", WORDS) for one in (*common, twin))
    summary = "Another xylophone, and the queue is growing"
    asked = Incident(id="new", title="Server slow", summary=summary, resolution="The queue was emptied")
    typed, found = finder.ranked(base, WORDS, asked, 1)
    assert base.documents[found.docs[0][0]].card.id == "twin"
    assert sum(len(base.postings(token)) for token in found.parts) <= scoring.POSTINGS
    assert len(typed.weights) > len(found.parts)


def test_an_incident_that_nothing_explains_yet_asks_like_a_responder(base: Memory) -> None:
    typed = "processor saturated on the web host, everything times out"
    young = Incident(id="2026-01-01-new", title=typed, symptoms=(Item(typed),))
    alike = finder.similar(base, WORDS, young)
    assert [hit.entry.id for hit in alike] == [hit.entry.id for hit in finder.similar(base, WORDS, typed)]
    assert probe.so_far(young) == typed
    assert probe.so_far(replace(young, resolution="We stopped it")) == ""
    assert probe.so_far(entry(SEED)) == ""


def test_excluded_entries_stay_out(base: Memory) -> None:
    hits = finder.similar(base, WORDS, "high CPU after deploy", 5, frozenset({SEED}))
    assert SEED not in [hit.entry.id for hit in hits]
    assert len(hits) == 5


def test_the_question_that_cracked_it_is_asked_first(base: Memory) -> None:
    found = suggest(base, "high CPU")
    assert "What is currently running on our application server?" in [one.text for one in found[:3]]
    first = next(one for one in found if "currently running" in one.text)
    assert first.verdict is Verdict.CRACKED
    assert first.asked_in == (SEED,)
    assert first.reasons == (f"cracked {SEED}, asked 30 min in",)


def test_what_was_asked_already_is_left_out(base: Memory) -> None:
    open_one = Incident(id="2026-01-01-new", title="High CPU on the application server")
    before = [one.text for one in suggest(base, open_one)]
    assert "What is currently running on our application server?" in before
    asked = replace(open_one, questions=(Question("what's currently running on the application server"),))
    assert "What is currently running on our application server?" not in [one.text for one in suggest(base, asked)]


def test_an_empty_base_asks_general_questions() -> None:
    nothing = Memory([])
    found = suggest(nothing, "high CPU", 5)
    assert len(found) == 5
    assert found[0].reasons == ("a general question for: CPU saturated",)
    assert "process" in found[0].text
    assert suggest(nothing, "", 3)[0].reasons == ("a general question",)


def test_a_question_asked_in_two_incidents_is_one_question_and_counts_more() -> None:
    def made(id: str, asked: str, verdict: Verdict) -> Incident:
        question = Question(asked, verdict=verdict, answers=(Answer("yes"),))
        seen = (Item("No space left on device"),)
        return Incident(id=id, title="Disk full on db-1", symptoms=seen, questions=(question,))

    both = [
        made("2020-01-01-a", "Which file grew on the disk?", Verdict.LEAD),
        made("2020-01-02-b", "Which file grew on that disk?", Verdict.CRACKED),
        made("2020-01-03-c", "Is the moon full?", Verdict.DEAD_END),
    ]
    base = Memory(document(one, f"entries/incidents/2020/{one.id}.md", WORDS) for one in both)
    found = suggest(base, "disk full, no space left", 3)
    assert found[0].verdict is Verdict.CRACKED
    assert set(found[0].asked_in) == {"2020-01-01-a", "2020-01-02-b"}
    assert found[-1].score < found[0].score


def test_starter_questions_belong_to_concepts_of_the_vocabulary() -> None:
    assert set(questions.bank()) - {"", questions.MEETING} <= WORDS.concepts.keys()
    assert len(questions.bank()[""]) >= 10
