"""Bring what you have: nothing is dropped, a second run changes nothing, an updated source is merged."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from commands import ROOT, Kb
from hypothesis import given
from hypothesis import strategies as st

from kb.markdown import front_matter, parse
from kb.markdown.document import take_apart
from kb.markdown.frontmatter import read
from kb.markdown.reshape import reshape
from kb.markdown.times import read_moment
from kb.model import Incident

CORPUS = ROOT.parent / "shared/corpus/postmortems"

REPORT = """\
---
title: "Login: down for an hour"
date: 2024-05-06T09:30:00Z
end_time: 2024-05-06T10:41:12Z
severity: P1
keywords: [login, cache]
author: {name: Ada, team: [identity, web]}
reviewed: no
---

## Executive summary

Nobody could log in.

## Timeline of events

- 09:30 first alert
- 09:41 cache restarted
- and some talk

## What went well

- The alert was fast.

## Weather

It rained.

## Follow-ups

- [ ] Watch the cache
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "wiki" / "login.md"
    file.parent.mkdir()
    file.write_text(REPORT)
    return file


def imported(kb: Kb) -> tuple[str, Incident]:
    ((path, data),) = kb.files().items()
    entry = parse(data.decode()).entry
    assert isinstance(entry, Incident)
    return path, entry


def test_known_headings_become_fields_and_the_rest_stays(kb: Kb, report: Path) -> None:
    done = kb("import", str(report), "--json").json
    path, entry = imported(kb)
    assert path == "entries/incidents/2024/2024-05-06-login-down-for-an-hour.md"
    assert entry.title == "Login: down for an hour"
    assert (entry.summary, entry.severity, entry.status, entry.tags) == (
        "Nobody could log in.", "sev1", "resolved", ("login", "cache"),
    )  # fmt: skip
    assert entry.started
    assert entry.resolved
    assert (entry.started.iso(), entry.resolved.iso()) == ("2024-05-06T09:30+00:00", "2024-05-06T10:41:12+00:00")
    assert [(e.at.iso() if e.at else None, e.text) for e in entry.timeline] == [
        ("2024-05-06T09:30+00:00", "first alert"),
        ("2024-05-06T09:41+00:00", "cache restarted"),
        (None, "and some talk"),
    ]
    assert [str(lesson.kind) for lesson in entry.lessons] == ["well"]
    assert [action.text for action in entry.actions] == ["Watch the cache"]
    assert [section.heading for section in entry.sections] == ["Weather"]
    assert entry.extra["author"] == {"name": "Ada", "team": ["identity", "web"]}
    assert entry.extra["reviewed"] == "no"
    assert entry.extra["date"] == "2024-05-06T09:30:00Z"
    assert "started from date" in done["brought"][0]["guessed"]
    assert REPORT.split("---\n", 2)[2].strip() in kb.text(path)


def test_a_second_run_changes_nothing_and_an_update_keeps_what_people_added(kb: Kb, report: Path) -> None:
    kb("import", str(report))
    before = kb.files()
    assert kb("import", str(report), "--json").json["brought"][0]["what"] == "unchanged"
    assert kb.files() == before
    kb("log", "added here", "--at", "2024-05-06 10:00", "--on", "login")
    report.write_text(REPORT.replace("Nobody could log in.", "Nobody could log in, for an hour."))
    assert kb("import", str(report), "--json").json["brought"][0]["what"] == "updated"
    _, entry = imported(kb)
    assert entry.summary == "Nobody could log in, for an hour."
    assert "added here" in [event.text for event in entry.timeline]
    assert kb("import", str(report), "--json").json["brought"][0]["what"] == "unchanged"


def test_a_dry_run_writes_nothing(kb: Kb, report: Path) -> None:
    assert kb("import", str(report), "--dry-run", "--json").json["brought"][0]["what"] == "new"
    assert kb.files() == {}


def test_sections_at_level_one_are_moved_down(kb: Kb, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# Outage of mail\n\nLead.\n\n# Impact\n\nNo mail.\n\n## Who\n\nAll.\n\n# Root cause\n\nDisk.\n"
    )
    kb("import", str(tmp_path / "a.md"))
    _, entry = imported(kb)
    assert (entry.title, entry.lead, entry.root_cause) == ("Outage of mail", "Lead.", "Disk.")
    assert entry.impact == "No mail.\n\n### Who\n\nAll."


def test_a_document_without_anything(kb: Kb, tmp_path: Path) -> None:
    (tmp_path / "db-outage_notes.md").write_text("")
    (tmp_path / "text.md").write_text("The primary locked up. Then more.\n")
    kb("import", str(tmp_path / "db-outage_notes.md"), str(tmp_path / "text.md"))
    titles = {parse(data.decode()).entry.title for data in kb.files().values()}  # type: ignore[union-attr]
    assert titles == {"db outage notes", "The primary locked up"}


def test_faulty_documents_are_named_and_stop_nobody(kb: Kb, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "bad.md").write_text("---\na: b: c\n---\nx\n")
    (folder / "latin.md").write_bytes(b"caf\xe9")
    (folder / "good.md").write_text("# Fine\n")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    ran = kb.fails("import", str(folder), "--json")
    assert ran.code == 3
    assert [brought["id"] for brought in ran.json["brought"]] == ["fine"]
    assert sorted(problem["message"] for problem in ran.json["problems"]) == [
        "line 2: not valid YAML: mapping values are not allowed in this context", "not UTF-8 at byte 3",
    ]  # fmt: skip
    assert ran.json["passed_over"] == ["in/photo.png"]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of public postmortems is not beside this checkout")
def test_the_public_corpus_comes_in_whole(kb: Kb) -> None:
    done = kb("import", str(CORPUS), "--json").json
    assert [brought["what"] for brought in done["brought"]] == ["new"] * 242
    assert done["problems"] == []
    files = kb.files()
    for brought in done["brought"]:
        source = take_apart((CORPUS.parent / brought["source"]).read_text())
        assert source.front
        text = files[brought["path"]].decode()
        assert source.text(source.body_start, len(source.lines)) in text
        entry = parse(text).entry
        assert isinstance(entry, Incident)
        kept = [*front_matter(entry).values(), entry.title, entry.summary]
        for key in read("\n".join(source.lines[slice(*source.front)]), 1):
            assert key.value in kept or [key.value] in kept, (brought["source"], key.name)
            if key.name == "start_time" and key.value:
                assert entry.started
                given = read_moment(key.value, "UTC")
                assert entry.started.precision == "day" or entry.started.utc == given.utc
                assert 0 <= given.seconds_since(entry.started) < 86400
    assert kb("check", "--json").json["entries"] == 242
    again = kb("import", str(CORPUS), "--json").json
    assert {brought["what"] for brought in again["brought"]} == {"unchanged"}
    assert kb.files() == files


GOOGLE = """\
# Shop checkout postmortem

**Date**: 2024-05-06

**Authors**: ada, bob

**Status**: Complete, action items in progress

**Summary**: Checkout down for 66 minutes
after a release.

**Impact**: 1.2 thousand orders lost.

**Root Causes**: A service nobody knew.

**Detection**: Errors were seen on a graph.

## Action Items

| Action Item | Type | Owner | Bug |
| ----------- | ---- | ----- | --- |
| List all services | prevent | ada | OPS-4 DONE |
| Update the playbook | mitigate | bob | n/a |

## Lessons Learned

### What went well

- Monitoring was fast

### Where we got lucky

- It was a holiday

## Timeline

2024-05-06 (*all times UTC*)

*10:01* News of errors
*10:04* Ada asks what runs there
"""
PAGERDUTY = """\
# Checkout outage

## Overview

Orders failed.

## Timeline

| Time (UTC) | Event |
| :--- | :--- |
| 2024-05-06 10:01 | First page, louder than ever |
| 2024-05-06 10:04 | Acknowledged |

## How'd We Do?

### What Went Well?

- Fast page

### What Didn't Go So Well?

- Slow documents

## Action Items

- [ ] List all services
"""
ATLASSIAN = """\
# Checkout outage

## Incident summary

Orders failed.

## Leadup

A release at 5 am.

## Root cause identification: The Five Whys

1. The CPU was busy.

## Corrective actions

- [ ] List all services
"""
FORM = """\
### What happened

Orders failed.

### Impact

66 minutes.

### Timeline

- 10:01 News of errors
"""


@pytest.mark.parametrize(("text", "symptom"), [
    (GOOGLE, {"impact": "1.2 thousand orders lost.", "root_cause": "A service nobody knew.", "timeline": 2,
              "lessons": 2, "summary": "Checkout down for 66 minutes\nafter a release.", "actions": 2}),
    (PAGERDUTY, {"summary": "Orders failed.", "timeline": 2, "lessons": 2, "actions": 1}),
    (ATLASSIAN, {"summary": "Orders failed.", "actions": 1}),
    (FORM, {"impact": "66 minutes.", "timeline": 1}),
], ids=["google", "pagerduty", "atlassian", "issue form"])  # fmt: skip
def test_the_shapes_of_common_templates_are_understood_and_no_word_is_lost(
    kb: Kb, tmp_path: Path, text: str, symptom: dict[str, object]
) -> None:
    (tmp_path / "report.md").write_text(text)
    kb("import", str(tmp_path / "report.md"))
    path, entry = imported(kb)
    for name, wanted in symptom.items():
        found = getattr(entry, name)
        assert (len(found) if isinstance(wanted, int) else found) == wanted, name
    kept = set(re.findall(r"\w+", kb.text(path)))
    assert set(re.findall(r"\w+", text)) <= kept
    again = kb("import", str(tmp_path / "report.md"), "--json").json
    assert [one["what"] for one in again["brought"]] == ["unchanged"]
    assert kb("check").code == 0


def test_a_table_of_actions_says_who_does_what_under_which_ticket(kb: Kb, tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text(GOOGLE)
    kb("import", str(tmp_path / "report.md"))
    _, entry = imported(kb)
    first, second = entry.actions
    assert (first.text, first.owner, first.ticket, first.done) == (
        "List all services [Type: prevent]",
        "ada",
        "OPS-4 DONE",
        True,
    )
    assert (second.owner, second.done) == ("bob", False)
    assert entry.started
    assert entry.started.iso() == "2024-05-06"
    assert [event.at.iso()[:16] for event in entry.timeline if event.at] == ["2024-05-06T10:01", "2024-05-06T10:04"]


@given(st.text(st.sampled_from("ab |-#*:`~\n10:.?"), max_size=200))
def test_reshaping_any_text_loses_no_word(text: str) -> None:
    made = reshape(f"# T\n\n{text}\n\n## Timeline\n\n{text}\n\n## Action items\n\n{text}").body
    assert Counter(re.findall(r"\w+", text)) <= Counter(re.findall(r"\w+", made))


def test_an_entry_of_this_base_brought_again_is_no_second_one(kb: Kb, tmp_path: Path) -> None:
    kb("new", "incident", "Checkout is down")
    ((path, data),) = kb.files().items()
    (tmp_path / "copy.md").write_bytes(data)
    assert kb("import", str(tmp_path / "copy.md"), "--json").json["brought"][0]["what"] == "unchanged"
    (tmp_path / "copy.md").write_bytes(data.replace(b"Checkout", b"Basket"))
    assert kb("import", str(tmp_path / "copy.md"), "--json").json["brought"][0]["what"] == "kept as it is here"
    assert kb.files() == {path: data}
