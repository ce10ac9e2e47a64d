"""The index on disk: only what changed is indexed, damage is noticed, several processes may use it at once."""

from __future__ import annotations

import multiprocessing
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from bench.judged import JUDGED, ROOT, entries
from commands import Kb

from kb.model import Incident, Item
from kb.search import finder, preparing, questions, vocabulary
from kb.search.documents import document
from kb.search.index import Index, IndexDamaged
from kb.search.source import Memory

WORDS = vocabulary.builtin()
SEED = "2019-03-12-all-applications-down"


@pytest.fixture
def index(tmp_path: Path) -> Index:
    made = Index(tmp_path / "index", WORDS)
    made.update((entry, path, 1) for entry, path in entries())
    return made


def incident(number: int, text: str) -> Incident:
    return Incident(id=f"2026-01-01-number-{number}", title=text, symptoms=(Item(text),))


def test_the_index_and_memory_give_the_same_answers(index: Index) -> None:
    memory = Memory(document(entry, path, WORDS) for entry, path in entries())
    for words, _ in JUDGED[::4]:
        assert index.search(words) == finder.search(memory, WORDS, words)
        assert index.similar(words) == finder.similar(memory, WORDS, words)
        assert index.questions(words) == questions.suggest(memory, WORDS, words)


def test_a_changed_entry_is_found_by_its_new_words_only(index: Index) -> None:
    token = index.token
    entry, path = next((entry, path) for entry, path in entries() if entry.id == SEED)
    index.update([(replace(entry, title="Flux compensator melted"), path, 2)])
    assert index.search("flux compensator").hits[0].entry.id == SEED
    assert index.search("flux").total == 1
    assert index.revisions()[SEED] == 2
    assert index.token == token
    index.update([], [SEED])
    assert SEED not in index.revisions()
    assert index.search("flux").total == 0


def test_many_small_changes_leave_the_same_answers_as_one_large_one(tmp_path: Path) -> None:
    one, many = Index(tmp_path / "one", WORDS), Index(tmp_path / "many", WORDS)
    wanted = [(incident(n, f"disk {n} full on host-{n % 7}"), "x.md", 1) for n in range(40)]
    one.update(wanted)
    for number in range(40):
        many.update([(incident(number, "something else entirely"), "x.md", 0)])
        many.update([wanted[number]])
    assert many.search("disk full host-3", 40) == one.search("disk full host-3", 40)
    assert len(list((tmp_path / "many").glob("*.seg"))) < 20


def test_an_index_of_another_vocabulary_or_a_damaged_one_is_begun_anew(index: Index) -> None:
    token = index.token
    assert Index(index.folder, WORDS).token == token
    other = vocabulary.read(["[symptom x: y]\nzzz"])
    assert Index(index.folder, other).token != token
    again = Index(index.folder, WORDS)
    assert again.token not in (token, "")
    assert again.search("cpu").total == 0
    (again.folder / "kb.json").write_text("{")
    assert Index(again.folder, WORDS).token != again.token


def test_damage_is_told_and_reset_mends_it(index: Index) -> None:
    for part in index.folder.glob("*.seg"):
        part.write_bytes(part.read_bytes()[:200])
    fresh = Index(index.folder, WORDS)
    if fresh.token == index.token:  # the damage shows only when it is read
        with pytest.raises(IndexDamaged):
            fresh.search("high cpu")
        fresh.reset()
    fresh.update((entry, path, 1) for entry, path in entries())
    assert fresh.search("high CPU after deploy").hits[0].entry.id == SEED


def test_nobody_else_may_read_the_folder(index: Index) -> None:
    assert stat.S_IMODE(index.folder.stat().st_mode) == 0o700


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[int] = []
    Index(tmp_path / "index", WORDS).update([(incident(n, "x"), "x.md", 1) for n in range(3)], progress=told.append)
    assert told == [1, 2, 3]


def write(folder: Path, first: int) -> None:
    index = Index(folder, WORDS)
    for number in range(first, first + 5):
        index.update([(incident(number, f"disk {number} full"), "x.md", 1)])
        index.search("disk full")


def test_writers_wait_for_each_other_and_readers_see_a_whole_state(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    Index(folder, WORDS)
    started = [multiprocessing.get_context("spawn").Process(target=write, args=(folder, n * 10)) for n in range(2)]
    for process in started:
        process.start()
    for process in started:
        process.join(60)
    assert [process.exitcode for process in started] == [0, 0]
    assert Index(folder, WORDS).search("disk full", 50).total == 10


def test_a_search_loads_neither_the_database_nor_the_site_builder(index: Index) -> None:
    code = (
        "import sys; from pathlib import Path; from kb.search import vocabulary; from kb.search.index import Index;"
        f"index = Index(Path({str(index.folder)!r}), vocabulary.builtin());"
        "assert index.search('high cpu after deploy').hits;"
        "heavy = {'sqlalchemy', 'mkdocs', 'markdown_it', 'yaml', 'dateparser', 'whoosh.qparser', 'whoosh.query'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(eval(ran.stdout)) <= {"whoosh.query"}


def test_many_entries_are_prepared_by_several_processes_and_come_out_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [(entry, path, 1) for entry, path in entries()]
    alone = list(preparing.prepared(items, WORDS))
    monkeypatch.setattr(preparing, "MANY", 10)
    assert list(preparing.prepared(items, WORDS)) == alone


def test_without_further_processes_one_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("no processes here")

    items = [(entry, path, 1) for entry, path in entries()]
    monkeypatch.setattr(preparing, "MANY", 10)
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", refused)
    assert [one.id for one in preparing.prepared(items, WORDS)] == [entry.id for entry, _, _ in items]


def test_an_index_that_came_with_a_clone_is_thrown_away_unread(seeded: Kb, tmp_path: Path) -> None:
    """Whoosh's files are pickles: reading one that somebody else made would run what they put into it."""
    seeded("search", "cpu")
    other = Kb(tmp_path / "clone")
    shutil.copytree(seeded.root, other.root)
    ran = tmp_path / "ran"
    bomb = f"cos\nsystem\n(S'touch {ran}'\ntR.".encode()
    for file in (other.root / ".kb/index").iterdir():
        if file.suffix in (".toc", ".seg", ".pickle"):
            file.write_bytes(bomb)
    assert other("search", "high CPU after deploy", "--json").json["total"] > 0
    assert not ran.exists()
