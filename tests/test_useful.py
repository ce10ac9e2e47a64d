"""What was proposed is judged, counts from then on, says so, and is unsaid as easily; what was not found is noted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import Kb


def hits(kb: Kb, *words: str) -> dict[str, dict[str, object]]:
    """What is proposed, in order, by id."""
    return {str(hit["id"]): hit for hit in kb("similar", *words, "-n", "10", "--json").json["hits"]}


@pytest.fixture
def burning(seeded: Kb) -> Kb:
    """An incident going on, with some that resemble it."""
    seeded("new", "incident", "High CPU after the release", "--symptom", "CPU near 100 % on app-server-02", "--symptom",
           "database slow")  # fmt: skip
    return seeded


def test_what_was_useful_comes_sooner_and_says_so(burning: Kb) -> None:
    before = hits(burning)
    chosen = list(before)[3]
    burning("useful", chosen, "--on", "high-cpu")
    now = hits(burning, "high-cpu")
    assert list(now).index(chosen) < 3
    assert float(str(now[chosen]["score"])) == pytest.approx(float(str(before[chosen]["score"])) * 1.5, rel=0.01)
    assert "called useful here" in now[chosen]["reasons"]  # type: ignore[operator]
    assert f"useful: [{chosen}]" in next(data.decode() for path, data in burning.files().items() if "high-cpu" in path)
    burning("useful", chosen, "--undo", "--on", "high-cpu")
    assert hits(burning, "high-cpu") == before


def test_what_was_of_no_use_moves_back_but_never_out(burning: Kb) -> None:
    before = hits(burning)
    first = next(iter(before))
    burning("useful", first, "--not", "--on", "high-cpu")
    now = hits(burning, "high-cpu")
    assert first in now
    assert float(str(now[first]["score"])) == pytest.approx(float(str(before[first]["score"])) / 2, rel=0.01)
    assert "called not useful here" in now[first]["reasons"]  # type: ignore[operator]
    burning("useful", first, "--on", "high-cpu")
    assert "called useful here" in hits(burning, "high-cpu")[first]["reasons"]  # type: ignore[operator]


def test_what_others_found_useful_counts_a_little_and_never_more_than_a_fifth(burning: Kb) -> None:
    before = hits(burning)
    first = next(iter(before))
    for number in range(6):
        other = burning("new", "incident", f"Another outage {number}", "--json").json["id"]
        burning("useful", first, "--on", other)
    now = hits(burning, "high-cpu")
    grown = float(str(now[first]["score"])) / float(str(before[first]["score"]))
    assert 1.05 < grown < 1.3  # the base has grown too, so rarities have moved a little
    assert "called useful in 6 others" in now[first]["reasons"]  # type: ignore[operator]


def test_the_pages_tell_the_same_order(burning: Kb) -> None:
    before = list(hits(burning))
    own = [name for name in before if "entries/library" not in str(hits(burning)[name]["path"])]
    burning("useful", own[-1], "--on", "high-cpu")
    burning("build")
    page = next((burning.root / "site/incidents").glob("*high-cpu*.html")).read_text()
    assert "called useful here" in page


def test_an_incident_is_of_no_use_to_itself_and_unknown_ones_are_none(burning: Kb) -> None:
    here = burning("show", "high-cpu", "--json").json["id"]
    assert burning.fails("useful", here, "--on", here).code == 2
    assert burning.fails("useful", "nowhere", "--on", here).code == 10
    assert burning.fails("useful", "all-applications", "--not", "--undo").code == 2


def test_what_was_searched_and_not_found_is_noted_here_alone(seeded: Kb) -> None:
    for words in ("zebra stripes", "Zebra stripes", "quantum flux", "cpu"):
        seeded("search", *words.split())
    seeded("similar", "--text", "quibble wozzeck")
    told = seeded("stats", "--searches", "--json").json["searches"]
    assert (told[0]["words"], told[0]["times"]) == ("Zebra stripes", 2)
    assert {one["words"] for one in told} == {"Zebra stripes", "quantum flux", "quibble wozzeck"}
    assert "zebra" in seeded("stats", "--searches").out.lower()
    seeded("build")
    assert not any(b"quantum flux" in path.read_bytes() for path in (seeded.root / "site").rglob("*") if path.is_file())
    note = seeded.root / ".kb/searches.jsonl"
    note.write_text(note.read_text() + "not json\n{}\n")
    assert len(seeded("stats", "--searches", "--json").json["searches"]) == 3


def test_nothing_is_noted_where_the_option_is_off_and_no_secret_ever(seeded: Kb) -> None:
    seeded("search", "zebra", KB_SEARCHES="false")
    assert not (seeded.root / ".kb/searches.jsonl").exists()
    seeded("search", "password=Tr0ub4dor&3-kx9")
    assert "Tr0ub4dor" not in (seeded.root / ".kb/searches.jsonl").read_text()
    assert seeded.fails("search", "zebra", KB_SEARCHES="maybe").code == 14


def test_only_the_newest_are_kept(seeded: Kb, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.journeys import unfound

    monkeypatch.setattr(unfound, "MOST", 3)
    for number in range(5):
        seeded("search", f"zebra{number}")
    lines = (seeded.root / ".kb/searches.jsonl").read_text().splitlines()
    assert [json.loads(line)["words"] for line in lines] == ["zebra2", "zebra3", "zebra4"]


def test_a_new_teams_first_search_finds_something(tmp_path: Path) -> None:
    kb = Kb(tmp_path / "new")
    kb.root.mkdir()
    made = kb("init", str(kb.root), "--with-library", "--json").json["made"]
    assert sum(path.startswith("entries/library/") for path in made) >= 44
    found = kb("search", "expired certificate", "--json").json
    assert found["hits"]
    assert kb("check", "--strict").code == 0
    kb("new", "incident", "Login fails", "--symptom", "certificate has expired")
    assert "Ericsson" in kb("similar", "login").out
    assert kb("stats", "--json").json["incidents"] == 1
