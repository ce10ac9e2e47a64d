"""Properties that hold of any text, tried on texts that are made: by hypothesis, by spoiling entries, by atheris.

By default some thirty seconds in all. `KB_MUTATIONS=13500` spoils so many entries; `KB_FUZZ=300` lets atheris look for
so many seconds for each property: `KB_FUZZ=300 python -m pytest tests/test_fuzz.py -k atheris`.
"""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import fuzz
import pytest
from commands import ROOT, missing
from fuzz import PROPERTIES, holds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storing import TEXT
from strategies import NASTY, raw_text
from test_markdown import HAND

from kb.markdown import parse, revise
from kb.model import Incident

MUTATIONS = int(os.environ.get("KB_MUTATIONS", "2000"))
SECONDS = os.environ.get("KB_FUZZ", "")
DEAR = ("merging", "asking", "adopting")
SHORT = 12
"""Seconds for all properties together, where none are asked for."""
FOUND: list[tuple[str, str]] = [
    ("keys", "a: x\ud800y"),
    ("keys", "a: [b]\n\ufffd" + "\r" * 40 + "^: g\n"),
    ("keys", "a: {" + "b" * 1100 + "}\n"),
]
"""Texts of which a property did not hold once."""


@pytest.mark.parametrize(("name", "text"), FOUND)
def test_what_was_found_once_holds(name: str, text: str) -> None:
    holds(name, text)


@pytest.mark.parametrize("name", PROPERTIES)
def test_it_holds_of_every_seed(name: str) -> None:
    for text in fuzz.seeds(name)[:: 4 if name in DEAR else 1]:
        holds(name, text)


@pytest.mark.parametrize("name", PROPERTIES)
def test_it_holds_of_nasty_texts(name: str) -> None:
    @settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=40)
    @given(st.one_of(raw_text, raw_text.map(lambda text: f"---\nid: a\nkind: incident\n---\n\n# T\n\n{text}")))
    def tried(text: str) -> None:
        holds(name, text)

    tried()


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029"])
def test_what_only_yaml_takes_for_the_end_of_a_line_moves_no_line(sign: str) -> None:
    text = TEXT.replace("ticket-system: OPS", f"ticket-system: O{sign}PS")
    entry = parse(text).entry
    assert isinstance(entry, Incident)
    assert entry.extra == {"ticket-system": f"O{sign}PS"}
    tagged = revise(text, replace(entry, tags=("known-software",)))
    assert tagged == text.replace("[unknown-software]", "[known-software]")
    faulty = parse(text.replace("[unknown-software]", "{a: b}"))
    assert [problem.line for problem in faulty.problems] == [11]


# ---- Entries, spoiled


def lost(lines: list[str], chance: random.Random) -> None:
    del lines[chance.randrange(len(lines))]


def doubled(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines.insert(at, lines[at])


def moved(lines: list[str], chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))


def nasty(lines: list[str], chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines)), chance.choice(NASTY))


def in_the_line(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    where = chance.randint(0, len(lines[at]))
    lines[at] = lines[at][:where] + chance.choice(NASTY) + lines[at][where:]


def cut(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines[at] = lines[at][: chance.randint(0, len(lines[at]))]


def indented(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines[at] = chance.choice((" ", "    ", "\t", "> ", "- ")) + lines[at]


SPOILS: tuple[Callable[[list[str], random.Random], None], ...] = (
    lost, doubled, moved, nasty, in_the_line, cut, indented,
)  # fmt: skip


def spoiled(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        chance.choice(SPOILS)(lines, chance)
        lines = lines or [""]
    return ("\r\n" if chance.random() < 0.15 else "\n").join(lines)


def test_a_spoiled_entry_is_read_or_refused_with_a_line_and_an_event_touches_nothing_else() -> None:
    seeds = [TEXT, HAND, (ROOT / "entries" / "systems" / "app-server-01.md").read_text("utf-8")]
    chance, read = random.Random(6), 0
    for number in range(MUTATIONS):
        text = spoiled(seeds[number % len(seeds)], chance)
        try:
            fuzz.reading(text)
            fuzz.editing(text)
        except Exception:
            sys.stderr.write(f"mutation {number}:\n{text!a}\n")
            raise
        read += parse(text).ok
    assert read > MUTATIONS / 4, "hardly one was read: nothing was tried"


# ---- atheris


@pytest.mark.parametrize("names", [[name] for name in PROPERTIES] if SECONDS else [[]], ids=" ".join)
def test_atheris_finds_no_text_of_which_a_property_does_not_hold(names: list[str], tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        missing("no atheris: pip install 'postmortem-kb[test]' on Linux")
    command = [sys.executable, str(ROOT / "tests" / "fuzz.py"), SECONDS or str(SHORT), *names]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, errors="replace", check=False)
    assert ran.returncode == 0, ran.stderr[-6000:]
    tried = [line for line in ran.stderr.split("\n") if line.startswith("Done ")]
    assert tried, "it tried nothing"
    sys.stdout.write(f"{' '.join(names) or 'all'}: {tried[0]}\n")
