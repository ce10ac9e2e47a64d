"""`kb help`: the README at a prompt, in a plain pipe and on a terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest
from commands import ROOT, Kb

README = (ROOT / "README.md").read_text("utf-8")
TITLES = re.findall(r"^#{2,3} (.+)$", re.sub("```.*?```", "", README, flags=re.DOTALL), re.MULTILINE)


def test_topics_are_the_headings_of_the_readme(kb: Kb) -> None:
    listed = kb("help").out
    assert [line.split("  ")[-1] for line in listed.rstrip().split("\n")] == TITLES
    assert len(TITLES) > 10


@pytest.mark.parametrize("title", TITLES)
def test_a_chapter_is_what_the_readme_says(kb: Kb, title: str) -> None:
    lines = kb("help", *title.split()).out.split("\n")
    assert lines[0].lstrip("# ") == title
    assert set(lines) <= {*README.split("\n"), *re.findall("<summary>(.*)</summary>", README)}
    assert not any(line.startswith(("<", "![")) for line in lines)


def test_a_chapter_holds_its_parts_and_not_the_next(kb: Kb) -> None:
    deployments = kb("help", "deployments").out
    assert "### What runs there?" in deployments
    assert "GitLab CI\n" in deployments
    assert "## How it finds" not in deployments
    assert kb("help", "strangers").out.startswith("### For strangers")


def test_what_is_near_is_named(kb: Kb) -> None:
    wrong = kb.fails("help", "deploymnets")
    assert (wrong.code, "deployments" in wrong.err) == (10, True)
    several = kb.fails("help", "what")
    assert (several.code, "what-it-stands-on" in several.err) == (10, True)
    assert "'kb help' lists" in kb.fails("help", "zzz").err


def test_on_a_terminal_it_is_set_in_eighty_columns(kb: Kb) -> None:
    ours, theirs = pty.openpty()
    env = {**os.environ, "COLUMNS": "200", "TERM": "xterm", "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "kb", "help", "search"]
    with subprocess.Popen(words, cwd=kb.root, env=env, stdout=theirs) as running:
        os.close(theirs)
        said = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            said += piece
        assert running.wait() == 0
    os.close(ours)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", said.decode()).replace("\r", "").split("\n")
    assert any("Search" in line for line in lines)
    assert "###" not in "".join(lines)
    assert 60 < max(len(line.rstrip()) for line in lines) <= 80
