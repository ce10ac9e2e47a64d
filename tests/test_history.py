"""What became of an entry, and the way back."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from commands import Kb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@pytest.fixture
def told(kb: Kb) -> Kb:
    """An incident with five revisions."""
    kb("new", "incident", "Checkout is down")
    kb("log", "first", "--by", "ops")
    kb("log", "second")
    kb("set", "severity=sev2")
    kb("lesson", "Ask.")
    return kb


def the_file(kb: Kb) -> str:
    return next(data.decode() for data in kb.files().values())


def test_each_revision_says_when_by_whom_through_what_and_how_much(told: Kb) -> None:
    rows = told("history", "checkout", "--json").json["revisions"]
    assert [row["via"] for row in rows] == ["kb new incident", "kb log", "kb log", "kb set", "kb lesson"]
    assert rows[1]["lines_added"] >= 1
    assert (rows[3]["lines_added"], rows[3]["lines_removed"]) in [(1, 0), (1, 1)]
    out = told("history", "checkout").out
    assert "+" in out
    assert max(map(len, out.splitlines())) <= 80


def test_the_text_of_one_and_what_it_changed(told: Kb) -> None:
    text = told("history", "checkout", "--rev", "2").out
    assert "first" in text
    assert "second" not in text
    changed = told("history", "checkout", "--rev", "3", "--diff").out
    assert any(line.startswith("+") and "second" in line for line in changed.splitlines())
    assert not any(line.startswith("-") and "first" in line for line in changed.splitlines())
    assert "+- Ask." in told("history", "checkout", "--diff").out
    assert told.fails("history", "checkout", "--rev", "99").code == 10
    assert told("history", "checkout", "--rev", "2", "--json").json["text"].startswith("---\n")


def test_going_back_and_forth_loses_nothing(told: Kb) -> None:
    newest = the_file(told)
    told("restore", "checkout", "--rev", "2")
    assert "second" not in the_file(told)
    assert told("history", "checkout", "--rev", "2", "--json").json["text"] == the_file(told)
    told("restore", "checkout", "--rev", "5")
    assert the_file(told) == newest
    assert len(told("history", "checkout", "--json").json["revisions"]) == 7
    assert told("sync", "--json").json["changed"] == []
    told("log", "third")
    assert "third" in the_file(told)


def test_as_it_was_at_a_time(told: Kb) -> None:
    time.sleep(1.1)
    then = datetime.now(UTC).isoformat(timespec="seconds")
    before = the_file(told)
    time.sleep(1.1)
    told("log", "too much")
    answer = told("restore", "checkout", "--at", then, "--json").json
    assert answer["restored"] == 5
    assert the_file(told) == before
    assert told.fails("restore", "checkout", "--at", "2001-01-01").code == 10


def test_what_is_asked_wrongly_changes_nothing(told: Kb) -> None:
    before = told.files()
    assert told.fails("restore", "--rev", "2").code == 2
    assert told.fails("restore", "checkout", "--rev", "2", "--at", "now").code == 2
    assert told.fails("restore", "checkout", "--rev", "77").code == 10
    assert told.fails("restore", "nothing", "--rev", "1").code == 10
    assert told.files() == before


def test_a_deleted_entry_comes_back_as_it_once_was(told: Kb) -> None:
    (path,) = told.files()
    (told.root / path).unlink()
    told("sync", "--accept-deletions")
    name = path.rpartition("/")[2].removesuffix(".md")
    assert told("history", name, "--json").json["revisions"][-1]["rev"] == 6
    told("restore", name, "--rev", "3")
    assert "second" in the_file(told)
    assert "Ask." not in the_file(told)


def test_over_a_faulty_file_nobody_goes_back(told: Kb) -> None:
    (path,) = told.files()
    (told.root / path).write_text("ruined")
    assert told.fails("restore", "checkout", "--rev", "2").code == 13
    assert (told.root / path).read_text() == "ruined"


def test_what_is_typed_by_hand_just_before_is_in_the_history(told: Kb) -> None:
    (path,) = told.files()
    (told.root / path).write_text(the_file(told).replace("first", "first of all"))
    told("restore", "checkout", "--rev", "1")
    rows = told("history", "checkout", "--json").json["revisions"]
    assert "first of all" in told("history", "checkout", "--rev", str(rows[-2]["rev"])).out


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_any_way_through_the_revisions(told: Kb, wanted: list[int]) -> None:
    for rev in wanted:
        told("restore", "checkout", "--rev", str(rev))
        assert told("history", "checkout", "--rev", str(rev), "--json").json["text"] == the_file(told)
