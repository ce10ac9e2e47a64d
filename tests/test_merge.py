"""Two versions of an entry made into one: both people's words are there, and what clashes is told."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from storing import TEXT
from strategies import NASTY

from kb.errors import InvalidEntry
from kb.markdown import clean, parse, render, revise
from kb.markdown.merge import Merged, merge
from kb.model import (
    ActionItem,
    Answer,
    Entry,
    Incident,
    IncidentStatus,
    Item,
    Lesson,
    Question,
    Section,
    Severity,
    TimelineEvent,
    Verdict,
)

LAST_EVENT = "- **2019-03-12 09:00** `detection` Alert e-mails. (by: IT operations) <!-- e:k8w2rd -->\n"


def entry_of(text: str) -> Incident:
    """What a text says."""
    parsed = parse(text)
    assert parsed.ok, parsed.problems
    assert isinstance(parsed.entry, Incident)
    return parsed.entry


def after(line: str, *new: str, text: str = TEXT) -> str:
    """The text with lines inserted after another."""
    assert line in text
    return text.replace(line, line + "".join(f"{each}\n" for each in new))


def both(ours: str, theirs: str, base: str = TEXT) -> Merged:
    """The merge, which holds the same whichever side it is looked at from."""
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert len(one.conflicts) == len(other.conflicts)
    if not one.conflicts:
        assert unordered(entry_of(one.text)) == unordered(entry_of(other.text))
    return one


def unordered(entry: Entry) -> dict[str, object]:
    """What an entry's fields say, in any order."""
    return {f.name: sorted(re.findall(r"\w+", repr(getattr(entry, f.name)))) for f in fields(entry)}


def test_nothing_to_merge() -> None:
    changed = TEXT.replace("Rain.", "Sun.")
    for ours, theirs, wanted in (
        (TEXT, TEXT, TEXT),
        (TEXT, changed, changed),
        (changed, TEXT, changed),
        (changed, changed, changed),
    ):
        assert both(ours, theirs) == Merged(wanted)


def test_two_people_log_at_the_end_of_the_timeline() -> None:
    ours = after(LAST_EVENT, "- **2019-03-12 09:40** `finding` The database is fine. (by: DBA) <!-- e:aaaaaa -->")
    theirs = after(LAST_EVENT, "- **2019-03-12 09:30** What is running? (by: CTO) <!-- e:bbbbbb -->")
    merged = both(ours, theirs)
    assert merged.conflicts == ()
    assert [event.id for event in entry_of(merged.text).timeline] == ["e4m1zq", "k8w2rd", "bbbbbb", "aaaaaa"]


def test_two_people_paste_logs() -> None:
    ours = after(LAST_EVENT, "- ours <!-- e:aaaaaa -->", "  ```text", "  w3wp.exe 97", "  ```")
    theirs = after(LAST_EVENT, "- theirs <!-- e:bbbbbb -->", "  ```text", "  sqlservr.exe 12", "  ```")
    merged = both(ours, theirs)
    assert merged.conflicts == ()
    assert {event.text for event in entry_of(merged.text).timeline[2:]} == {
        "ours\n```text\nw3wp.exe 97\n```", "theirs\n```text\nsqlservr.exe 12\n```",
    }  # fmt: skip


def test_neighbouring_keys_of_the_front_matter() -> None:
    merged = both(
        TEXT.replace("status: investigating", "status: mitigated"), TEXT.replace("severity: sev1", "severity: sev2")
    )
    assert merged.conflicts == ()
    assert "status: mitigated\nseverity: sev2\n" in merged.text


def test_both_add_a_tag_and_one_removes_one() -> None:
    ours = TEXT.replace("[unknown-software]", "[unknown-software, cpu]")
    theirs = TEXT.replace("[unknown-software]", "[iis]")
    merged = both(ours, theirs)
    assert merged.conflicts == ()
    assert set(entry_of(merged.text).tags) == {"cpu", "iis"}


def test_owner_and_due_date_of_one_action() -> None:
    base = TEXT + "\n## Action items\n\n- [ ] Inventory <!-- a:a8s1pc -->\n"
    ours = base.replace("Inventory ", "Inventory (owner: @ops) ")
    theirs = base.replace("Inventory ", "Inventory (due: 2019-03-22) ")
    action = entry_of(both(ours, theirs, base).text).actions[0]
    assert (action.owner, str(action.due)) == ("@ops", "2019-03-22")


def test_one_ticks_an_action_and_the_other_adds_one() -> None:
    base = TEXT + "\n## Action items\n\n- [ ] Inventory <!-- a:a8s1pc -->\n"
    ours = base.replace("[ ]", "[x]")
    theirs = base + "- [ ] Alert <!-- a:bbbbbb -->\n"
    assert [(a.done, a.text) for a in entry_of(both(ours, theirs, base).text).actions] == [
        (True, "Inventory"),
        (False, "Alert"),
    ]


def test_answers_to_one_question_from_two_people() -> None:
    base = TEXT + "\n## Questions asked\n\n- [ ] What is running there? <!-- q:q3r5tw -->\n"
    ours = base + "  - Just web sites.\n"
    theirs = (
        base.replace("[ ] What is running there? ", "[x] What is running there? (verdict: cracked it) ")
        + "  - A service nobody knew of.\n"
    )
    question = entry_of(both(ours, theirs, base).text).questions[0]
    assert question.verdict is Verdict.CRACKED
    assert {answer.text for answer in question.answers} == {"Just web sites.", "A service nobody knew of."}


def test_one_deletes_what_the_other_leaves_and_edits_win_over_deletions() -> None:
    ours = TEXT.replace("- No application answers. <!-- s:m2x8qa -->\n", "")
    assert [s.id for s in entry_of(both(ours, TEXT.replace("Rain.", "Sun.")).text).symptoms] == ["c4k1ze"]
    edited = TEXT.replace("No application answers.", "No application answers at all.")
    merged = both(ours, edited)
    assert merged.conflicts == ()
    assert "at all" in merged.text


def test_sections_paragraphs_and_comments_of_both_stay() -> None:
    ours = TEXT.replace("Nobody knows yet.", "A service.\n\nNobody knew of it.").replace(
        "keep it short", "keep it shorter"
    )
    theirs = TEXT.replace("Rain.", "Rain.\n\n<!-- really -->\n\n## Thanks\n\nTo the night shift.").replace(
        "two of five", "three of five"
    )
    merged = both(ours, theirs)
    assert merged.conflicts == ()
    for words in (
        "A service.",
        "Nobody knew of it.",
        "keep it shorter",
        "<!-- really -->",
        "To the night shift.",
        "three of five",
    ):
        assert words in merged.text


def test_a_clash_keeps_both_and_says_where() -> None:
    merged = both(
        TEXT.replace("status: investigating", "status: resolved"),
        TEXT.replace("status: investigating", "status: mitigated"),
    )
    assert [(c.where, c.kept, c.other) for c in merged.conflicts] == [("status", "mitigated", "resolved")]
    assert "status: mitigated" in merged.text
    assert "## Unresolved conflicts" in merged.text
    assert "```text\nresolved\n```" in merged.text
    assert entry_of(merged.text).status == "mitigated"


def test_a_second_clash_stands_beside_the_first() -> None:
    first = both(TEXT.replace("sev1", "sev2"), TEXT.replace("sev1", "sev3"))
    second = merge(first.text, first.text.replace("Rain.", "Hail."), first.text.replace("Rain.", "Snow."))
    assert second.text.count("## Unresolved conflicts") == 1
    for word in ("sev2", "sev3", "Hail.", "Snow."):
        assert word in second.text


def test_both_wrote_the_same() -> None:
    same = after(LAST_EVENT, "- the same <!-- e:aaaaaa -->")
    merged = both(same.replace("Rain.", "Sun."), same.replace("sev1", "sev2"))
    assert merged.conflicts == ()
    assert merged.text == same.replace("Rain.", "Sun.").replace("sev1", "sev2")


def test_the_same_item_added_by_both_with_different_words() -> None:
    ours = after(LAST_EVENT, "- ours (by: A) <!-- e:aaaaaa -->")
    theirs = after(LAST_EVENT, "- theirs <!-- e:aaaaaa -->")
    merged = both(ours, theirs)
    assert [c.where for c in merged.conflicts] == ["timeline aaaaaa text"]
    assert entry_of(merged.text).timeline[2].by == "A"


def test_an_event_that_one_side_made_a_lesson_of_while_the_other_edited_it() -> None:
    line = "- **2019-03-12 09:00** `detection` Alert e-mails. (by: IT operations) <!-- e:k8w2rd -->\n"
    ours = TEXT.replace(line, "") + "\n## Lessons\n\n- Alert e-mails came late. <!-- l:k8w2rd -->\n"
    merged = both(ours, TEXT.replace("Alert e-mails.", "Alert e-mails to operations."))
    entry = entry_of(merged.text)
    assert [event.text for event in entry.timeline][1] == "Alert e-mails to operations."
    assert [lesson.text for lesson in entry.lessons] == ["Alert e-mails came late."]


def test_a_comment_that_has_no_place_any_more_is_not_lost() -> None:
    ours = after("tags: [unknown-software]\n", "# zebra: the pager's battery was flat")
    theirs = TEXT.replace("tags: [unknown-software]", "tags: [unknown-software, iis]")
    merged = merge(TEXT, ours, theirs)
    assert entry_of(merged.text).tags == ("unknown-software", "iis")
    assert "zebra" in merged.text


def test_line_endings_and_the_byte_order_mark_are_those_of_the_file() -> None:
    windows = "\ufeff" + TEXT.replace("Rain.", "Sun.").replace("\n", "\r\n")
    merged = merge(TEXT, TEXT.replace("sev1", "sev2"), windows)
    assert merged.text == "\ufeff" + TEXT.replace("Rain.", "Sun.").replace("sev1", "sev2").replace("\n", "\r\n")


def test_without_a_common_origin_nothing_is_lost() -> None:
    ours, theirs = after(LAST_EVENT, "- ours <!-- e:aaaaaa -->"), after(LAST_EVENT, "- theirs <!-- e:bbbbbb -->")
    merged = merge("", ours, theirs)
    assert [event.id for event in entry_of(merged.text).timeline][:2] == ["e4m1zq", "k8w2rd"]
    assert {"aaaaaa", "bbbbbb"} <= {event.id for event in entry_of(merged.text).timeline}


@pytest.mark.parametrize("side", [0, 1])
def test_what_cannot_be_read_is_refused(side: int) -> None:
    sides = [TEXT.replace("Rain.", "Sun."), TEXT.replace("Rain.", "Snow.")]
    sides[side] = sides[side].replace("sev1", "extreme")
    with pytest.raises(InvalidEntry):
        merge(TEXT, *sides)


def test_two_different_entries_are_not_merged() -> None:
    with pytest.raises(InvalidEntry, match="not versions of one entry"):
        merge(TEXT, TEXT.replace("Rain.", "Sun."), TEXT.replace("id: 2019-03-12-all-applications-down", "id: other"))


# any two people


def words(text: str) -> set[str]:
    """The words somebody typed."""
    return set(re.findall(r"\w+", text))


TEXTS = sorted(
    {clean(text) for text in (*NASTY, "one line", "two\nlines", "a list\n- of\n- three", "CPU 100%", "x (by: y)")}
    - {""}
)
prose = st.lists(st.sampled_from(TEXTS), max_size=3).map("\n\n".join).map(clean)
names = st.lists(
    st.sampled_from(["storefront", "back office", "4.10", "no", "a: b", "x"]), max_size=3, unique=True
).map(tuple)


def items(kind: type, **more: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    """A list of items of a kind, with ids of its own."""
    ids = st.sampled_from([f"{kind.__name__[0].lower()}zzzz{number}" for number in range(9)])
    return st.lists(st.builds(kind, text=st.sampled_from(TEXTS), id=ids, **more), max_size=3).map(tuple)


answers = st.lists(st.builds(Answer, text=st.sampled_from(TEXTS), by=st.sampled_from(["", "CTO"])), max_size=2).map(
    tuple
)
incidents = st.builds(
    Incident, id=st.just("2020-01-01-x"), title=st.sampled_from(["Down", "Slow: again", "# x"]), tags=names,
    services=names, summary=prose, root_cause=prose, lead=prose,
    status=st.sampled_from(IncidentStatus), severity=st.sampled_from(Severity),
    symptoms=items(Item), timeline=items(TimelineEvent, by=st.sampled_from(["", "ops"])),
    questions=items(Question, answers=answers, verdict=st.sampled_from(Verdict)), lessons=items(Lesson),
    actions=items(ActionItem, done=st.booleans(), owner=st.sampled_from(["", "@a", "@b"])),
    sections=st.lists(st.builds(Section, st.sampled_from(["Thanks", "Note"]), prose), max_size=1).map(tuple),
    extra=st.dictionaries(st.sampled_from(["x_a", "x_b"]), st.sampled_from(["1", "no"]), max_size=2),
).filter(lambda entry: len(lists(entry)) == counted(entry) and parse(render(entry)).entry == entry)  # fmt: skip
chosen = st.sets(st.sampled_from([f.name for f in fields(Incident) if f.name not in ("id", "timezone")]))


def lists(entry: Entry) -> set[str]:
    """The ids of all items."""
    return {item.id for f in fields(entry) for item in _tuple(getattr(entry, f.name)) if hasattr(item, "text")}


def counted(entry: Entry) -> int:
    """How many items there are."""
    return sum(1 for f in fields(entry) for item in _tuple(getattr(entry, f.name)) if hasattr(item, "text"))


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


@given(incidents, incidents, incidents, chosen, chosen, st.booleans())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_any_two_edits_of_an_entry_are_both_there(
    base: Incident, one: Incident, two: Incident, mine: set[str], yours: set[str], crlf: bool
) -> None:
    """Each side changes some fields; every word of both is in the result, what only one changed is as it was."""
    sides = [replace(base, **{n: getattr(s, n) for n in some}) for s, some in ((one, mine), (two, yours))]
    assume(all(len(lists(side)) == counted(side) and parse(render(side)).entry == side for side in sides))
    texts = [render(entry) for entry in (base, *sides)]
    merged = merge(texts[0], texts[1], texts[2].replace("\n", "\r\n") if crlf else texts[2])
    result = entry_of(merged.text)
    deleted = [words(texts[0]) - words(texts[3 - n]) for n in (1, 2)]
    for side, gone in zip(texts[1:], deleted, strict=True):
        assert words(side) - words(texts[0]) - gone <= words(merged.text)
    assert ("## Unresolved conflicts" in merged.text) == bool(merged.conflicts)
    for name in {f.name for f in fields(base)} - {"sections"}:
        before, ours, theirs = (getattr(entry, name) for entry in (base, *sides))
        if ours == before:
            assert getattr(result, name) == theirs
        elif theirs == before:
            assert getattr(result, name) == ours


@given(
    incidents, st.lists(st.integers(0, 3), min_size=1, max_size=6), st.lists(st.integers(0, 3), min_size=1, max_size=6)
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(Incident(id="a", title="A"), [0], [0])
def test_whatever_two_people_add_by_commands_merges_without_a_clash(
    base: Incident, ours: list[int], theirs: list[int]
) -> None:
    text = render(base)
    assume(parse(text).ok)
    sides = []
    for side, (prefix, steps) in enumerate((("a", ours), ("b", theirs))):
        current = text
        for number, step in enumerate(steps):
            current = revise(current, _add(parse(current).entry, step, f"{prefix}{side}zz{number:02d}"))
        sides.append(current)
    merged = merge(text, *sides)
    assert merged.conflicts == ()
    result = parse(merged.text).entry
    assert result is not None
    wanted = [parse(side).entry for side in sides]
    assert lists(result) == lists(wanted[0]) | lists(wanted[1])  # type: ignore[arg-type]


def _add(entry: Entry | None, step: int, item_id: str) -> Entry:
    assert entry is not None
    if step == 0:
        return replace(entry, questions=(*entry.questions, Question(f"question {item_id}", id=item_id)))
    name = ("links", "links", "lessons", "actions")[step]
    kind = type(getattr(entry, name)[0]) if getattr(entry, name) else Item
    if name != "links" and kind is Item:
        name = "links"
    return replace(entry, **{name: (*getattr(entry, name), kind(f"item {item_id}", id=item_id))})
