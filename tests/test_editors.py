"""Editors and kb on one file: what a person saves is kept, whatever instant it comes in, and however old its buffer is.

By hand: `KB_SAVES=600 KB_STALE=1000 KB_EDITS=3000 python -m pytest tests/test_editors.py -s`.
"""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from storing import ID, PATH, TEXT, ask, change, in_step, log, opened, put

from kb.files import exchange
from kb.journeys import writing
from kb.markdown import parse, revise
from kb.markdown.merge import merge
from kb.model import Moment, TimelineEvent

SAVES = int(os.environ.get("KB_SAVES", "40"))
EDITS = int(os.environ.get("KB_EDITS", "200"))
STALE = int(os.environ.get("KB_STALE", "25"))

Save = Callable[[Path, str], None]


def by_rename(file: Path, text: str) -> None:
    """As vim does with a backup: the old file gets another name, and a new one takes its place."""
    temporary = file.with_name("4913~")
    temporary.write_text(text)
    backup = file.with_name(f"{file.name}~")
    backup.unlink(missing_ok=True)
    backup.hardlink_to(file)
    temporary.replace(file)
    backup.unlink()


def in_place(file: Path, text: str) -> None:
    """As nano and VS Code do: the file is emptied, and written."""
    file.write_text(text)


def typed(text: str, line: str) -> str:
    """What the file shows, with a line more."""
    return text.replace("Rain.", f"Rain.\n\n{line}", 1)


def test_whoever_opens_the_file_sees_what_was_just_saved_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A save comes in the instant in which kb writes, and the file is opened again while kb takes it in.

    Were the save out of the file meanwhile, the next one would lack its line, as if it had been deleted.
    """
    file = put(tmp_path)
    pending = ["typed 0."]
    buffers: list[str] = []
    swap, understand = exchange._swap, writing.understand

    def save_first(one: Path, other: Path) -> None:
        if pending:
            by_rename(file, typed(file.read_text(), pending.pop()))
        swap(one, other)

    def open_meanwhile(path: str, data: bytes) -> object:
        buffers.append(file.read_text())
        return understand(path, data)

    with opened(tmp_path) as kb:
        kb.sync()
        with monkeypatch.context() as patch:
            patch.setattr(exchange, "_swap", save_first)
            patch.setattr(writing, "understand", open_meanwhile)
            log(kb, "event 0.")
        assert len(buffers) == 1
        log(kb, "event 1.")
        by_rename(file, typed(buffers[0], "typed 1."))
        assert kb.sync().problems == ()
        text = file.read_text()
        assert [line for line in ("typed 0.", "typed 1.", "event 0.", "event 1.") if text.count(line) != 1] == []
        assert in_step(tmp_path, kb)


@pytest.mark.parametrize("save", [by_rename, in_place])
@pytest.mark.parametrize("way", ["exchange", "link"])
def test_no_save_is_lost_while_events_are_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, save: Save, way: str
) -> None:
    """Without an exchange a save by rename may come between kb's two steps: those are told, and are few."""
    if way == "link":
        monkeypatch.setattr(exchange, "_rename", lambda *_: False)
    file = put(tmp_path)
    with opened(tmp_path) as kb:
        kb.sync()
        editor = threading.Thread(target=_type, args=(file, save))
        editor.start()
        logged = 0
        while editor.is_alive():
            log(kb, f"event {logged}.")
            logged += 1
        editor.join()
        kb.sync()
        kb.sync()
        text = file.read_text()
        assert [n for n in range(logged) if text.count(f"event {n}.") != 1] == []
        lost = [n for n in range(SAVES) if f"typed {n}." not in text]
        print(f"{way}, {save.__name__}: {len(lost)} of {SAVES} saves lost while {logged} events were logged")
        allowed = SAVES // 20 if way == "link" and save is by_rename else 0
        assert len(lost) <= allowed, lost
        assert in_step(tmp_path, kb)


def _type(file: Path, save: Save) -> None:
    for n in range(SAVES):
        save(file, typed(_shown(file), f"typed {n}."))
        time.sleep(0.02)


def _shown(file: Path) -> str:
    """What an editor shows that has opened the file: never a file in the course of being written."""
    while not (text := file.read_text()).endswith("Rain.\n") and "typed" not in text:
        time.sleep(0.001)
    return text


def test_a_save_from_before_ten_events_loses_none_of_them(tmp_path: Path) -> None:
    """Whatever was recorded since the file was opened, and whatever is typed, both are there afterwards."""
    chance = random.Random(11)
    places = ("Rain.", "Nobody knows yet.", "- No application answers.", "Alert e-mails.", "# All applications down")
    cases = 0
    while cases < STALE:
        root = tmp_path / str(cases)
        with opened(_begun(root)) as kb:
            for case in range(25):  # a file of its own for every 25: the revisions kept are many, but not endless
                cases += 1
                _stale(root, kb, chance, f"{cases}.{case}", chance.choice(places))
            assert in_step(root, kb)


def _begun(root: Path) -> Path:
    root.mkdir()
    put(root)
    return root


def _stale(root: Path, kb: object, chance: random.Random, name: str, place: str) -> None:
    file = root / PATH
    kb.sync()  # type: ignore[attr-defined]
    buffer = file.read_text()
    wanted = [f"event {name}.{n}." for n in range(10)]
    for words in wanted:
        (log if chance.random() < 0.8 else ask)(kb, words)  # type: ignore[arg-type]
    if chance.random() < 0.3:
        change(kb, impact=f"impact {name}.")  # type: ignore[arg-type]
        wanted.append(f"impact {name}.")
    line = f"typed {name}." if place in ("Rain.", "Nobody knows yet.") else ""
    changed = buffer.replace(place, f"{place}\n{line}" if line else f"{place} typed {name}.", 1)
    (by_rename if chance.random() < 0.5 else in_place)(file, changed)
    report = kb.sync()  # type: ignore[attr-defined]
    assert report.problems == (), name
    text = file.read_text()
    assert [words for words in (*wanted, f"typed {name}.") if words not in text] == []


@pytest.mark.parametrize(
    "ruin",
    [
        lambda text: text.replace("- No application", "```text\n- No application"),
        lambda text: "\n".join(line for line in text.split("\n") if not line.startswith("- ")),
    ],
    ids=["a fence swallows a section", "every item gone"],
)
def test_much_of_a_file_disappears_only_when_somebody_says_so(tmp_path: Path, ruin: Callable[[str], str]) -> None:
    file = put(tmp_path)
    with opened(tmp_path) as kb:
        kb.sync()
        for n in range(6):
            log(kb, f"event {n}.")
        file.write_text(ruin(file.read_text()))
        assert [p.level for p in kb.sync().problems] == ["error"]
        log(kb, "logged all the same.")
        assert len(kb.get(ID).entry.timeline) == 9
        kb.restore([ID])
        assert file.read_text().count("event ") == 6
        assert "logged all the same." in file.read_text()


def test_every_file_gone_and_a_wrong_branch_delete_nothing(tmp_path: Path) -> None:
    for n in range(10):
        put(tmp_path, TEXT.replace(ID, f"2020-01-0{n}-x"), f"entries/incidents/2020/2020-01-0{n}-x.md")
    with opened(tmp_path) as kb:
        kb.sync()
        for keep in (6, 0):
            for file in sorted((tmp_path / "entries").rglob("*.md"))[keep:]:
                file.unlink()
            assert len(kb.sync(strict=False).missing) == 10 - keep
            assert len(kb.records()) == 10
        kb.restore()
        assert in_step(tmp_path, kb)


def test_words_of_both_sides_stay_when_two_edit_one_text() -> None:
    """Two people edit the same text anywhere: no word of either is missing, and what they did differently is named."""
    chance = random.Random(5)
    named = 0
    for case in range(EDITS):
        ours, mine = _edited(chance, "a", TEXT)
        theirs, yours = _edited(chance, "b", TEXT)
        merged = merge(TEXT, ours, theirs)
        assert [word for word in (*mine, *yours) if word not in merged.text] == [], case
        assert parse(merged.text).ok, case
        named += bool(merged.conflicts)
    print(f"{named} of {EDITS} with a conflict, both versions kept")


def test_a_change_that_would_move_its_neighbour_writes_the_neighbour_out() -> None:
    """A clock time without a date is on the day of the event before it: an event put between the two moves it."""
    text = TEXT.replace(
        "- **2019-03-12 09:00** `detection`", "- 09:01 Called the desk.\n- **2019-03-12 09:00** `detection`"
    )
    entry = parse(text).entry
    assert entry
    later = TimelineEvent("The day after.", Moment(datetime(2019, 3, 13, 12, tzinfo=UTC)), id="dayaft")
    wanted = replace(entry, timeline=(entry.timeline[0], later, *entry.timeline[1:]))
    assert parse(revise(text, wanted)).entry == wanted


def _edited(chance: random.Random, who: str, text: str) -> tuple[str, list[str]]:
    """The text with some new words, and those words."""
    words = [f"{who}word{n}" for n in range(chance.randrange(1, 5))]
    for word in words:
        lines = text.split("\n")
        body = [
            n
            for n, line in enumerate(lines)
            if n > 12 and re.search(r"\w", line) and not line.startswith(("<!", "## "))
        ]
        at = chance.choice(body)
        place = lines[at].find(" <!--")
        if lines[at].startswith("# ") or chance.random() < 0.7:
            lines[at] = f"{lines[at][:place]} {word}{lines[at][place:]}" if place > 0 else f"{lines[at]} {word}"
        else:
            lines.insert(at + 1, f"- {word}" if lines[at].startswith("- ") else word)
        text = "\n".join(lines)
    return text, words
