"""Parser, renderer and edits: whatever stands in an entry comes back, and an edit changes only its own lines."""

from __future__ import annotations

import difflib
import json
import random
import time
from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import cleaned, entries, item_id, pairs, raw_text, unique_ids

from kb.errors import InvalidEntry
from kb.markdown import clean, clean_line, parse, render, revise
from kb.markdown.fields import section_for
from kb.markdown.render import item_lines
from kb.model import Entry, Incident, TimelineEvent, Visibility

relaxed = settings(deadline=None, suppress_health_check=list(HealthCheck))
FRONT = "---\nid: a\nkind: incident\n---\n"


@settings(relaxed, max_examples=60)
@given(entries)
def test_what_is_rendered_is_read_again(entry: Entry) -> None:
    text = render(entry)
    read = parse(text)
    assert read.entry == entry
    assert read.ok
    assert render(read.entry) == text


@settings(relaxed, max_examples=300)
@given(raw_text)
def test_no_text_breaks_the_parser(text: str) -> None:
    for whole in (text, FRONT + text, f"---\n{text}\n---\n# T\n", FRONT + f"# T\n\n## Timeline\n\n- {text}\n"):
        read = parse(whole)
        lines = whole.count("\n") + 1
        assert all(1 <= problem.line <= lines for problem in read.problems)


@settings(relaxed, max_examples=60)
@given(pairs, st.randoms(use_true_random=False), st.booleans())
def test_an_edit_gives_the_wanted_entry_and_keeps_comments_and_line_ends(
    pair: tuple[Entry, Entry], chance: random.Random, windows: bool
) -> None:
    before, other = pair
    names = [f.name for f in fields(before) if f.name not in ("id", "timezone")]
    picked = chance.sample(names, k=chance.choice([1, 1, 2, 3]))
    wanted = replace(before, **{name: getattr(other, name) for name in picked})
    if not unique_ids(wanted):
        return
    text = render(before).replace("\n---\n\n", "\n# a comment of somebody's\n---\n\n", 1)
    text = text.replace("\n", "\r\n") if windows else text
    result = revise(text, wanted)
    assert parse(result).entry == wanted
    assert "# a comment of somebody's" in result
    assert result.count("\r\n") == (result.count("\n") if windows else 0)


@settings(relaxed, max_examples=60)
@given(entries, cleaned(), item_id)
def test_a_new_event_only_inserts_lines(entry: Entry, text: str, new_id: str) -> None:
    before = render(entry)
    wanted = replace(entry, timeline=(*entry.timeline, TimelineEvent(text, id=new_id)))
    if not unique_ids(wanted):
        return
    after = revise(before, wanted)
    changes = difflib.SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False).get_opcodes()
    assert {tag for tag, *_ in changes} <= {"equal", "insert"}


@settings(relaxed, max_examples=40)
@given(entries.filter(lambda entry: entry.questions), cleaned(question=True), st.integers(0, 2))
def test_changing_one_item_rewrites_its_lines_and_no_other(entry: Entry, text: str, number: int) -> None:
    old = entry.questions[number % len(entry.questions)]
    new = replace(old, text=text)
    place = section_for(entry.kind, "Questions asked")
    assert place
    before = render(entry)
    was, becomes = ("\n".join(item_lines(place, item, entry.timezone)) for item in (old, new))
    wanted = replace(entry, questions=tuple(new if q is old else q for q in entry.questions))
    assert revise(before, wanted) == before.replace(f"\n{was}\n", f"\n{becomes}\n", 1)


@settings(relaxed, max_examples=40)
@given(entries, st.sampled_from([*Visibility]))
def test_setting_a_key_rewrites_one_line(entry: Entry, visibility: Visibility) -> None:
    before = render(entry)
    after = revise(before, replace(entry, visibility=visibility))
    assert after == before.replace(f"\nvisibility: {entry.visibility}\n", f"\nvisibility: {visibility}\n", 1)


@settings(relaxed, max_examples=100)
@given(raw_text, st.booleans())
def test_cleaning_once_is_enough(text: str, question: bool) -> None:
    once = clean(text, question=question)
    assert clean(once, question=question) == once
    assert clean_line(clean_line(text)) == clean_line(text)
    assert not set(once) & {"\x1b", "\x00", "\r", "\x9b", "\u2028", "\u202e", "\ufeff"}


HAND = """---
id: 2026-11-22-checkout-down
kind: incident
status: investigating   # still looking
severity: sev2
timezone: Europe/Berlin
started: 2026-11-22 23:50
x-team: payments
tags:
  - checkout   # the shop
  - "no"
---

# Checkout down

It began before midnight.

## Timeline

1. 23:50 alerts
* 2026-11-23 00:05 - restarted the pods
- **00:20** `deploy` rolled back (by: Ada)
- nobody knows when

Some prose in between.

## Questions

- What changed?
  - a config push
- [x] Is it DNS? (verdict: dead-end)
- [x] ticked without a word

## What went well

- We noticed at once

## Our own section

Kept   as it is.

## Root cause
"""


def test_what_a_person_types_by_hand_is_understood() -> None:
    read = parse(HAND, "x.md")
    entry = read.entry
    assert isinstance(entry, Incident)
    assert [event.at.local("Europe/Berlin") if event.at else None for event in entry.timeline] == [
        "2026-11-22 23:50", "2026-11-23 00:05", "2026-11-23 00:20", None,
    ]  # fmt: skip
    assert [event.text for event in entry.timeline] == [
        "alerts",
        "restarted the pods",
        "rolled back",
        "nobody knows when",
    ]
    assert (entry.timeline[2].kind, entry.timeline[2].by) == ("change", "Ada")
    assert [(q.text, str(q.verdict)) for q in entry.questions] == [
        ("What changed?", "open"), ("Is it DNS?", "dead end"), ("ticked without a word", "open"),
    ]  # fmt: skip
    assert entry.questions[0].answers[0].text == "a config push"
    assert [(lesson.text, str(lesson.kind)) for lesson in entry.lessons] == [("We noticed at once", "well")]
    assert [section.heading for section in entry.sections] == ["Timeline", "Our own section"]
    assert entry.extra == {"x-team": "payments"}
    assert entry.tags == ("checkout", "no")
    assert [(p.line, p.message) for p in read.problems] == [
        (HAND.split("\n").index("- nobody knows when") + 1, "timeline event does not start with a time"),
        (HAND.split("\n").index("- [x] ticked without a word") + 1, "question is ticked but has no verdict"),
    ]
    assert all(len(event.id) == 6 for event in entry.timeline)


def test_editing_a_file_typed_by_hand_touches_one_line() -> None:
    entry = parse(HAND).entry
    assert isinstance(entry, Incident)
    wanted = replace(entry, root_cause="A flag.", tags=("checkout", "no", "flags"))
    after = revise(HAND, wanted)
    changed = [line for line in difflib.ndiff(HAND.split("\n"), after.split("\n")) if line[0] in "+-"]
    assert changed == ["+   - flags", "+ A flag.", "+ "]


def test_an_event_put_before_clock_times_does_not_move_them_to_another_day() -> None:
    entry = parse(HAND).entry
    assert isinstance(entry, Incident)
    first = replace(entry.timeline[0], id="zzzzzz", text="the day before", at=None)
    wanted = replace(entry, timeline=(first, *entry.timeline))
    assert parse(revise(HAND, wanted)).entry == wanted


@pytest.mark.parametrize(
    ("front", "line", "message"),
    [
        ("id: a\nkind: incident\nstatus: resolvd", 4, "did you mean 'resolved'?"),
        ("id: a\nkind: incident\nstatus: resolved\nstatus: open", 5, "key 'status' appears twice (first on line 4)"),
        ("id: a\nkind: incident\nstarted: yesterday", 4, "'yesterday' is not a time"),
        ("id: a\nkind: incident\ntimezone: Mars/Olympus", 4, "'Mars/Olympus' is not a time zone"),
        ("id: a\nkind: incident\nsummary: a: b", 4, "not valid YAML"),
        ("id: a\nkind: incident\ntags: &x [a]\nservices: *x", 4, "anchors and aliases are not allowed"),
        ("id: a\nkind: incident\nenvironment: !!python/name:os.system x", 4, "is not allowed"),
        ("id: a\nkind: incdent", 3, "kind 'incdent' is not known"),
        ("kind: incident", 1, "no id"),
        ("id: ../../etc/passwd\nkind: incident", 2, "is not an id"),
        ("- a\n- b", 2, "the front matter is not a list of 'key: value'"),
    ],
)
def test_a_fault_names_its_line_and_how_to_mend_it(front: str, line: int, message: str) -> None:
    problems = [p for p in parse(f"---\n{front}\n---\n\n# T\n", "x.md").problems if p.level == "error"]
    assert [(problem.line, message in problem.message) for problem in problems] == [(line, True)]
    assert problems[0].hint
    assert str(problems[0]).startswith(f"x.md:{line}: ")


def test_values_mean_what_was_written() -> None:
    text = FRONT.replace("---\n", "---\nnear_miss: no\nversion: 4.10\ntook: 1:30\nbuild: 007\nenvironment: no\n", 1)
    entry = parse(f"{text}# T\n").entry
    assert isinstance(entry, Incident)
    assert entry.near_miss is False
    assert entry.environment == "no"
    assert entry.extra == {"version": "4.10", "took": "1:30", "build": "007"}
    assert parse(render(entry)).entry == entry


def test_an_unknown_visibility_is_internal() -> None:
    read = parse(f"{FRONT.replace('kind', 'visibility: pubic' + chr(10) + 'kind')}# T\n")
    assert read.ok
    assert read.entry is not None
    assert read.entry.visibility == "internal"


def test_a_heading_swallowed_by_an_open_fence_is_pointed_out() -> None:
    read = parse(f"{FRONT}# T\n\n## Summary\n\n```\nlog\n\n## Root cause\n\nIt.\n")
    assert "heading 'Root cause' is inside a block opened on line 9" in [p.message for p in read.problems]


def test_conflict_markers_are_an_error_at_their_line() -> None:
    read = parse(f"{FRONT}# T\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n", "x.md")
    assert not read.ok
    assert read.problems[0].line == 6


def test_an_edit_never_changes_the_id() -> None:
    entry = parse(f"{FRONT}# T\n").entry
    assert entry is not None
    with pytest.raises(InvalidEntry):
        revise(f"{FRONT}# T\n", replace(entry, id="b"))


@pytest.mark.parametrize("hour", ["02:30+02:00", "02:30+01:00"])
def test_the_hour_that_comes_twice_keeps_its_offset(hour: str) -> None:
    text = f"{FRONT.replace('kind', f'timezone: Europe/Berlin{chr(10)}started: 2026-10-25 {hour}{chr(10)}kind')}# T\n"
    entry = parse(text).entry
    assert isinstance(entry, Incident)
    assert entry.started
    assert entry.started.local("Europe/Berlin") == f"2026-10-25 {hour}"
    assert parse(render(entry)).entry == entry


@pytest.mark.parametrize(
    "text",
    [
        "a" + " " * 19_000 + "b", "<!--" * 5_000, "(" * 19_000 + ")", "[" * 20_000, "**" * 10_000, "`" * 20_000,
        "x (" * 6_500, "1" * 20_000, "2019-03-12" + " " * 19_000, '"' * 20_000, "- " * 10_000, "> " * 10_000,
    ],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    front = f"---\nid: a\nkind: incident\nstarted: {json.dumps(text)}\ndeployments: [{json.dumps(text)}]\n---\n"
    began = time.perf_counter()
    clean(text)
    parse(f"{front}# T\n\n## Timeline\n\n- {text}\n\n## Action items\n\n- {text}\n")
    parse(front.replace("incident", "deployment").replace("deployments", "services") + "# T\n")
    assert time.perf_counter() - began < 3


def test_what_cannot_be_kept_is_not_taken_for_a_value() -> None:
    entry = parse(FRONT + '# T\n\n## Action items\n\n- [ ] x (owner: "\\ud800")\n').entry
    assert entry
    assert entry.actions[0].owner == ""
    assert not parse(FRONT.replace("kind", 'company: "\\0"\nkind') + "# T\n").ok
