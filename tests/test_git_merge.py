"""Two branches, one entry, and real git: with the driver that `kb init` sets up, and mended afterwards without it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Kb, Ran, missing
from storing import ID, PATH, TEXT

from kb.markdown import parse
from kb.model import Incident

EVENT = "- **2019-03-12 09:00** `detection` Alert e-mails. (by: IT operations) <!-- e:k8w2rd -->\n"
FIRST = "- **2019-03-12 05:00** `change` Release 4.10 deployed. (by: release team) <!-- e:e4m1zq -->\n"
BASE = TEXT.replace(
    "## Root cause",
    """## Questions asked

- [ ] What changed? (asked_by: CTO) <!-- q:q3r5tw -->

## Root cause""",
).replace(
    "## Weather",
    """## Action items

- [ ] Inventory every service. (owner: @ops) <!-- a:a8s1pc -->

## Weather""",
)
QUESTION = "- [ ] What changed? (asked_by: CTO) <!-- q:q3r5tw -->\n"
ACTION = "- [ ] Inventory every service. (owner: @ops) <!-- a:a8s1pc -->\n"

Edit = Callable[[str], str]


def after(line: str, added: str) -> Edit:
    return lambda text: text.replace(line, f"{line}{added}\n")


def instead(old: str, new: str) -> Edit:
    return lambda text: text.replace(old, new)


def both(*edits: Edit) -> Edit:
    def every(text: str) -> str:
        for edit in edits:
            text = edit(text)
        return text

    return every


LOG = "  ```text\n  {0}\n  ## not a heading\n  ```"
MOVED = FIRST + EVENT
SCENARIOS: dict[str, tuple[Edit, Edit, tuple[str, ...], int]] = {
    "both append an event": (
        after(EVENT, "- **2019-03-12 09:10** ours <!-- e:aaaaaa -->"),
        after(EVENT, "- **2019-03-12 09:05** theirs <!-- e:bbbbbb -->"),
        ("e:aaaaaa", "e:bbbbbb", "e:k8w2rd"), 0,
    ),
    "both append events with pasted logs": (
        after(EVENT, f"- **2019-03-12 09:10** ours <!-- e:aaaaaa -->\n{LOG.format('mine')}"),
        after(EVENT, f"- **2019-03-12 09:10** theirs <!-- e:bbbbbb -->\n{LOG.format('yours')}"),
        ("e:aaaaaa", "e:bbbbbb", "mine", "yours"), 0,
    ),
    "both ask": (
        after(QUESTION, "- [ ] ours? <!-- q:aaaaaa -->"), after(QUESTION, "- [ ] theirs? <!-- q:bbbbbb -->"),
        ("q:aaaaaa", "q:bbbbbb"), 0,
    ),
    "events, questions and actions on both": (
        both(*(after(line, f"- [ ] ours <!-- {p}:aaaaa{p} -->") for line, p in ((QUESTION, "q"), (ACTION, "a"))),
             after(EVENT, "- **2019-03-12 09:10** ours <!-- e:aaaaae -->")),
        both(*(after(line, f"- [ ] theirs <!-- {p}:bbbbb{p} -->") for line, p in ((QUESTION, "q"), (ACTION, "a"))),
             after(EVENT, "- **2019-03-12 09:20** theirs <!-- e:bbbbbe -->")),
        ("aaaaaq", "aaaaaa", "aaaaae", "bbbbbq", "bbbbba", "bbbbbe"), 0,
    ),
    "one edits what the other appends near": (
        instead("Alert e-mails.", "Alert e-mails from all five."),
        after(EVENT, "- **2019-03-12 09:05** theirs <!-- e:bbbbbb -->"), ("from all five", "e:bbbbbb"), 0,
    ),
    "edit and delete of one item": (
        instead("Alert e-mails.", "Alert e-mails from all five."), instead(EVENT, ""), ("from all five",), 0,
    ),
    "the same change twice": (
        instead("status: investigating", "status: resolved"), instead("status: investigating", "status: resolved"),
        ("status: resolved",), 0,
    ),
    "neighbouring keys": (
        instead("status: investigating", "status: resolved"), instead("severity: sev1", "severity: sev2"),
        ("resolved", "sev2"), 0,
    ),
    "one key, two values": (
        instead("status: investigating", "status: resolved"), instead("status: investigating", "status: mitigated"),
        ("resolved", "mitigated"), 1,
    ),
    "both add to a list": (
        instead("[unknown-software]", "[unknown-software, iis]"),
        instead("[unknown-software]", "[unknown-software, dns]"), ("iis", "dns", "unknown-software"), 0,
    ),
    "owner and due of one action": (
        instead("(owner: @ops)", "(owner: @desk)"), instead("(owner: @ops)", "(owner: @ops; due: 2019-03-22)"),
        ("@desk", "2019-03-22"), 0,
    ),
    "prose on both sides": (
        instead("Nobody knows yet.", "A full disk."), instead("Rain.", "Sun."), ("A full disk.", "Sun."), 0,
    ),
    "the same prose on both sides": (
        instead("Nobody knows yet.", "An unknown service."), instead("Nobody knows yet.", "A full disk."),
        ("An unknown service.", "A full disk."), 1,
    ),
    "items moved, and one added": (
        instead(MOVED, EVENT + FIRST), after(EVENT, "- **2019-03-12 09:05** theirs <!-- e:bbbbbb -->"),
        ("e:e4m1zq", "e:k8w2rd", "e:bbbbbb"), 0,
    ),
    "Windows line endings on one side": (
        lambda text: after(EVENT, "- **2019-03-12 09:10** ours <!-- e:aaaaaa -->")(text).replace("\n", "\r\n"),
        after(EVENT, "- **2019-03-12 09:05** theirs <!-- e:bbbbbb -->"), ("e:aaaaaa", "e:bbbbbb"), 0,
    ),
    "a tick and an addition": (
        instead("- [ ] Inventory", "- [x] Inventory"), after(ACTION, "- [ ] theirs <!-- a:bbbbbb -->"),
        ("[x] Inventory", "a:bbbbbb"), 0,
    ),
}  # fmt: skip


class Git:
    """A repository with a knowledge base, and the branches of two people."""

    def __init__(self, kb: Kb, bin_: Path) -> None:
        self.kb = kb
        self.environment = {
            **os.environ, "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}", "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        }  # fmt: skip

    def __call__(self, *words: str) -> Ran:
        done = subprocess.run(
            ["git", *words], cwd=self.kb.root, env=self.environment, capture_output=True, text=True, check=False
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def commit(self, text: str, path: str = PATH) -> None:
        file = self.kb.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        self("add", "-A")
        assert self("commit", "-qm", "x", "--allow-empty").code == 0

    def branches(self, base: str, ours: str, theirs: str) -> None:
        """Two branches from one base; ours is checked out."""
        self.commit(base)
        self("checkout", "-qb", "theirs")
        self.commit(theirs)
        self("checkout", "-q", "ours")
        self.commit(ours)


@pytest.fixture(params=["plain", "with a blank"])
def git(tmp_path: Path, request: pytest.FixtureRequest) -> Git:
    return repository(tmp_path, "base" if request.param == "plain" else "on call's base")


@pytest.fixture
def plain(tmp_path: Path) -> Git:
    return repository(tmp_path, "base")


def repository(folder: Path, name: str) -> Git:
    """A knowledge base in a new repository, and `kb` on the PATH."""
    if not shutil.which("git"):
        missing("git is not installed")
    bin_ = folder / "bin"
    bin_.mkdir()
    (bin_ / "kb").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kb "$@"\n')
    (bin_ / "kb").chmod(0o755)
    made = Git(Kb(folder / name), bin_)
    made.kb.root.mkdir()
    made("init", "-q", "-b", "ours")
    made.kb("init", str(made.kb.root), "--timezone", "America/Chicago")
    return made


def without_driver(git: Git) -> None:
    git("config", "--unset", "merge.kb.driver")


def holds(git: Git, words: tuple[str, ...], conflicts: int, path: str = PATH) -> None:
    text = git.kb.text(path)
    read = parse(text)
    assert read.ok, (read.problems, text)
    assert isinstance(read.entry, Incident)
    assert [word for word in words if word not in text] == [], text
    assert ("## Unresolved conflicts" in text) == bool(conflicts)
    ids = [item.id for items in (read.entry.timeline, read.entry.questions, read.entry.actions) for item in items]
    assert len(ids) == len(set(ids))
    ran = git.kb.fails("check")
    assert ("two versions" in ran.out) == bool(conflicts)
    assert ran.code == (3 if conflicts else 0), ran.out


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("driver", ["driver", "mended", "mended diff3", "mended from markers alone"])
def test_both_sides_are_there(plain: Git, name: str, driver: str) -> None:
    ours, theirs, words, conflicts = SCENARIOS[name]
    git = plain
    if driver != "driver":
        without_driver(git)
    git("config", "merge.conflictStyle", "diff3" if "diff3" in driver else "merge")
    git.branches(BASE, ours(BASE), theirs(BASE))
    ran = git("merge", "--no-edit", "theirs")
    if driver == "driver":
        assert (ran.code != 0) == bool(conflicts), ran.out + ran.err
    elif ran.code:
        if "alone" in driver:
            git("add", "-A")
        mended = git.kb.fails("mend")
        assert mended.code in ((0,) if not conflicts else (3,)) or "alone" in driver, mended.out + mended.err
    if "alone" in driver and conflicts == 0 and "## Unresolved conflicts" in git.kb.text(PATH):
        conflicts = 1  # what the base would have settled cannot be known: both versions are kept
    holds(git, words, conflicts)


def test_a_root_with_a_blank_and_an_entry_of_a_strange_name(git: Git) -> None:
    path = 'entries/incidents/it\'s $HOME; "odd".md'
    git.commit(BASE, path)
    git("checkout", "-qb", "theirs")
    git.commit(after(EVENT, "- **2019-03-12 09:05** theirs <!-- e:bbbbbb -->")(BASE), path)
    git("checkout", "-q", "ours")
    git.commit(after(EVENT, "- **2019-03-12 09:10** ours <!-- e:aaaaaa -->")(BASE), path)
    assert git("merge", "--no-edit", "theirs").code == 0
    holds(git, ("aaaaaa", "bbbbbb"), 0, path)


OURS, THEIRS = SCENARIOS["both append an event"][:2]


@pytest.mark.parametrize("how", ["rebase", "cherry-pick", "stash", "worktree"])
@pytest.mark.parametrize("driver", [True, False])
def test_other_ways_to_merge(plain: Git, how: str, driver: bool) -> None:
    git = plain
    if not driver:
        without_driver(git)
    git.branches(BASE, OURS(BASE), THEIRS(BASE))
    if how == "stash":
        git("checkout", "-q", "-B", "ours", "theirs~")
        (git.kb.root / PATH).write_text(OURS(BASE))
        git("stash", "-q")
        git.commit(THEIRS(BASE))
    if how == "worktree":
        other = git.kb.root.parent / "another tree"
        git("worktree", "add", "-q", str(other), "-b", "third")
        git = Git(Kb(other), Path(git.environment["PATH"].split(os.pathsep)[0]))
    other_words = {"worktree": ("merge", "--no-edit", "theirs"), "stash": ("stash", "pop")}
    ran = git(*other_words.get(how, (how, "theirs")))
    assert (ran.code == 0) == driver, ran.out + ran.err
    if not driver:
        git.kb("mend")
    holds(git, ("aaaaaa", "bbbbbb"), 0)


@pytest.mark.parametrize("driver", [True, False])
def test_one_renames_and_both_edit(plain: Git, driver: bool) -> None:
    git = plain
    if not driver:
        without_driver(git)
    git.branches(BASE, BASE, THEIRS(BASE))
    new = "entries/incidents/2019/renamed.md"
    git("mv", PATH, new)
    git.commit(OURS(BASE), new)
    git("merge", "--no-edit", "theirs")
    git.kb("mend") if not driver else None
    holds(git, ("aaaaaa", "bbbbbb"), 0, new)


@pytest.mark.parametrize("driver", [True, False])
def test_a_new_file_on_both_sides(plain: Git, driver: bool) -> None:
    git = plain
    if not driver:
        without_driver(git)
    git("add", "-A")
    git("commit", "-qm", "empty")
    git("checkout", "-qb", "theirs")
    git.commit(THEIRS(BASE))
    git("checkout", "-q", "ours")
    git.commit(OURS(BASE))
    git("merge", "--no-edit", "theirs")
    git.kb("mend") if not driver else None
    holds(git, ("aaaaaa", "bbbbbb"), 0)


def test_a_deleted_file_that_was_edited_stays_and_mend_says_what_to_do(plain: Git) -> None:
    git = plain
    git.branches(BASE, OURS(BASE), BASE)
    git("rm", "-q", PATH)
    git("commit", "-qm", "gone")
    git("checkout", "-q", "theirs")
    git.commit(THEIRS(BASE))
    assert git("merge", "--no-edit", "ours").code == 1
    ran = git.kb.fails("mend")
    assert (ran.code, "git rm" in ran.out) == (3, True)
    assert "e:bbbbbb" in git.kb.text(PATH)


def test_what_is_no_entry_is_merged_by_lines_and_left_alone_with_a_reason(plain: Git) -> None:
    git = plain
    broken = BASE.replace("severity: sev1", "severity: extreme")
    git.branches(BASE, broken, BASE.replace("severity: sev1", "severity: sev3"))
    assert git("merge", "--no-edit", "theirs").code == 1
    before = git.kb.text(PATH)
    assert "<<<<<<< ours" in before
    assert "sev3" in before
    ran = git.kb.fails("mend", PATH)
    assert ran.code == 3
    assert "left alone: one of the two sides cannot be read" in " ".join(ran.out.split())
    assert git.kb.text(PATH) == before


def test_a_kb_that_is_not_on_the_path_hides_neither_side(plain: Git) -> None:
    git = plain
    git.branches(BASE, OURS(BASE), THEIRS(BASE))
    (Path(git.environment["PATH"].split(os.pathsep)[0]) / "kb").unlink()
    found = [p for p in git.environment["PATH"].split(os.pathsep) if not (Path(p) / "kb").exists()]
    git.environment["PATH"] = os.pathsep.join(found)
    assert git("merge", "--no-edit", "theirs").code == 1
    assert {"aaaaaa", "bbbbbb"} <= {item for item in ("aaaaaa", "bbbbbb") if item in git.kb.text(PATH)}
    assert "<<<<<<<" in git.kb.text(PATH)


def test_what_was_edited_after_the_merge_is_not_thrown_away(plain: Git) -> None:
    git = plain
    without_driver(git)
    git.branches(BASE, OURS(BASE), THEIRS(BASE))
    git("merge", "--no-edit", "theirs")
    file = git.kb.root / PATH
    file.write_text(file.read_text().replace("Rain.", "Rain, typed by hand."))
    git.kb("mend", PATH)
    holds(git, ("aaaaaa", "bbbbbb", "Rain, typed by hand."), 0)
    ran = git.kb.fails("mend")
    assert "no conflict markers are left" in " ".join(ran.out.split())


def test_logging_goes_on_while_git_is_in_the_middle_of_a_merge(plain: Git) -> None:
    git = plain
    git.commit(BASE)
    git.kb("sync")
    without_driver(git)
    git.branches(BASE + "\nx\n", OURS(BASE), THEIRS(BASE))
    git("merge", "--no-edit", "theirs")
    before = git.kb.text(PATH)
    assert "<<<<<<<" in before
    ran = git.kb("log", "logged in the middle", "--on", ID)
    assert "waits to be mended" in ran.out
    assert git.kb.text(PATH) == before
    assert "kb mend" in git.kb.fails("check").out
    git.kb("mend")
    git.kb("sync")
    holds(git, ("aaaaaa", "bbbbbb", "logged in the middle"), 0)


def test_another_branch_and_back_loses_nothing_that_was_logged(plain: Git) -> None:
    """`git checkout` in the middle: what is in the database and not in the branch's file comes into it."""
    git = plain
    git.branches(BASE, OURS(BASE), THEIRS(BASE))
    git.kb("sync")
    git.kb("log", "logged on ours", "--on", ID)
    git("commit", "-qam", "logged")
    git("checkout", "-q", "theirs")
    git.kb("log", "logged on theirs", "--on", ID)
    git("commit", "-qam", "logged")
    git("checkout", "-q", "ours")
    git.kb("log", "logged at the end", "--on", ID)
    git("commit", "-qam", "logged")
    assert git("merge", "--no-edit", "theirs").code == 0
    git.kb("sync")
    holds(git, ("aaaaaa", "bbbbbb", "logged on ours", "logged on theirs", "logged at the end"), 0)
    assert git.kb.text(PATH).count("logged on theirs") == 1


# setting up


def test_init_in_a_repository_sets_git_up_and_a_clone_is_told(plain: Git, tmp_path: Path) -> None:
    git = plain
    assert "merge=kb" in git.kb.text(".gitattributes")
    assert "merge-driver" in git("config", "merge.kb.driver").out
    git.commit(BASE)
    clone = Kb(tmp_path / "clone")
    git("clone", "-q", str(git.kb.root), str(clone.root))
    assert "kb init --git" in clone("sync").err
    assert "kb init --git" in clone("check").err
    assert "merge.kb.driver" in clone("init", str(clone.root), "--git").out
    assert "kb init --git" not in clone("sync").err
    assert clone("init", str(clone.root), "--git", "--json").json["made"] == ["git config merge.kb.driver"]


def test_a_submodule_has_settings_of_its_own(plain: Git, tmp_path: Path) -> None:
    git = plain
    git.branches(BASE, OURS(BASE), THEIRS(BASE))
    outer = Git(Kb(tmp_path / "outer"), Path(git.environment["PATH"].split(os.pathsep)[0]))
    outer.kb.root.mkdir()
    outer("init", "-q")
    added = outer("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(git.kb.root), "notes")
    assert added.code == 0, added.err
    inner = Git(Kb(outer.kb.root / "notes"), Path(git.environment["PATH"].split(os.pathsep)[0]))
    assert "kb init --git" in inner.kb("sync").err
    inner.kb("init", str(inner.kb.root), "--git")
    assert outer("config", "merge.kb.driver").out == ""
    assert inner("merge", "--no-edit", "origin/theirs").code == 0
    holds(inner, ("aaaaaa", "bbbbbb"), 0)


def test_init_before_git_and_git_afterwards(tmp_path: Path) -> None:
    kb = Kb(tmp_path / "base")
    kb.root.mkdir()
    kb("init", str(kb.root))
    ran = kb.fails("init", str(kb.root), "--git")
    assert (ran.code, "git init" in ran.err) == (10, True)
    (kb.root / ".gitattributes").write_text("*.png binary")
    subprocess.run(["git", "init", "-q", str(kb.root)], check=True)
    kb("init", str(kb.root), "--git")
    assert kb.text(".gitattributes") == "*.png binary\nentries/**/*.md text eol=lf merge=kb\n"


def test_mend_names_what_it_cannot_find_and_prints_json(plain: Git) -> None:
    git = plain
    assert git.kb.fails("mend", "entries/none.md").code == 10
    assert git.kb.fails("mend", "mkdocs.yml").code == 13
    assert git.kb("mend").err.strip() == "nothing to mend"
    without_driver(git)
    git.branches(BASE, OURS(BASE), THEIRS(BASE))
    git("merge", "--no-edit", "theirs")
    (told,) = git.kb("mend", "--json").json["files"]
    assert (told["path"], told["done"], told["conflicts"], told["said"]) == (PATH, True, [], f"then: git add {PATH}")
