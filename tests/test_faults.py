"""A broken file, a lost folder, a damaged index: each is named with its cure, and the work goes on."""

from __future__ import annotations

import shutil

from commands import Kb


def incident(kb: Kb) -> str:
    return str(kb("new", "incident", "Checkout down", "--symptom", "502 from the proxy", "--json").json["path"])


def test_a_broken_file_stops_nobody(kb: Kb) -> None:
    path = incident(kb)
    kb("new", "incident", "Mail is slow")
    good = kb.text(path)
    (kb.root / path).write_text(good.replace("status: investigating", "status: investigatin"))
    ran = kb("search", "proxy 502", "--json")
    assert f"{path}:4: status: 'investigatin' is none of" in ran.err
    assert [(hit["path"], hit["stale"]) for hit in ran.json["hits"]] == [(path, True)]
    again = kb("search", "proxy 502")
    assert "last good version" in again.out
    said = kb("log", "restarted the proxy", "--on", "checkout")
    assert "kept; the file waits to be mended" in said.out
    assert "restarted" not in kb.text(path)
    kb("log", "queue is empty", "--on", "mail")
    assert kb.fails("check").code == 3
    assert kb.fails("sync").code == 3

    (kb.root / path).write_text(good)
    shown = kb("show", "checkout", "--json").json
    assert ([event["text"] for event in shown["timeline"]], shown["stale"]) == (["restarted the proxy"], False)
    assert "restarted the proxy" in kb.text(path)
    assert kb("search", "proxy 502", "--json").json["hits"][0]["stale"] is False


def test_a_file_that_was_renamed_and_broken_at_once_is_not_taken_for_deleted(kb: Kb) -> None:
    path = incident(kb)
    kb("sync")
    good = kb.text(path)
    (kb.root / path).unlink()
    renamed = kb.root / "entries/incidents/2026/renamed.md"
    renamed.parent.mkdir(exist_ok=True)
    renamed.write_text(f"<<<<<<< HEAD\n{good}=======\nother\n>>>>>>> branch\n")
    said = kb("log", "restarted the proxy", "--on", "checkout")
    assert "kept; the file waits to be mended" in said.out
    assert kb("search", "proxy 502", "--json").json["hits"][0]["stale"] is True
    assert not (kb.root / path).exists()
    renamed.write_text(good)
    shown = kb("show", "checkout", "--json").json
    assert (shown["path"], shown["stale"]) == ("entries/incidents/2026/renamed.md", False)
    assert "restarted the proxy" in renamed.read_text()


def test_a_broken_copy_does_not_make_the_original_stale(kb: Kb) -> None:
    path = incident(kb)
    (kb.root / "entries/incidents/copy.md").write_text(kb.text(path).replace("kind: incident", "kind: incdent"))
    assert kb("show", "checkout", "--json").json["stale"] is False
    kb("log", "goes on", "--on", "checkout")
    assert "goes on" in kb.text(path)


def test_half_a_merge_is_left_alone(kb: Kb) -> None:
    path = incident(kb)
    text = kb.text(path) + "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n"
    (kb.root / path).write_text(text)
    ran = kb("log", "still down")
    assert "git conflict markers" in ran.err
    assert kb.text(path) == text


def test_when_most_files_are_gone_kb_asks(seeded: Kb) -> None:
    seeded("sync")
    before = seeded.files()
    shutil.rmtree(seeded.root / "entries/library")
    ran = seeded.fails("sync")
    assert (ran.code, "--accept-deletions" in ran.err) == (12, True)
    assert seeded("search", "consul", "--json").json["total"] > 0
    seeded("restore")
    assert seeded.files() == before
    shutil.rmtree(seeded.root / "entries/library")
    seeded("sync", "--accept-deletions")
    assert seeded("list", "library", "--json").json["total"] == 0


def test_without_the_database_the_same_answers(seeded: Kb) -> None:
    def answers() -> list[object]:
        asked = (
            ("search", "high CPU after deploy"),
            ("questions", "--text", "high CPU"),
            ("list",),
            ("show", "app-server-01"),
        )
        found = [seeded(*words, "--json").json for words in asked]
        return [{key: value for key, value in answer.items() if key != "rev"} for answer in found]

    before = answers()
    shutil.rmtree(seeded.root / ".kb")
    assert answers() == before


def test_without_the_entries_every_byte_comes_back(seeded: Kb) -> None:
    seeded("sync")
    before = seeded.files()
    shutil.rmtree(seeded.root / "entries")
    seeded("restore")
    assert seeded.files() == before


def test_a_damaged_index_is_made_anew(seeded: Kb) -> None:
    words = ("search", "high CPU after deploy", "--json")
    before = seeded(*words).json
    for file in (seeded.root / ".kb/index").iterdir():
        file.write_bytes(b"rubbish")
    assert seeded(*words).json == before


def test_a_damaged_database_is_named_with_its_cure(kb: Kb) -> None:
    incident(kb)
    (kb.root / ".kb/kb.sqlite").write_bytes(b"rubbish" * 1000)
    ran = kb.fails("list")
    assert (ran.code, "Traceback" in ran.err) == (15, False)
    assert "kb.sqlite" in ran.err
    (kb.root / ".kb/kb.sqlite").unlink()
    assert kb("list", "--json").json["total"] == 1


def test_a_wrong_setting_is_named(kb: Kb) -> None:
    settings = kb.root / "mkdocs.yml"
    text = settings.read_text()
    settings.write_text(text.replace("America/Chicago", "Mars/Olympus"))
    ran = kb.fails("list")
    assert (ran.code, "'Mars/Olympus' is not a time zone" in ran.err) == (14, True)
    settings.write_text(text.replace("plugins:", "plugins: [:"))
    ran = kb.fails("list")
    assert (ran.code, "mkdocs.yml:" in ran.err) == (14, True)
    assert kb.fails("list", KB_TIMEZONE="UTC").code == 14
    settings.write_text(text)
    assert kb("list", KB_TIMEZONE="Europe/Berlin").code == 0
    assert kb.fails("list", KB_SUSPECT_HOURS="many").code == 14


def test_a_knowledge_base_is_not_made_twice(kb: Kb) -> None:
    before = (kb.root / "mkdocs.yml").read_bytes()
    assert kb.fails("init", str(kb.root)).code == 11
    assert (kb.root / "mkdocs.yml").read_bytes() == before
    assert kb.fails("init", str(kb.root.parent / "other"), "--timezone", "Nowhere").code == 2
    assert not (kb.root.parent / "other").exists()
