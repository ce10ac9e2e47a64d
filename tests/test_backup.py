"""A backup made while others write is whole, and brings everything back; a base moves to a server."""

from __future__ import annotations

import multiprocessing
import shutil
from pathlib import Path

from commands import Kb
from databases import fresh, postgres
from storing import ID, PATH, in_step, log, opened, put

__all__ = ["postgres"]
FORK = multiprocessing.get_context("fork")


def test_a_backup_made_while_others_write_brings_everything_back(tmp_path: Path) -> None:
    root = tmp_path / "base"
    put(root)
    with opened(root) as kb:
        kb.sync()
        log(kb, "before")
    done = FORK.Event()

    def write() -> None:
        with opened(root) as mine:
            while not done.is_set():
                log(mine, "meanwhile")

    writer = FORK.Process(target=write)
    writer.start()
    with opened(root) as kb:
        kb.backup(tmp_path / "copy.sqlite")
    done.set()
    writer.join()
    assert writer.exitcode == 0
    shutil.rmtree(root / ".kb")
    shutil.rmtree(root / "entries")
    with opened(root):
        pass
    shutil.copy2(tmp_path / "copy.sqlite", root / ".kb/kb.sqlite")
    with opened(root) as kb:
        kb.restore()
        assert in_step(root, kb)
        assert "before" in (root / PATH).read_text()
        assert [revision.via for revision in kb.history(ID)][:2] == ["file", "kb log"]


def test_the_newer_files_win_over_an_older_backup(kb: Kb) -> None:
    kb("new", "incident", "Checkout is down")
    kb("backup", str(kb.root / "copy.sqlite"))
    kb("log", "after the backup")
    files = kb.files()
    shutil.move(kb.root / "copy.sqlite", kb.root / ".kb/kb.sqlite")
    kb("sync")
    assert kb.files() == files
    assert "after the backup" in kb("show", "checkout").out
    assert kb("check", "--deep").code == 0


def test_a_knowledge_base_moves_to_a_server_with_a_sync(kb: Kb, postgres: str) -> None:
    kb("new", "incident", "Checkout is down")
    kb("log", "event")
    files, url = kb.files(), fresh(postgres)
    kb("sync", KB_DATABASE=url)
    assert kb.files() == files
    assert "event" in kb("show", "checkout", KB_DATABASE=url).out
    kb("log", "on the server", KB_DATABASE=url)
    assert len(kb("history", "checkout", "--json", KB_DATABASE=url).json["revisions"]) == 2, "the history stays behind"
