"""Hostile text through every field and every way in: it stays where it is put, changes nothing else, takes no time.

`tests/attacks.py` lists it. By default each attack goes through the fields of one kind of entry, and every fourth
through a command; `KB_ATTACKS=all python -m pytest tests/test_hostile.py` takes each through all of both.
"""

from __future__ import annotations

import contextlib
import difflib
import gc
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import besieged
import pytest
import storing
from attacks import ATTACKS, FILES, IDS, LONG, Attack
from besieged import KINDS
from commands import Kb, Ran

from kb.errors import InvalidEntry, TooLong
from kb.journeys.intake import Held, understand
from kb.markdown import clean, clean_line, parse, render, revise
from kb.markdown.assign import assign
from kb.markdown.fields import FRONT, SECTIONS
from kb.markdown.html import to_html, to_inline, to_text
from kb.markdown.limits import ENTRY_CHARACTERS, ENTRY_LINES, LINE_CHARACTERS, TEXT_CHARACTERS, require_entry
from kb.markdown.nesting import DEEPEST
from kb.markdown.quote import quoted
from kb.model import Entry, Incident, TimelineEvent
from kb.model.visible import visible
from kb.search import query, vocabulary
from kb.search.documents import document

ALL = os.environ.get("KB_ATTACKS") == "all"


@contextmanager
def within(seconds: float, what: str = "") -> Iterator[None]:
    """Fails when it takes longer on a core of its own, in a process that holds nothing else."""
    gc.disable()  # what thousands of tests left behind is not looked through meanwhile
    began = time.thread_time()
    try:
        yield
    finally:
        took = time.thread_time() - began
        gc.enable()
    assert took < seconds, f"{what}: {took:.2f} s"


def kinds_for(attack: Attack) -> tuple[type[Entry], ...]:
    return KINDS if ALL else (KINDS[attack.number % len(KINDS)],)


def test_the_list_is_long_and_each_is_named_once() -> None:
    assert len(ATTACKS) >= 150
    assert len(set(IDS)) == len({attack.text for attack in ATTACKS}) == len(ATTACKS)


# ---- Fields


@pytest.mark.parametrize("attack", ATTACKS, ids=IDS)
def test_what_comes_in_through_a_field_is_read_again_as_the_same_text(attack: Attack) -> None:
    for kind in kinds_for(attack):
        entry = besieged.taken_in(kind, attack)
        with within(3, "in every field at once"):
            text = render(entry)
            read = parse(text)
        assert read.entry == entry
        assert read.ok
        assert render(entry) == text
        assert "\0" not in text
        assert visible(text) == text, "a sign that nobody sees was kept"


@pytest.mark.parametrize("attack", ATTACKS, ids=IDS)
def test_nothing_made_of_a_text_takes_long(attack: Attack) -> None:
    for made in (clean, to_html, to_inline, to_text, quoted, visible, query.parse, indexed):
        with within(1, made.__name__):
            made(attack.text)


@pytest.mark.parametrize("attack", ATTACKS, ids=IDS)
def test_logging_it_inserts_lines_and_touches_no_other(attack: Attack) -> None:
    before = parse(storing.TEXT).entry
    assert before
    events = (*before.timeline, TimelineEvent(clean(attack.text) or "x", by=clean_line(attack.text[:900]), id="zzzzzz"))
    after = revise(storing.TEXT, replace(before, timeline=events))
    assert inserted(storing.TEXT, after)
    assert parse(after).entry == replace(before, timeline=events)


def indexed(text: str) -> None:
    """An entry of it as the search index keeps it."""
    document(Incident(id="a", title="T", summary=text), "a.md", WORDS)


def inserted(before: str, after: str) -> bool:
    """Whether all that was done is to insert lines."""
    changes = difflib.SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False).get_opcodes()
    return {tag for tag, *_ in changes} <= {"equal", "insert"}


@pytest.mark.parametrize("attack", ATTACKS, ids=IDS)
def test_a_field_set_to_it_holds_it_or_says_why_not_and_no_other_changes(attack: Attack) -> None:
    for kind in kinds_for(attack):
        before = kind(id="a", title="T")
        after = before
        value = attack.text[:900]
        names = [*(f.key for f in FRONT[kind.kind]), *(place.attr for place in SECTIONS[kind.kind]), "title", "x_own"]
        for name in names:
            with contextlib.suppress(InvalidEntry):
                after = assign(after, name, value)
        assert after.id == "a"
        assert parse(revise(render(before), after)).entry == after


# ---- Commands


WAYS = (
    ("log", "{}", "--by", "{}"),
    ("ask", "{}", "--by", "{}"),
    ("answer", "{}", "--evidence", "{}", "--by", "{}"),
    ("lesson", "{}"),
    ("action", "add", "{}", "--owner", "{}", "--ticket", "{}"),
    ("set", "summary={}", "x_own={}"),
    ("set", "tags+={}", "detected_by={}"),
    ("resolve", "--root-cause", "{}", "--resolution", "{}"),
    ("new", "incident", "{}", "--symptom", "{}", "--service", "{}"),
    ("new", "system", "{}"),
    ("search", "{}"),
    ("similar", "--text", "{}"),
    ("show", "{}"),
    ("log", "x", "--on", "{}", "--at", "{}"),
)
WORDS = vocabulary.builtin()
ANSWERS = {0, 2, 3, 10, 11, 13}


@pytest.fixture(scope="module")
def stormed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Kb, dict[str, bytes], list[tuple[str, Ran, float]]]:
    """A knowledge base at which attacks were thrown by commands, what lay around it before, and the answers."""
    around = tmp_path_factory.mktemp("stormed")
    base = Kb(around / "base")
    base.root.mkdir()
    base("init", str(base.root), "--timezone", "UTC")
    base("new", "incident", "Something broke")
    base("ask", "What changed?")
    (around / "outside.md").write_text(storing.text_for("outside"), "utf-8")
    before = neighbourhood(around)
    told = []
    for number, attack in enumerate(ATTACKS[:: 1 if ALL else 4]):
        for words in WAYS if ALL else (WAYS[number % len(WAYS)],):
            began = time.process_time()
            ran = base.fails(*(word.format(attack.text.replace("\0", "")) for word in words))
            told.append((f"{attack.name}: kb {words[0]}", ran, time.process_time() - began))
    return base, before, told


def neighbourhood(folder: Path) -> dict[str, bytes]:
    """Every file around a knowledge base, and in it what is not kb's."""
    ours = (folder / "base" / "entries", folder / "base" / ".kb")
    every = (path for path in sorted(folder.rglob("*")) if not any(path.is_relative_to(one) for one in ours))
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in every}


def test_every_command_answers_and_none_breaks(stormed: tuple[Kb, object, list[tuple[str, Ran, float]]]) -> None:
    for name, ran, took in stormed[2]:
        assert ran.code in ANSWERS, f"{name}\n{ran.err}"
        assert "Traceback" not in ran.err, name
        assert ran.code == 0 or ran.err.strip(), name
        assert took < 2, f"{name}: {took:.1f} s"
    assert sum(ran.code == 0 for _, ran, _ in stormed[2]) > len(stormed[2]) / 2


def test_what_the_commands_wrote_is_in_files_and_rows_alike(stormed: tuple[Kb, object, object]) -> None:
    base = stormed[0]
    assert base.fails("check").code in (0, 3)
    assert " 0 errors" in base.fails("check").err
    with storing.opened(base.root) as opened:
        assert {record.path: record.text.encode("utf-8") for record in opened.records()} == base.files()


def test_no_file_outside_of_the_entries_was_touched(stormed: tuple[Kb, dict[str, bytes], object]) -> None:
    base, before, _ = stormed
    assert neighbourhood(base.root.parent) == before
    for path in (base.root / "entries").rglob("*"):
        assert path.name.isascii()
        assert path.name.islower() or path.is_dir()
        assert path.stem not in ("con", "nul", "aux", "prn", "com1", "lpt1")


def test_an_editor_may_leave_anything_in_the_draft(kb: Kb) -> None:
    kb("new", "incident", "Something broke")
    path = next(iter(kb.files()))
    script = kb.root.parent / "editor.sh"
    script.write_text('#!/bin/sh\ncat "$KB_TYPED" >> "$1"\n')
    script.chmod(0o755)
    typed = kb.root.parent / "typed"
    for attack in ATTACKS[:: 1 if ALL else 15]:
        before = kb.text(path)
        typed.write_bytes(f"\n## Note {attack.number}\n\n".encode() + attack.text.encode("utf-8", "surrogatepass"))
        ran = kb.fails("edit", EDITOR=str(script), KB_TYPED=str(typed))
        drafts = list((kb.root / ".kb" / "drafts").glob("*.md"))
        assert (ran.code == 0) is not bool(drafts), attack.name
        assert kb.text(path).startswith(before.rstrip("\n")), attack.name
        if drafts:
            assert ran.code == 13
            assert f".md:{before.count(chr(10)) + 1}"[:4] in ran.out, attack.name
            drafts[0].unlink()


def test_documents_of_others_are_brought_or_refused_by_name(kb: Kb) -> None:
    folder = kb.root.parent / "documents"
    folder.mkdir()
    for attack in ATTACKS[:: 1 if ALL else 3]:
        raw = attack.text.encode("utf-8", "surrogatepass")
        (folder / f"{attack.number}.md").write_bytes(b"# Outage\n\n" + raw + b"\n\n## Notes\n\n" + raw)
        front = f'---\ntitle: {attack.text[:200]!r}\nsummary: "x"\n---\n\n'.encode("utf-8", "surrogatepass")
        (folder / f"{attack.number}-front.md").write_bytes(front + raw)
    for name, data in FILES.items():
        (folder / f"{name}.md").write_bytes(data)
    first = kb.fails("import", str(folder), "--json").json
    assert len(first["brought"]) + len(first["problems"]) == len(list(folder.iterdir()))
    assert len(first["brought"]) > len(list(folder.iterdir())) / 2
    for one in first["problems"]:
        assert one["message"], one
    for name in FILES:
        (folder / f"{name}.md").unlink()
    before = kb.files()
    again = kb.fails("import", str(folder), "--json").json
    assert {one["what"] for one in again["brought"]} == {"unchanged"}
    assert kb.files() == before
    assert " 0 errors" in kb.fails("check").err


# ---- Files by hand


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_understood_or_held_with_a_line_in_it(name: str) -> None:
    data = FILES[name]
    with within(1, name):
        found = understand("x.md", data)
    if isinstance(found, Held):
        assert found.problems
        assert all(1 <= problem.line <= data.count(b"\n") + 1 for problem in found.problems)
        assert all(problem.hint for problem in found.problems)


def test_broken_files_stop_nobody_and_stay_as_they_are(kb: Kb) -> None:
    kb("new", "incident", "Something broke")
    folder = kb.root / "entries" / "hand"
    folder.mkdir()
    for name, data in FILES.items():
        (folder / f"{name}.md").write_bytes(data)
    kb("log", "still works", "--on", "something-broke")
    assert "still works" in kb("show", "something-broke").out
    ran = kb.fails("check")
    assert ran.code == 3
    for name in ("line of ten megabytes", "lines without number", "NUL", "overlong UTF-8", "deep list", "alias"):
        assert f"entries/hand/{name}.md:" in ran.out
    assert {name: (folder / f"{name}.md").read_bytes() for name in FILES} == FILES


def test_what_is_no_file_is_named_and_not_followed(kb: Kb) -> None:
    outside = kb.root.parent / "outside.md"
    outside.write_text(storing.text_for("outside", "Outside"), "utf-8")
    entries = kb.root / "entries"
    (entries / "link.md").symlink_to(outside)
    (entries / "linked").symlink_to(kb.root.parent, target_is_directory=True)
    (entries / "nowhere.md").symlink_to("/nowhere/at/all")
    (entries / "loop.md").symlink_to("loop.md")
    os.mkfifo(entries / "pipe.md")
    (entries / "folder.md").mkdir()
    (entries / "folder.md" / "inside.md").write_text(storing.text_for("inside", "Inside"), "utf-8")
    unreadable = entries / "secret.md"
    unreadable.write_text(storing.text_for("secret"), "utf-8")
    unreadable.chmod(0)
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(entries)
        try:
            listening.bind("socket.md")
        finally:
            os.chdir(here)
        ran = kb.fails("check")
        listed = {one["id"] for one in kb("list", "--json").json["entries"]}
    assert listed - {"secret"} == {"inside"}
    for name in ("link.md", "nowhere.md", "loop.md", "pipe.md", "socket.md"):
        assert f"entries/{name}:1: " in ran.out, name
    assert outside.read_text("utf-8") == storing.text_for("outside", "Outside")


def test_a_file_with_a_second_name_outside_is_changed_only_inside(kb: Kb) -> None:
    kb("new", "incident", "Something broke")
    path = next(iter(kb.files()))
    outside = kb.root.parent / "second-name.md"
    outside.hardlink_to(kb.root / path)
    before = outside.read_bytes()
    kb("log", "inside only")
    assert "inside only" in kb.text(path)
    assert outside.read_bytes() == before


@pytest.mark.parametrize("name", [".kb", "entries"])
def test_a_folder_of_ours_that_leads_elsewhere_is_refused(name: str, kb: Kb) -> None:
    elsewhere = kb.root.parent / "elsewhere"
    elsewhere.mkdir()
    shutil.rmtree(kb.root / name, ignore_errors=True)
    (kb.root / name).symlink_to(elsewhere, target_is_directory=True)
    ran = kb.fails("new", "incident", "Something broke")
    assert ran.code in (14, 15)
    assert "link" in ran.err
    assert list(elsewhere.iterdir()) == []


OPTIONS = ("name", "timezone", "database", "visibility", "vocabulary", "suspect_hours", "freeze", "semantic")


@pytest.mark.parametrize("option", OPTIONS)
def test_options_of_hostile_text_are_words_or_refused(option: str, kb: Kb) -> None:
    for attack in ATTACKS[:: 1 if ALL else 25]:
        value = attack.text.replace("\0", "").encode("utf-8", "replace").decode()
        ran = kb.fails("list", **{f"KB_{option.upper()}": value})
        assert ran.code in (0, 14, 15), f"{attack.name}: {ran.err}"
        assert "Traceback" not in ran.err


# ---- Too much


@pytest.mark.parametrize("name", LONG)
def test_a_long_text_is_taken_in_at_once_or_refused(name: str) -> None:
    text = LONG[name]()
    with within(1, "taken in"):
        try:
            kept = clean(text)
            assert len(kept) <= TEXT_CHARACTERS * 7
        except TooLong as error:
            refused = error.text
        else:
            refused = text
    assert refused == text
    for made in (to_html, to_inline, to_text, indexed):
        if len(text) <= ENTRY_CHARACTERS and text.count("\n") < ENTRY_LINES:
            with within(2, made.__name__):
                made(text)


@pytest.mark.parametrize("name", LONG)
def test_a_long_text_in_a_file_is_understood_at_once_or_held_where_it_is_too_much(name: str) -> None:
    text = f"---\nid: a\nkind: incident\n---\n\n# T\n\n## Timeline\n\n- {LONG[name]()}\n"
    with within(1.5, name):
        found = understand("x.md", text.encode("utf-8"))
    lines = text.split("\n")
    if len(text) > ENTRY_CHARACTERS or len(lines) > ENTRY_LINES or max(map(len, lines)) > LINE_CHARACTERS:
        assert isinstance(found, Held)
        assert "at most" in found.problems[0].message
        assert "link to it" in found.problems[0].hint


@pytest.mark.parametrize("words", [("log",), ("ask",), ("lesson",), ("answer",)])
def test_what_is_too_long_for_a_command_is_kept_and_nothing_else_changes(words: tuple[str, ...], kb: Kb) -> None:
    kb("new", "incident", "Something broke")
    kb("ask", "What changed?")
    before, text = kb.files(), "what it said\n" * 1_000_000
    ran = kb.fails(*words, text)
    assert ran.code == 13
    assert "at most" in ran.err
    (kept,) = (kb.root / ".kb" / "saved").iterdir()
    assert kept.name in ran.err.replace("\n", "").replace(" ", "")
    assert kept.read_text("utf-8") == text
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kb.files() == before


def test_an_entry_that_is_full_says_so_and_keeps_what_it_could_not_take(kb: Kb) -> None:
    kb("new", "incident", "Something broke")
    path = next(iter(kb.files()))
    (kb.root / path).write_text(kb.text(path) + "\n## Log\n\n" + ("x" * 1000 + "\n") * 1040, "utf-8")
    kb("log", "y" * 1000)
    before = kb.text(path)
    ran = kb.fails("log", "z\n" * 1000 + "z" * 18_000)
    assert ran.code == 13
    assert "new entry" in ran.err
    assert kb.text(path) == before
    (kept,) = (kb.root / ".kb" / "saved").iterdir()
    assert "z" * 18_000 in kept.read_text("utf-8")


def test_an_entry_that_has_grown_beyond_the_limits_is_still_written_to() -> None:
    """A database that another release made; its files are not read again until somebody changes them."""
    line = "x" * 999 + "\n"
    long = line * (ENTRY_CHARACTERS // 1000 + 1)
    require_entry(long + line, long)
    with pytest.raises(TooLong):
        require_entry(long, "")


def test_standard_input_of_ten_megabytes_is_answered_at_once(kb: Kb) -> None:
    kb("new", "incident", "The site is slow")
    for text in ("site slow " * 1_000_000, "x" * 10_000_000, "\x1b[31m" * 2_000_000):
        with within(10):
            assert kb.fails("similar", "--text", "-", stdin=text).code == 0


def test_lists_deeper_than_anybody_writes_hide_nothing_below_them() -> None:
    deep = "\n".join(f"{'  ' * depth}- x" for depth in range(DEEPEST))
    text = f"---\nid: a\nkind: incident\n---\n\n# T\n\n## Notes\n\n{deep}\n\n## Root cause\n\nA flag.\n"
    entry = parse(text).entry
    assert isinstance(entry, Incident)
    assert entry.root_cause == "A flag."


def test_a_thousand_quotations_with_a_plain_line_after_each_are_read_at_once() -> None:
    for inner in ("", "# a", "- ", "```", "---", "a"):
        text = (f"{'> ' * 5}{inner}\nx\n") * 150
        with within(3, repr(inner)):
            clean(text)
            to_html(text)


def test_ten_thousand_equal_items_get_ids_at_once() -> None:
    text = "---\nid: a\nkind: incident\n---\n\n# T\n\n## Timeline\n\n" + "- a\n" * 9_000
    with within(3):
        entry = parse(text).entry
    assert entry
    assert len({event.id for event in entry.timeline}) == len(entry.timeline) == 9_000


def test_brackets_in_a_name_are_found_again() -> None:
    entry = Incident(id="a", title="T", timeline=(TimelineEvent("x", by="a (" * 200, id="aaaaaa"),))
    entry = replace(entry, timeline=(replace(entry.timeline[0], by=clean_line("a (" * 200)),))
    assert parse(render(entry)).entry == entry


def test_a_title_that_is_too_long_is_refused_and_nothing_is_made(kb: Kb) -> None:
    ran = kb.fails("new", "incident", "x" * 5_000)
    assert ran.code == 13
    assert "5,000 characters" in ran.err
    assert kb.files() == {}


@pytest.mark.parametrize(
    "fragment",
    ["\udcff", "x" * 100_000, "%" * 50_000, "\x1b[31m", "../..", ""],
    ids=["half a character", "long", "signs", "escape", "dots", "empty"],
)
def test_an_id_that_is_none_is_not_found(fragment: str, kb: Kb) -> None:
    kb("new", "incident", "Something broke")
    for words in (("show",), ("history",), ("log", "x", "--on"), ("similar",)):
        ran = kb.fails(*words, fragment)
        assert ran.code == 10, words
        assert "\x1b" not in ran.err


def test_one_word_said_a_thousand_times_is_a_question_like_any(kb: Kb) -> None:
    """Its weight, shared among so many places, was nothing, by which it was divided."""
    kb("new", "incident", "The site is slow")
    assert "The site is slow" in kb("similar", "--text", "site slow " * 1500).out
