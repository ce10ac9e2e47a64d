"""What the README says is so: its tour runs, its example is an entry, its tables are complete."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from commands import ROOT, Kb

from kb.cli.app import PANELS
from kb.config import OPTIONS, Settings
from kb.markdown import parse
from kb.model import EVENT_KINDS, Incident
from kb.search import vocabulary
from kb.search.analysis import stem, tokens

README = (ROOT / "README.md").read_text("utf-8")


def test_the_tour_runs_as_it_is_written(tmp_path: Path) -> None:
    base = Kb(tmp_path / "postmortems")
    commands = [shlex.split(line[2:].split("&&")[0]) for line in README.split("\n") if line.startswith("$ kb ")]
    assert len(commands) > 10
    answers = []
    for words in commands:
        answers.append(base(*(str(base.root) if word == "~/postmortems" else word for word in words[1:])))
    second = next(answer.out for words, answer in zip(commands, answers, strict=True) if "Checkout times out" in words)
    assert "What is currently running on our application server?" in second
    assert "both: CPU saturated" in second
    assert (base.root / "site/index.html").is_file()


def test_the_example_is_an_entry_without_a_fault() -> None:
    (example,) = re.findall(r"```markdown\n(.*?)```", README, re.DOTALL)
    read = parse(example)
    assert read.problems == ()
    assert isinstance(read.entry, Incident)
    assert [str(question.verdict) for question in read.entry.questions] == ["cracked it"]
    assert (len(read.entry.timeline), len(read.entry.lessons), read.entry.actions[0].owner) == (1, 2, "@ops")


def test_the_example_of_own_words_is_read() -> None:
    (own,) = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    words = vocabulary.read([*vocabulary._packaged(), own])
    assert {found.concept for found in words.find(tokens("the hamster is dead"))} >= {"hamster-down"}
    assert any("depot" in words.alike[number] for number in words.groups[stem("warehouse")])
    for typed in ("w3wp.exe 100%", "cores pegged", "CPU near 100 %"):
        assert "cpu-saturated" in {found.concept for found in words.find(tokens(typed))}, typed
    assert stem("deploy") in {word for number in words.groups["ship"] for word in words.alike[number]}


def test_every_command_option_and_kind_is_named() -> None:
    for name in (name for names in PANELS.values() for name in names):
        assert f"kb {name}" in README, name
    table = dict(re.findall(r"^\| `([a-z_]+)` \| .*? \| (.*?) \|$", README, re.MULTILINE))
    assert set(table) == set(OPTIONS)
    defaults = Settings(Path())
    assert table["suspect_hours"] == str(defaults.suspect_hours)
    assert all(kind in README for kind in EVENT_KINDS)
    counted = re.search(r"and (\d+) well-known incidents", README)
    assert counted
    assert int(counted[1]) == len(list((ROOT / "entries/library").glob("*.md")))
