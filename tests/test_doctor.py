"""`kb check --deep` finds and names every kind of damage; `--repair` mends it from what is left, and keeps all."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Kb
from databases import fresh, postgres

__all__ = ["postgres"]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six entries with their history, indexed."""
    kb = Kb(tmp_path_factory.mktemp("well") / "base")
    kb("init", str(kb.root), "--timezone", "UTC")
    for n in range(4):
        kb("new", "incident", f"Incident number {n}", "--symptom", f"Symptom {n}")
        for m in range(5):
            kb("log", f"event {n} {m}")
        kb("resolve", "--root-cause", "An unknown service.", "--resolution", "Stopped it.")
    kb("new", "system", "app-server-01", "--expect", "IIS")
    kb("new", "deployment", "Release 9", "--service", "web=9", "--override", "must")
    kb("search", "event")
    return kb.root


@pytest.fixture
def well(origin: Path, tmp_path: Path) -> Kb:
    """A copy of them to damage."""
    shutil.copytree(origin, tmp_path / "base")
    return Kb(tmp_path / "base")


def database(kb: Kb) -> Path:
    return kb.root / ".kb/kb.sqlite"


def spoil(kb: Kb, statement: str) -> None:
    with sqlite3.connect(database(kb)) as plain:
        plain.execute(statement)
    plain.close()


def found(kb: Kb) -> set[str]:
    """The parts in which something is wrong."""
    ran = kb.fails("check", "--deep", "--json")
    assert ran.code in (0, 3), ran.err
    return {finding["part"] for finding in ran.json["findings"]}


def mended(kb: Kb) -> None:
    ran = kb.fails("check", "--deep", "--repair")
    assert ran.code == 0, ran.out + ran.err
    assert "agree" in kb("check", "--deep").err
    assert found(kb) == set()


def test_nothing_is_wrong_where_nothing_is_wrong(well: Kb) -> None:
    assert found(well) == set()
    assert "files, rows, index and history agree" in well("check", "--deep").err
    before = well.files()
    well("check", "--deep", "--repair")
    assert well.files() == before


SPOILED = {
    "a row of an event changed": ("update events set text = 'another' where rowid = 1", "rows"),
    "rows deleted": ("delete from events where rowid < 4", "rows"),
    "a row too many": ("insert into lessons select entry, position + 99, item, text, kind from lessons limit 0", ""),
    "rows of nobody": ("insert into events (entry, position, item, text, kind, by) values ('nobody', 1, 'a', 'b', 'note', '')", "rows"),
    "the text of an entry changed": ("update entries set text = text || 'x' where id like '%number-1'", "text"),
    "a digest changed": ("update entries set sha256 = 'beef' where id like '%number-1'", "text"),
    "an old revision ruined": ("update revisions set text = x'00' where rev = 2 and entry like '%number-1'", "revision"),
    "an old digest changed": ("update revisions set sha256 = 'beef' where rev = 2 and entry like '%number-1'", "revision"),
    "the newest revision gone": ("delete from revisions where entry like '%number-1' and rev = (select rev from entries where id like '%number-1')", "newest"),
    "a table gone": ("drop table answers", "schema"),
    "a column gone": ("alter table events drop column kind", "schema"),
    "marks of the index gone": ("delete from index_marks", ""),
    "wrong marks of the index": ("update index_marks set rev = rev + 3", ""),
    "marks of the files gone": ("delete from checkout_files", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILED)
def test_each_damage_is_found_named_and_mended(well: Kb, name: str) -> None:
    statement, part = SPOILED[name]
    before = well.files()
    spoil(well, statement)
    parts = found(well)
    assert not part or part in parts, parts
    mended(well)
    assert well.files() == before
    assert well("search", "event", "--json").json["total"] == 4
    assert well("log", "afterwards").code == 0


@pytest.mark.parametrize("seed", range(8))
def test_flipped_bytes_in_the_database(well: Kb, seed: int) -> None:
    chance = random.Random(seed)
    before = well.files()
    data = bytearray(database(well).read_bytes())
    for _ in range(chance.choice((1, 20, 300))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    database(well).write_bytes(data)
    ran = well.fails("check", "--deep", "--repair")
    assert "Traceback" not in ran.err
    assert ran.code == 0, ran.out + ran.err
    mended(well)
    assert well.files() == before
    assert well("search", "event", "--json").json["total"] == 4


@pytest.mark.parametrize("part", ["header", "first page", "cut in half", "empty", "rubbish", "zeros in the middle"])
def test_a_database_of_which_whole_parts_are_gone(well: Kb, part: str) -> None:
    before, data = well.files(), database(well).read_bytes()
    database(well).write_bytes({
        "header": b"\0" * 100 + data[100:], "first page": b"\xff" * 4096 + data[4096:], "cut in half": data[: len(data) // 2],
        "empty": b"", "rubbish": b"rubbish" * 5000,
        "zeros in the middle": data[: len(data) // 3] + bytes(8192) + data[len(data) // 3 + 8192 :],
    }[part])  # fmt: skip
    told = well.fails("list")
    assert part in ("empty", "zeros in the middle", "cut in half") or (
        told.code,
        "kb check --deep --repair" in told.err,
    ) == (15, True)
    mended(well)
    assert well.files() == before
    if part not in ("empty", "zeros in the middle"):
        kept = list((well.root / ".kb").glob("damaged-*.sqlite"))
        assert kept or told.code == 0, "the damaged one is kept"
    assert well("list", "--json").json["total"] == 6


def test_history_that_can_be_read_is_saved(well: Kb) -> None:
    name = next(path for path in well.files() if "number-1" in path).rpartition("/")[2].removesuffix(".md")
    count = len(well("history", name, "--json").json["revisions"])
    with sqlite3.connect(database(well)) as plain:
        page = plain.execute("select rootpage from sqlite_master where name = 'events'").fetchone()[0]
    plain.close()
    data = bytearray(database(well).read_bytes())
    data[(page - 1) * 4096 : page * 4096] = b"\xee" * 4096
    database(well).write_bytes(data)
    assert "database" in found(well)
    mended(well)
    assert len(well("history", name, "--json").json["revisions"]) >= count
    well("restore", name, "--rev", "2")


def test_what_was_never_written_to_a_file_is_saved_too(well: Kb) -> None:
    """An event logged while the file had a fault stands in the database alone."""
    path = next(path for path in well.files() if "number-3" in path)
    good = (well.root / path).read_text()
    (well.root / path).write_text(good.replace("kind: incident", "kind: [incident"))
    well("log", "only in the database", "--on", "number-3")
    data = bytearray(database(well).read_bytes())
    data[:100] = bytes(100)
    database(well).write_bytes(data)
    well.fails("check", "--deep", "--repair")
    with sqlite3.connect(database(well)) as plain:
        texts = [zlib.decompress(text).decode() for (text,) in plain.execute("select text from revisions")]
    plain.close()
    kept = [path.name for path in (well.root / ".kb").glob("damaged-*")]
    assert any("only in the database" in text for text in texts) or kept


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


INDEX: dict[str, Callable[[Path], object]] = {
    "gone": shutil.rmtree,
    "truncated": lambda folder: [truncate(path) for path in folder.iterdir()],
    "rubbish": lambda folder: [path.write_bytes(b"rubbish") for path in folder.iterdir()],
    "one file gone": lambda folder: next(folder.glob("*.seg")).unlink(),
    "a file in its place": lambda folder: (shutil.rmtree(folder), folder.write_text("x")),
}


@pytest.mark.parametrize("how", INDEX)
def test_a_damaged_index(well: Kb, how: str) -> None:
    INDEX[how](well.root / ".kb/index")
    ran = well.fails("check", "--deep", "--repair")
    assert ran.code == 0, ran.out + ran.err
    assert well("search", "event", "--json").json["total"] == 4
    mended(well)


def test_an_index_that_holds_something_else(well: Kb) -> None:
    """It reads well, but it is that of another day."""
    old = well.root / "old"
    well("search", "event")
    shutil.copytree(well.root / ".kb/index", old)
    about = json.loads((old / "kb.json").read_text())
    (old / "kb.json").write_text(json.dumps({**about, "place": f"{old.stat().st_dev}:{old.stat().st_ino}"}))
    well("log", "something new")
    well("search", "new")
    shutil.rmtree(well.root / ".kb/index")
    old.rename(well.root / ".kb/index")
    assert found(well) == {"index"}
    mended(well)


def test_a_lock_that_is_gone_or_is_a_folder(well: Kb) -> None:
    (well.root / ".kb/lock").unlink()
    assert found(well) == set()
    (well.root / ".kb/lock").unlink(missing_ok=True)
    (well.root / ".kb/lock").mkdir()
    assert well.fails("log", "x").code == 15
    assert "lock" in {f["part"] for f in well.fails("check", "--deep", "--repair", "--json").json["findings"]}
    mended(well)
    assert well("log", "x").code == 0


def test_what_is_open_to_others(well: Kb) -> None:
    database(well).chmod(0o666)
    (well.root / ".kb").chmod(0o777)
    assert "state" in found(well)
    assert (well.root / ".kb").stat().st_mode & 0o777 == 0o700
    mended(well)
    assert database(well).stat().st_mode & 0o777 == 0o600


def test_a_file_with_a_fault_is_named_and_is_no_work_for_the_doctor(well: Kb) -> None:
    path = next(iter(well.files()))
    (well.root / path).write_text("ruined")
    ran = well.fails("check", "--deep", "--repair")
    assert (ran.code, path in ran.out) == (3, True)
    assert (well.root / path).read_text() == "ruined"


def test_on_a_server(tmp_path: Path, postgres: str) -> None:
    import psycopg

    url = fresh(postgres)
    kb = Kb(tmp_path / "base")
    kb.root.mkdir()
    kb("init", str(kb.root), "--timezone", "UTC")
    kb("new", "incident", "Checkout is down", KB_DATABASE=url)
    kb("log", "event", KB_DATABASE=url)
    assert kb("check", "--deep", "--json", KB_DATABASE=url).json["findings"] == []
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("delete from events")
        connection.execute("drop table answers")
    ran = kb.fails("check", "--deep", "--json", KB_DATABASE=url)
    assert {finding["part"] for finding in ran.json["findings"]} >= {"schema"}
    assert kb.fails("check", "--deep", "--repair", KB_DATABASE=url).code == 0
    assert kb("check", "--deep", "--json", KB_DATABASE=url).json["findings"] == []
