"""A secret on its way into an entry is noticed before anything is recorded, whichever way it comes."""

from __future__ import annotations

import json
import os
import pty
import select
import sys
import time
from pathlib import Path

import pytest
from commands import Kb
from secrets_corpus import SECRETS

KEY_LINE, KEY = SECRETS[1]
MASK = {"KB_SECRETS": "mask"}
COMMANDS = (
    ("log", "§"), ("log", "x", "--by", "§"), ("ask", "§"), ("answer", "§"), ("answer", "x", "--evidence", "§"),
    ("set", "impact=§"), ("lesson", "§"), ("action", "add", "§"), ("action", "add", "x", "--ticket", "§"),
    ("mitigate", "--at", "now"), ("resolve", "--root-cause", "§", "--resolution", "§"),
    ("new", "incident", "§", "--symptom", "§"), ("new", "deployment", "x", "--rollback", "§"),
    ("new", "system", "x", "--expect", "§"),
)  # fmt: skip


@pytest.fixture
def burning(kb: Kb) -> Kb:
    """An incident with a question."""
    kb("new", "incident", "Checkout is down")
    kb("ask", "What runs there?")
    return kb


def everything(kb: Kb) -> bytes:
    """Every byte below the knowledge base."""
    return b"".join(path.read_bytes() for path in sorted(kb.root.rglob("*")) if path.is_file())


@pytest.mark.parametrize("words", COMMANDS)
def test_without_a_terminal_it_is_told_and_recorded_as_it_came(burning: Kb, words: tuple[str, ...]) -> None:
    ran = burning(*(word.replace("§", KEY_LINE) for word in words), "--json")
    given = any("§" in word for word in words)
    assert ("looks like a secret" in ran.err) == given
    assert (KEY in everything(burning).decode("utf-8", "replace")) == given
    assert KEY not in ran.err
    problems = [problem["message"] for problem in ran.json["problems"]]
    assert any("looks like a secret" in message for message in problems) == given


@pytest.mark.parametrize("words", COMMANDS)
def test_masked_it_is_stored_nowhere(burning: Kb, words: tuple[str, ...]) -> None:
    burning(*(word.replace("§", KEY_LINE) for word in words), **MASK)
    burning("search", "export")
    assert KEY.encode() not in everything(burning)
    if any("§" in word for word in words):
        assert any(b"[redacted: " in data for data in burning.files().values())


@pytest.mark.parametrize("words", [words for words in COMMANDS if any("§" in word for word in words)])
def test_refused_nothing_is_recorded(burning: Kb, words: tuple[str, ...]) -> None:
    before = burning.files()
    ran = burning.fails(*(word.replace("§", KEY_LINE) for word in words), KB_SECRETS="refuse")
    assert (ran.code, burning.files() == before, KEY in ran.err) == (13, True, False)


def test_searching_for_one_is_nobodys_business(burning: Kb) -> None:
    assert "secret" not in burning("search", KEY_LINE).err


def test_a_wrong_rule_is_named(burning: Kb) -> None:
    assert burning.fails("log", KEY_LINE, KB_SECRETS="perhaps").code == 14


def test_the_rule_is_that_of_the_knowledge_base_that_is_named(burning: Kb, tmp_path: Path) -> None:
    settings = burning.root / "mkdocs.yml"
    settings.write_text(settings.read_text().replace("timezone:", "secrets: refuse\n      timezone:"))
    other = Kb(tmp_path)
    for words in (("--root", str(burning.root)), (f"--root={burning.root}",)):
        assert other.fails("log", KEY_LINE, *words).code == 13


def test_an_edited_entry(burning: Kb, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\nprintf '\\n## Notes\\n\\n%s\\n' '{KEY_LINE}' >> \"$1\"\n")
    editor.chmod(0o755)
    assert "looks like a secret" in burning("edit", EDITOR=str(editor), **MASK).err
    assert KEY.encode() not in everything(burning)
    assert any(b"## Notes" in data for data in burning.files().values())


def test_a_key_of_several_lines_in_an_edited_entry(burning: Kb, tmp_path: Path) -> None:
    key = next(text for text, _ in SECRETS if "OPENSSH" in text)
    (tmp_path / "key").write_text(f"\n## Notes\n\n```\n{key}\n```\n")
    editor = tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\ncat {tmp_path}/key >> "$1"\n')
    editor.chmod(0o755)
    burning("edit", EDITOR=str(editor), **MASK)
    text = next(data.decode() for data in burning.files().values())
    assert "-----BEGIN OPENSSH PRIVATE KEY-----[redacted: private key]-----END OPENSSH PRIVATE KEY-----" in text


def test_imported_documents(kb: Kb, tmp_path: Path) -> None:
    source = tmp_path / "old.md"
    source.write_text(f"# Old outage\n\n## Summary\n\n```\n{KEY_LINE}\n```\n")
    told = kb("import", str(source), "--dry-run")
    assert f"{source}:6: this looks like a secret" in told.out
    assert kb.fails("import", str(source), KB_SECRETS="refuse").code == 3
    assert kb.files() == {}
    kb("import", str(source), **MASK)
    assert KEY.encode() not in everything(kb)


@pytest.mark.parametrize(("typed", "kept"), [("\n", False), ("y\n", False), ("n\n", True)])
def test_at_a_terminal_it_is_offered_to_mask_it(burning: Kb, typed: str, kept: bool) -> None:
    said = at_a_terminal(burning, ["log", KEY_LINE], typed)
    assert "Record it masked, as shown here?" in said
    assert KEY not in said or kept
    assert (KEY.encode() in everything(burning)) == kept


def at_a_terminal(kb: Kb, words: list[str], typed: str) -> str:
    """What a terminal shows while a command runs in it."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(KB_ROOT=str(kb.root), COLUMNS="80", TERM="xterm")
        os.execv(sys.executable, [sys.executable, "-m", "kb", *words])
    said, answered, until = b"", False, time.monotonic() + 60
    while time.monotonic() < until:
        ready, _, _ = select.select([terminal], [], [], 1)
        try:
            data = os.read(terminal, 4096) if ready else b" "
        except OSError:
            break
        if not data:
            break
        said += data.strip(b" ") if not ready else data
        if b"?" in said and not answered:
            os.write(terminal, typed.encode())
            answered = True
    os.waitpid(child, 0)
    return said.decode("utf-8", "replace")


def test_json_names_it(burning: Kb) -> None:
    told = json.loads(burning("log", KEY_LINE, "--json").out)
    assert "kb purge-secret" in told["problems"][0]["hint"]
