"""Files and database kept in step, whatever people, editors and git do to the files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from storing import ID, PATH, TEXT, change, in_step, incident, log, opened, put, some_of_each, text_for, tree

from kb import files
from kb.errors import AlreadyExists, Ambiguous, ChangedMeanwhile, InvalidEntry, NotFound
from kb.journeys.base import KnowledgeBase
from kb.journeys.record import NewEntry
from kb.model import Incident, IncidentStatus, Item, Moment, Severity


@pytest.fixture
def kb(tmp_path: Path) -> KnowledgeBase:
    """A knowledge base with one entry, taken in from its file."""
    put(tmp_path)
    base = opened(tmp_path)
    base.sync()
    return base


# a day's work


def test_entries_made_by_commands_are_there_to_read_and_lie_in_their_places(tmp_path: Path) -> None:
    with opened(tmp_path) as kb:
        made = [kb.create(entry) for entry in some_of_each()]
        assert [record.path for record in made] == [
            "entries/incidents/2026/2026-11-23-checkout-slow.md",
            "entries/deployments/2026/2026-11-22-release.md",
            "entries/systems/app-server-01.md",
        ]
        assert [record.entry.id for record in kb.records()] == sorted(entry.id for entry in some_of_each())
        assert [record.entry.kind for record in kb.records("system")] == ["system"]
        assert kb.get("checkout").entry == made[0].entry
        assert in_step(tmp_path, kb)
        assert kb.sync().unchanged == 3


def test_a_well_known_incident_of_others_goes_to_the_library(tmp_path: Path) -> None:
    with opened(tmp_path) as kb:
        made = kb.create(replace(incident(), company="Acme", source="https://example.org"))
    assert made.path == "entries/library/2026-11-23-checkout-slow.md"


def test_a_command_changes_only_its_own_lines(tmp_path: Path, kb: KnowledgeBase) -> None:
    record = log(kb, "The CTO asks what is running on the server.")
    before, after = TEXT.split("\n"), (tmp_path / PATH).read_text().split("\n")
    new = [line for line in after if line not in before]
    assert len(new) == 1
    assert [line for line in after if line != new[0]] == before
    assert "The CTO asks" in new[0]
    assert record.rev == 2
    assert (tmp_path / PATH).read_text() == record.text


def test_a_change_that_changes_nothing_makes_no_revision(tmp_path: Path, kb: KnowledgeBase) -> None:
    assert change(kb, severity=Severity.SEV1).rev == 1
    assert len(kb.history(ID)) == 1


def test_carriage_returns_and_a_byte_order_mark_survive(tmp_path: Path) -> None:
    put(tmp_path, "\ufeff" + TEXT.replace("\n", "\r\n"))
    with opened(tmp_path) as kb:
        kb.sync()
        log(kb, "Something happened.")
        data = (tmp_path / PATH).read_bytes()
        assert data.startswith(b"\xef\xbb\xbf---\r\n")
        assert data.count(b"\n") == data.count(b"\r\n") == TEXT.count("\n") + 1
        assert kb.get(ID).text.encode() == data


def test_editing_by_hand_is_taken_in_word_for_word(tmp_path: Path, kb: KnowledgeBase) -> None:
    edited = TEXT.replace("Nobody knows yet.", "An unknown service.\n\n<!-- ask ops -->\n").replace(
        "OPS", "INFRA # moved"
    )
    put(tmp_path, edited)
    report = kb.sync()
    assert [(c.id, c.path, c.what) for c in report.changed] == [(ID, PATH, "edited")]
    assert (tmp_path / PATH).read_text() == edited == kb.get(ID).text
    entry = kb.get(ID).entry
    assert isinstance(entry, Incident)
    assert entry.root_cause.startswith("An unknown service.")
    assert entry.extra["ticket-system"] == "INFRA"


def test_undoing_by_hand_what_was_typed_by_hand(tmp_path: Path, kb: KnowledgeBase) -> None:
    """A person tries another severity, and a sentence, and takes both back: theirs is the last word."""
    put(tmp_path, TEXT.replace("sev1", "sev2").replace("Rain.", "Rain. Wind."))
    kb.sync()
    put(tmp_path, TEXT.replace("Rain.", "Sun."))
    kb.sync()
    assert (tmp_path / PATH).read_text() == TEXT.replace("Rain.", "Sun.")
    put(tmp_path, TEXT)
    kb.sync()
    assert (tmp_path / PATH).read_text() == TEXT == kb.get(ID).text
    assert [revision.via for revision in kb.history(ID)] == ["file"] * 4


def test_an_editor_that_saves_while_it_types_does_not_quarrel_with_itself(tmp_path: Path, kb: KnowledgeBase) -> None:
    sentence = "The application server ran a service that nobody knew of."
    for end in range(0, len(sentence) + 1, 7):
        put(tmp_path, TEXT.replace("Nobody knows yet.", sentence[:end]))
        assert not kb.sync().conflicts
    put(tmp_path, TEXT.replace("Nobody knows yet.", sentence))
    kb.sync()
    assert (tmp_path / PATH).read_text() == TEXT.replace("Nobody knows yet.", sentence)


# finding


def test_an_entry_is_found_by_a_part_of_its_id_or_by_its_file(kb: KnowledgeBase) -> None:
    for name in (ID, ID.upper(), "all-applications", PATH, f" {ID} "):
        assert kb.get(name).entry.id == ID
    for name in ("", "nothing", "%", "_", "../x"):
        with pytest.raises(NotFound):
            kb.get(name)
    with pytest.raises(NotFound, match="no system"):
        kb.get(ID, "system")


def test_a_part_that_fits_several_lists_them(kb: KnowledgeBase) -> None:
    kb.create(incident("2019-03-12-all-applications-down-again", "Down again"))
    with pytest.raises(Ambiguous) as caught:
        kb.get("applications")
    assert "2019-03-12-all-applications-down-again  Down again" in str(caught.value)
    assert kb.get(ID).entry.id == ID


# refusing


def test_an_id_or_a_place_that_is_taken_is_refused_and_nothing_is_written(tmp_path: Path, kb: KnowledgeBase) -> None:
    before = tree(tmp_path)
    with pytest.raises(AlreadyExists):
        kb.create(replace(incident(), id=ID))
    with pytest.raises(AlreadyExists):
        kb.create(incident(), path=PATH)
    put(tmp_path, "not yet taken in", "entries/incidents/2026/2026-11-23-checkout-slow.md")
    with pytest.raises(AlreadyExists):
        kb.create_many([NewEntry(incident("other")), NewEntry(incident())])
    (tmp_path / "entries/incidents/2026/2026-11-23-checkout-slow.md").unlink()
    assert tree(tmp_path) == before
    assert [record.entry.id for record in kb.records()] == [ID]


@pytest.mark.parametrize("path", ["../evil.md", "entries/../../evil.md", "entries/x.txt", "/tmp/evil.md"])
def test_a_place_outside_is_refused(tmp_path: Path, kb: KnowledgeBase, path: str) -> None:
    with pytest.raises(InvalidEntry):
        kb.create(incident(), path=path)
    assert [record.entry.id for record in kb.records()] == [ID]


def test_an_edit_that_fails_changes_nothing(tmp_path: Path, kb: KnowledgeBase) -> None:
    def broken(entry: object) -> Incident:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kb.change(ID, broken, "kb set")
    with pytest.raises(InvalidEntry):
        kb.change(ID, lambda entry: replace(entry, id="another"), "kb set")
    with pytest.raises(NotFound):
        kb.change("nothing", lambda entry: entry, "kb set")
    assert (tmp_path / PATH).read_text() == TEXT
    assert len(kb.history(ID)) == 1


# several at once


def test_a_command_begins_from_what_was_just_saved(tmp_path: Path, kb: KnowledgeBase) -> None:
    put(tmp_path, TEXT.replace("Nobody knows yet.", "A service nobody knew of."))
    log(kb, "Found it.")  # without a sync in between
    text = (tmp_path / PATH).read_text()
    assert "A service nobody knew of." in text
    assert "Found it." in text
    assert in_step(tmp_path, kb)


def test_a_stale_editor_loses_nothing_that_was_logged_meanwhile(tmp_path: Path, kb: KnowledgeBase) -> None:
    in_the_editor = TEXT
    for n in range(10):
        log(kb, f"event {n}")
    change(kb, status=IncidentStatus.IDENTIFIED)
    put(tmp_path, in_the_editor.replace("Nobody knows yet.", "A service nobody knew of."))
    report = kb.sync()
    text = (tmp_path / PATH).read_text()
    assert [f"event {n}" in text for n in range(10)] == [True] * 10
    assert "A service nobody knew of." in text
    assert "status: identified" in text
    assert report.conflicts == ()
    assert [c.what for c in report.changed] == ["merged"]
    assert in_step(tmp_path, kb)


def test_a_stale_editor_that_saves_again_and_again(tmp_path: Path, kb: KnowledgeBase) -> None:
    """It never reloads: each save is its old text and a little more, while others log."""
    shown = TEXT
    for n in range(6):
        log(kb, f"logged {n}")
        shown = shown.replace("Rain.", f"Rain.\ntyped {n}")
        put(tmp_path, shown)
        assert not kb.sync().conflicts
    text = (tmp_path / PATH).read_text()
    for n in range(6):
        assert text.count(f"logged {n}") == 1
        assert text.count(f"typed {n}") == 1
    assert in_step(tmp_path, kb)


def test_saving_a_stale_buffer_unchanged_brings_the_file_up_to_date(tmp_path: Path, kb: KnowledgeBase) -> None:
    log(kb, "event")
    put(tmp_path, TEXT)
    assert [c.what for c in kb.sync().changed] == ["behind"]
    assert "event" in (tmp_path / PATH).read_text()
    assert in_step(tmp_path, kb)


def test_deleting_a_logged_event_by_hand_after_seeing_it(tmp_path: Path, kb: KnowledgeBase) -> None:
    log(kb, "logged by mistake")
    log(kb, "logged rightly")
    lines = (tmp_path / PATH).read_text().split("\n")
    put(tmp_path, "\n".join(line for line in lines if "by mistake" not in line))
    kb.sync()
    text = (tmp_path / PATH).read_text()
    assert "by mistake" not in text
    assert "logged rightly" in text


def test_mending_a_typo_in_an_event_just_logged(tmp_path: Path, kb: KnowledgeBase) -> None:
    log(kb, "teh server")
    shown = (tmp_path / PATH).read_text()
    put(tmp_path, shown.replace("teh server", "the server").replace("Rain.", "Snow."))
    assert not kb.sync().conflicts
    assert (tmp_path / PATH).read_text() == shown.replace("teh server", "the server").replace("Rain.", "Snow.")


def test_both_changed_the_same_thing_and_both_versions_are_kept(tmp_path: Path, kb: KnowledgeBase) -> None:
    log(kb, "The database does not answer.")
    change(kb, root_cause="The database was down.")
    put(tmp_path, TEXT.replace("Nobody knows yet.", "The network was down."))
    report = kb.sync()
    text = (tmp_path / PATH).read_text()
    assert "The network was down." in text.partition("## Unresolved conflicts")[0]
    assert "The database was down." in text.partition("## Unresolved conflicts")[2]
    assert [(c.id, c.where) for c in report.conflicts] == [(ID, "root_cause")]
    assert any("both versions are kept" in str(problem) for problem in report.problems)
    assert in_step(tmp_path, kb)
    assert kb.sync().changed == ()


def test_settling_a_conflict_by_hand(tmp_path: Path, kb: KnowledgeBase) -> None:
    log(kb, "The database does not answer.")
    change(kb, root_cause="The database was down.")
    put(tmp_path, TEXT.replace("Nobody knows yet.", "The network was down."))
    kb.sync()
    settled = (tmp_path / PATH).read_text().partition("## Unresolved conflicts")[0].rstrip() + "\n"
    put(tmp_path, settled)
    kb.sync()
    assert (tmp_path / PATH).read_text() == settled


def test_a_whole_text_edited_in_an_editor_is_merged_with_what_came_meanwhile(tmp_path: Path, kb: KnowledgeBase) -> None:
    given = kb.get(ID)
    log(kb, "while the editor was open")
    saved = kb.save(ID, given.text.replace("Rain.", "Hail."), given.rev, "kb edit")
    assert "Hail." in saved.text
    assert "while the editor was open" in saved.text
    with pytest.raises(InvalidEntry):
        kb.save(ID, "not an entry", given.rev, "kb edit")
    with pytest.raises(InvalidEntry, match="id"):
        kb.save(ID, given.text.replace(ID, "another"), given.rev, "kb edit")
    with pytest.raises(NotFound):
        kb.save(ID, given.text, 99, "kb edit")
    assert in_step(tmp_path, kb)


# files that cannot be taken in

BROKEN = [
    (TEXT.replace("severity: sev1", "severity: extreme"), 6, "severity"),
    (TEXT.replace("kind: incident\n", ""), 1, "kind"),
    (TEXT.replace("status: inv", "status: [inv"), 6, ""),
    (TEXT.replace("Rain.", "<<<<<<< HEAD\nRain.\n=======\nSun.\n>>>>>>> other"), 34, "conflict"),
    (TEXT.replace("Rain.", "R\0ain."), 34, "NUL"),
    ("", 1, ""),
]


@pytest.mark.parametrize(("text", "line", "word"), BROKEN)
def test_a_broken_file_is_named_and_its_last_good_version_stays(
    tmp_path: Path, kb: KnowledgeBase, text: str, line: int, word: str
) -> None:
    kb.create(incident())
    put(tmp_path, text)
    report = kb.sync()
    assert report.held == (PATH,)
    assert [(p.path, p.level) for p in report.problems] == [(PATH, "error")]
    assert report.problems[0].line == line
    assert word in report.problems[0].message
    assert report.problems[0].hint
    assert kb.get(ID).text == TEXT
    assert kb.get(ID).stale
    assert not kb.get("checkout").stale
    assert (tmp_path / PATH).read_text() == text
    assert kb.sync().held == (PATH,), "it is told every time"


def test_a_file_that_is_no_utf_8(tmp_path: Path, kb: KnowledgeBase) -> None:
    (tmp_path / PATH).write_bytes(TEXT.replace("Rain.", "Regen ü.").encode("latin-1"))
    assert str(kb.sync().problems[0]) == f"{PATH}:34: byte 0xfc is not UTF-8: save the file as UTF-8"


def test_logging_goes_on_while_the_file_is_broken_and_arrives_when_it_is_mended(
    tmp_path: Path, kb: KnowledgeBase
) -> None:
    broken = TEXT.replace("Rain.", "<<<<<<< HEAD\nRain.\n=======\nSun.\n>>>>>>> other")
    put(tmp_path, broken)
    record = log(kb, "logged at the worst moment")
    assert record.stale
    assert any("conflict" in problem.message for problem in kb.problems)
    assert (tmp_path / PATH).read_text() == broken
    assert "worst moment" in kb.get(ID).text
    put(tmp_path, TEXT.replace("Rain.", "Sun."))
    kb.sync()
    text = (tmp_path / PATH).read_text()
    assert "Sun." in text
    assert "worst moment" in text
    assert not kb.get(ID).stale


def test_a_fence_left_open_does_not_swallow_what_is_recorded(tmp_path: Path, kb: KnowledgeBase) -> None:
    put(tmp_path, TEXT.replace("- CPU near", "```\ntop output\n\n- CPU near"))
    report = kb.sync()
    assert report.held == (PATH,)
    assert any("no longer read as items" in problem.message for problem in report.problems)
    assert len(kb.get(ID).entry.timeline) == 2


def test_most_items_gone_from_a_file_is_questioned(tmp_path: Path, kb: KnowledgeBase) -> None:
    for n in range(8):
        log(kb, f"event {n}")
    text = (tmp_path / PATH).read_text()
    put(tmp_path, "\n".join(line for line in text.split("\n") if "event" not in line or "event 7" in line))
    assert kb.sync().held == (PATH,)
    assert len(kb.get(ID).entry.timeline) == 10
    assert kb.sync(accept_deletions=True).held == ()
    assert [event.text for event in kb.get(ID).entry.timeline[2:]] == ["event 7"]


def test_two_files_with_one_id_are_both_named(tmp_path: Path, kb: KnowledgeBase) -> None:
    copy = "entries/incidents/2019/copy.md"
    put(tmp_path, TEXT.replace("Rain.", "Sun."), copy)
    report = kb.sync()
    assert report.held == (copy,)
    assert str(report.problems[0]).startswith(f"{copy}:3: the id {ID} is used by {PATH} too")
    assert "Rain." in kb.get(ID).text
    (tmp_path / copy).unlink()
    assert kb.sync().problems == ()


def test_two_files_with_one_id_in_a_fresh_clone(tmp_path: Path) -> None:
    put(tmp_path, TEXT, "entries/a-copy.md")
    put(tmp_path, TEXT)
    with opened(tmp_path) as kb:
        assert kb.sync().held == ("entries/a-copy.md",)
        assert kb.get(ID).path == PATH


def test_a_file_that_is_no_entry_stops_nobody(tmp_path: Path, kb: KnowledgeBase) -> None:
    put(tmp_path, "# Notes\n\nJust notes.\n", "entries/notes.md")
    report = kb.sync()
    assert str(report.problems[0]).startswith("entries/notes.md:1: no front matter: begin the file with")
    assert [record.entry.id for record in kb.records()] == [ID]


# moved, deleted, restored


def test_a_file_renamed_and_edited_at_once_is_the_same_entry(tmp_path: Path, kb: KnowledgeBase) -> None:
    (tmp_path / PATH).unlink()
    put(tmp_path, TEXT.replace("Rain.", "Sun."), "entries/incidents/the-big-one.md")
    report = kb.sync()
    assert [(c.id, c.path, c.what) for c in report.changed] == [(ID, "entries/incidents/the-big-one.md", "edited")]
    assert kb.get(ID).path == "entries/incidents/the-big-one.md"
    log(kb, "still going")
    assert [p.name for p in (tmp_path / "entries").rglob("*.md")] == ["the-big-one.md"]
    assert in_step(tmp_path, kb)


def test_a_file_that_was_only_moved(tmp_path: Path, kb: KnowledgeBase) -> None:
    log(kb, "event")
    target = tmp_path / "entries/library/moved.md"
    target.parent.mkdir()
    (tmp_path / PATH).rename(target)
    assert [(c.path, c.what) for c in kb.sync().changed] == [("entries/library/moved.md", "moved")]
    assert "event" in kb.get(ID).text
    assert in_step(tmp_path, kb)


def test_a_deleted_file_is_a_deleted_entry_whose_text_is_kept(tmp_path: Path, kb: KnowledgeBase) -> None:
    kb.create(incident())
    (tmp_path / PATH).unlink()
    assert [(c.id, c.what) for c in kb.sync().changed] == [(ID, "deleted")]
    with pytest.raises(NotFound):
        kb.get(ID)
    assert kb.text_at(ID, 1) == TEXT
    kb.restore([ID])
    assert (tmp_path / PATH).read_text() == TEXT == kb.get(ID).text


def test_deleting_by_a_command(tmp_path: Path, kb: KnowledgeBase) -> None:
    kb.delete(ID)
    assert not (tmp_path / PATH).exists()
    assert kb.sync().changed == ()
    with pytest.raises(NotFound):
        kb.delete(ID)
    with pytest.raises(AlreadyExists, match="was deleted"):
        kb.create(replace(incident(), id=ID))


def test_what_was_logged_but_never_reached_the_file_beats_a_deletion(tmp_path: Path, kb: KnowledgeBase) -> None:
    kb.create(incident())
    put(tmp_path, "broken")
    log(kb, "kept")
    (tmp_path / PATH).unlink()
    kb.sync()
    assert "kept" in (tmp_path / PATH).read_text()
    assert in_step(tmp_path, kb)


def test_a_deleted_file_that_comes_back_is_alive_again(tmp_path: Path, kb: KnowledgeBase) -> None:
    kb.create(incident())
    (tmp_path / PATH).unlink()
    kb.sync()
    put(tmp_path, TEXT.replace("Rain.", "Sun."))
    assert [c.what for c in kb.sync().changed] == ["revived"]
    assert "Sun." in kb.get(ID).text
    assert in_step(tmp_path, kb)


def test_many_files_gone_at_once_are_questioned_not_obeyed(tmp_path: Path, kb: KnowledgeBase) -> None:
    kb.create_many([NewEntry(incident(f"2020-01-0{n}-x")) for n in range(1, 10)])
    everything = tree(tmp_path)
    for n in range(1, 7):
        (tmp_path / f"entries/incidents/2020/2020-01-0{n}-x.md").unlink()
    put(tmp_path, TEXT.replace("Rain.", "Sun."))
    with pytest.raises(ChangedMeanwhile, match="6 entry files have disappeared") as caught:
        kb.sync()
    assert "--accept-deletions" in caught.value.hint
    assert len(kb.records()) == 10
    assert "Sun." in kb.get(ID).text, "everything else was taken in"
    log(kb, "capture goes on")
    report = kb.sync(strict=False)
    assert len(report.missing) == 6
    assert any("disappeared" in problem.message for problem in report.problems)
    assert len(kb.restore().written) == 6
    assert set(tree(tmp_path)) == set(everything)
    assert kb.sync().missing == ()


def test_a_mass_deletion_that_was_meant(tmp_path: Path, kb: KnowledgeBase) -> None:
    kb.create_many([NewEntry(incident(f"2020-01-0{n}-x")) for n in range(1, 10)])
    shutil.rmtree(tmp_path / "entries/incidents/2020")
    report = kb.sync(accept_deletions=True)
    assert len([c for c in report.changed if c.what == "deleted"]) == 9
    assert [record.entry.id for record in kb.records()] == [ID]


# git


def test_switching_branches_back_and_forth(tmp_path: Path, kb: KnowledgeBase) -> None:
    """On a branch where only people edited, git's older file is what is meant; nothing is merged into it."""
    put(tmp_path, TEXT.replace("Rain.", "Sun."))
    kb.sync()
    put(tmp_path, TEXT)
    kb.sync()
    assert "Rain." in kb.get(ID).text
    put(tmp_path, TEXT.replace("Rain.", "Sun."))
    kb.sync()
    assert "Sun." in kb.get(ID).text
    assert in_step(tmp_path, kb)


def test_what_a_colleague_s_branch_brings_is_taken_in(tmp_path: Path, kb: KnowledgeBase) -> None:
    """`git pull` brings a file that others changed by their own commands, from the same starting point as ours."""
    log(kb, "ours")
    theirs = TEXT.replace("\n\n## Root cause", "\n- theirs <!-- e:thairs -->\n\n## Root cause")
    put(tmp_path, theirs.replace("severity: sev1", "severity: sev2"))
    kb.sync()
    text = (tmp_path / PATH).read_text()
    assert "ours" in text
    assert "theirs" in text
    assert "severity: sev2" in text
    assert in_step(tmp_path, kb)


# the other laws


def test_without_its_database_everything_is_adopted_again(tmp_path: Path, kb: KnowledgeBase) -> None:
    for entry in some_of_each():
        kb.create(entry)
    log(kb, "event")
    before = [(record.entry, record.path, record.text) for record in kb.records()]
    kb.close()
    shutil.rmtree(tmp_path / ".kb")
    with opened(tmp_path) as again:
        report = again.sync()
        assert {c.what for c in report.changed} == {"added"}
        assert [(record.entry, record.path, record.text) for record in again.records()] == before


def test_a_folder_that_was_moved_elsewhere_is_still_in_step(tmp_path: Path) -> None:
    put(tmp_path / "one")
    with opened(tmp_path / "one") as kb:
        kb.sync()
        log(kb, "event")
    (tmp_path / "one").rename(tmp_path / "two")
    with opened(tmp_path / "two") as kb:
        assert kb.sync().changed == ()
        assert len(kb.history(ID)) == 2


def test_times_decide_nothing(tmp_path: Path, kb: KnowledgeBase) -> None:
    import os

    edited = TEXT.replace("Rain.", "Hail.")
    assert len(edited) == len(TEXT)
    stamp = (tmp_path / PATH).stat()
    put(tmp_path, edited)
    os.utime(tmp_path / PATH, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    kb.sync()
    assert "Hail." in kb.get(ID).text


def test_many_files_are_taken_in_with_progress(tmp_path: Path) -> None:
    for n in range(450):
        put(tmp_path, text_for(f"2020-01-01-entry-{n:03d}"), f"entries/incidents/2020/{n:03d}.md")
    told: list[tuple[int, int]] = []
    with opened(tmp_path) as kb:
        report = kb.sync(progress=lambda done, total: told.append((done, total)))
        assert len(report.changed) == len(kb.records()) == 450
    assert told[0] == (1, 450)
    assert told[-1] == (450, 450)


def test_a_disk_that_is_full_costs_the_file_not_the_event(
    tmp_path: Path, kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("kb.files.exchange._temporary", full)
        record = log(kb, "the disk is full")
        assert "the disk is full" in record.text
        assert any("No space left" in problem.message for problem in kb.problems)
        assert (tmp_path / PATH).read_text() == TEXT
    kb.sync()
    assert "the disk is full" in (tmp_path / PATH).read_text()


# the search index


def test_an_index_is_told_only_what_changed(tmp_path: Path, kb: KnowledgeBase) -> None:
    kb.create(incident())
    changes = kb.index_changes("words")
    assert [record.entry.id for record in changes.upserts] == [ID, "2026-11-23-checkout-slow"]
    assert not files.settled(tmp_path)
    kb.index_done("words", changes.marks)
    assert kb.index_changes("words").upserts == ()
    assert files.settled(tmp_path, "words")
    assert [record.entry.id for record in kb.index_changes("another").upserts] == [ID, "2026-11-23-checkout-slow"]
    log(kb, "event")
    assert not files.settled(tmp_path)
    changes = kb.index_changes("words")
    assert [record.entry.id for record in changes.upserts] == [ID]
    log(kb, "while it was being indexed")
    kb.index_done("words", changes.marks)
    assert not files.settled(tmp_path)
    assert [record.rev for record in kb.index_changes("words").upserts] == [3]


def test_an_index_is_told_what_is_gone_and_what_moved(tmp_path: Path, kb: KnowledgeBase) -> None:
    kb.create(incident())
    kb.index_done("words", kb.index_changes("words").marks)
    kb.delete("2026-11-23-checkout-slow")
    (tmp_path / PATH).rename(tmp_path / "entries/moved.md")
    kb.sync()
    changes = kb.index_changes("words")
    assert changes.removed == ("2026-11-23-checkout-slow",)
    assert [record.path for record in changes.upserts] == ["entries/moved.md"]
    kb.index_done("words", changes.marks)
    again = kb.index_changes("words")
    assert (again.upserts, again.removed) == ((), ())
    assert files.settled(tmp_path)


def test_nothing_is_settled_while_a_file_is_broken(tmp_path: Path, kb: KnowledgeBase) -> None:
    good = (tmp_path / PATH).read_text()
    put(tmp_path, "broken")
    kb.sync()
    log(kb, "waits for its file")
    kb.index_done("words", kb.index_changes("words").marks)
    assert not files.settled(tmp_path)
    put(tmp_path, good)
    kb.sync()
    kb.index_done("words", kb.index_changes("words").marks)
    assert files.settled(tmp_path)


def test_a_search_learns_of_a_late_save_whose_file_could_not_be_written(
    tmp_path: Path, kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with (tmp_path / PATH).open("r+b") as slow_editor:
        log(kb, "event")
        kb.index_done("words", kb.index_changes("words").marks)
        slow_editor.write(TEXT.replace("Rain.", "Hail.").encode())
    assert files.settled(tmp_path, "words")
    monkeypatch.setattr("kb.files.exchange._temporary", full)
    kb.sync()
    assert "Hail." in kb.get(ID).text
    assert not files.settled(tmp_path, "words")


def test_moments_come_back_from_the_database_as_they_were(tmp_path: Path, kb: KnowledgeBase) -> None:
    started = kb.get(ID).entry.started  # type: ignore[attr-defined]
    assert isinstance(started, Moment)
    assert started.local("America/Chicago") == "2019-03-12 09:00"
    assert kb.get(ID).entry.symptoms[0] == Item("No application answers.", "m2x8qa")  # type: ignore[attr-defined]


def test_two_stale_editors_of_which_the_second_had_seen_more_lose_neither_line(
    tmp_path: Path, kb: KnowledgeBase
) -> None:
    first = (tmp_path / PATH).read_text()
    log(kb, "event")
    second = (tmp_path / PATH).read_text()
    put(tmp_path, first.replace("Rain.", "Rain.\n\ntyped by the first."))
    kb.sync()
    put(tmp_path, second.replace("Rain.", "Rain.\n\ntyped by the second."))
    kb.sync()
    text = (tmp_path / PATH).read_text()
    assert [text.count(words) for words in ("event <!--", "typed by the first.", "typed by the second.")] == [1, 1, 1]
