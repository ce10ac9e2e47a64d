"""Hostile text on the terminal: no control sequence of an entry reaches it, and what cannot be seen is written out."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import besieged
import pytest
from attacks import ATTACKS
from commands import Kb

from kb.model.visible import visible

SIGNS = tuple(one for one in ATTACKS if one.group in ("sign", "template", "data")) + ATTACKS[:6]
STYLE = re.compile(r"\x1b\[[0-9;]*m")
"""A colour or weight; rich makes no link of ours."""
PROGRESS = re.compile(r"\x1b\[\?25[lh]|\x1b\[1A|\x1b\[2K")
"""What a bar needs to be drawn over itself."""
COMMANDS = (
    ("list",), ("list", "incidents"), ("search", "x"), ("search", "red"), ("similar", "--text", "x evil"), ("similar",),
    ("questions", "--text", "evil"), ("questions",), ("show", "incident-000"), ("show", "system"),
    ("show", "deployment"),
    ("brief", "deployment"), ("stats",), ("digest",), ("check",), ("sync",), ("action", "list"), ("history", "system"),
    ("show", "\x1b]0;evil\x07"), ("search", "\x1b[2J\u202e"), ("log", "\x1b[2J\u202e \x9b31m", "--by", "\x1b[1m"),
    ("set", "owner=\x1b[2J", "--on", "system"), ("ask", "\u200b[/] [red]x"), ("edit", "\x1b[2J"),
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Kb:
    """A knowledge base of what drives terminals, written by hand and taken in through commands."""
    base = Kb(tmp_path_factory.mktemp("terminal") / "base")
    base.root.mkdir()
    base("init", str(base.root), "--timezone", "UTC")
    besieged.besiege(base.root, SIGNS, together=30)
    hand = besieged.by_hand(next(one for one in ATTACKS if one.name == "colours"))
    besieged.write(base.root, {"entries/broken.md": hand.replace("kind: incident", "kind: \x1b[31m\u202e"),
                               "entries/incidents/\u202ename.md": hand})  # fmt: skip
    base.fails("sync")
    return base


def drives(text: str) -> str:
    """What in a text would drive a terminal or hide from its reader; empty if nothing does."""
    plain = STYLE.sub("", text).replace("\r\n", "\n")
    return "" if visible(plain) == plain else ascii(next(line for line in plain.split("\n") if visible(line) != line))


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: ascii(" ".join(words)))
def test_no_command_drives_the_terminal(words: tuple[str, ...], hostile: Kb) -> None:
    ran = hostile.fails(*words, EDITOR="true")
    assert drives(ran.out) == ""
    assert drives(ran.err) == ""
    assert "\x1b" not in ran.out + ran.err, "there is no terminal"
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("words", [words for words in COMMANDS if words[0] not in ("edit", "sync", "check")][:18],
                         ids=lambda words: ascii(" ".join(words)))  # fmt: skip
def test_json_is_json_and_says_no_more_than_signs_one_sees(words: tuple[str, ...], hostile: Kb) -> None:
    ran = hostile.fails(*words, "--json")
    if words[0] == "check" or ran.code in (2, 10):
        return
    assert json.loads(ran.out)["schema"]
    assert drives(ran.out) == ""


TYPED = (("list",), ("show", "incident-000"), ("search", "x"), ("check",), ("stats",), ("show", "\x1b[2J"))


def test_on_a_terminal_with_colours_only_our_own_styles_arrive(hostile: Kb) -> None:
    for words in TYPED:
        told = on_a_terminal(hostile.root, *words)
        assert told.strip(), words
        assert drives(re.sub(r"(?m)^\r+", "", PROGRESS.sub("", told))) == "", words
    assert STYLE.search(on_a_terminal(hostile.root, "list")), "no colours: nothing was tried"


def on_a_terminal(root: Path, *words: str) -> str:
    """What a command sends to a terminal, stdout and stderr."""
    here, there = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "50", "PAGER": "cat"}
    command = [sys.executable, "-m", "kb", *words]
    with subprocess.Popen(command, cwd=root, env=env, stdin=subprocess.DEVNULL, stdout=there, stderr=there) as run:
        os.close(there)
        told, until = b"", time.monotonic() + 60
        while time.monotonic() < until:
            if select.select([here], [], [], 0.2)[0]:
                try:
                    piece = os.read(here, 1 << 16)
                except OSError:  # the other end is closed
                    break
                told += piece
                if not piece:
                    break
            elif run.poll() is not None:
                break
    os.close(here)
    return told.decode("utf-8", "backslashreplace")


def test_bytes_that_are_no_text_print(hostile: Kb) -> None:
    env = {**os.environ, "PYTHONUTF8": "1"}
    command = [sys.executable.encode(), b"-m", b"kb", b"search", b"\xff\xfe \x1b[31m"]
    ran = subprocess.run(command, cwd=hostile.root, env=env, capture_output=True, check=False)
    assert ran.returncode in (0, 10)
    assert b"\x1b" not in ran.stdout + ran.stderr
    assert b"Traceback" not in ran.stderr


def test_a_listing_drives_no_terminal(hostile: Kb) -> None:
    hostile("new", "system", "Listed")
    for one in SIGNS[::3]:
        text = one.text.encode("utf-8", "replace").decode()
        ran = hostile.fails("inventory", "listed", "-", stdin=f"nginx\n{text}\n{text}.exe\nC:\\x\\{text}\n")
        assert drives(ran.out + ran.err) == "", one.name
        assert ran.code in (0, 3, 13), one.name
