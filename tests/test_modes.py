"""`.kb/` holds every word of every entry: it is its owner's alone, whatever the umask. What is for others is not."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Kb
from crash.commands import BEGINNING, COMMANDS, INCIDENT

from kb.search.meaning import Model


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    """A person whose files are open to everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_files(root: Path) -> list[str]:
    """What of kb's own others may read or write."""
    found = [root / ".kb", *(root / ".kb").rglob("*")]
    return [f"{path} {path.stat().st_mode:o}" for path in found if path.stat().st_mode & 0o077]


def test_whatever_a_command_writes_there_is_private(tmp_path: Path) -> None:
    """Every command that writes, one after the other on one knowledge base: also those that then find nothing to do."""
    kb = Kb(tmp_path / "base")
    kb.root.mkdir()
    for words in BEGINNING:
        kb(*(word.format(root=kb.root) for word in words))
    for name, command in COMMANDS.items():
        if command.prepare and (kb.root / f"entries/incidents/2026/{INCIDENT}.md").exists():
            command.prepare(kb.root)
        words = (word.format(root=kb.root, outside=tmp_path) for word in command.words)
        kb.fails(*words, stdin=command.stdin, EDITOR=str(tmp_path / "editor"))
        assert open_files(kb.root) == [], name
    assert {path.parent.name for path in (kb.root / ".kb").rglob("*")} >= {"index", "rescue", "saved"}


def test_searches_sites_backups_and_drafts_are_private_too(seeded: Kb, tmp_path: Path, model: Model) -> None:
    seeded("search", "cpu", KB_SEMANTIC="auto")
    seeded("similar", "--text", "cpu", KB_SEMANTIC="auto")
    seeded("build")
    seeded("publish", "--to", str(tmp_path / "public"))
    seeded.fails("edit", "all-applications-down", EDITOR="false")
    seeded("backup", str(tmp_path / "copy.sqlite"))
    assert (seeded.root / ".kb/meaning.npz").exists()
    assert open_files(seeded.root) == []
    assert stat.S_IMODE((tmp_path / "copy.sqlite").stat().st_mode) == 0o600


def test_what_is_for_others_follows_the_umask(seeded: Kb, tmp_path: Path) -> None:
    seeded("new", "incident", "Open to the team")
    seeded("build")
    file = next((seeded.root / "entries").rglob("*open-to-the-team.md"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o666
    pages = [path for path in (seeded.root / "site").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in pages} == {0o666}
