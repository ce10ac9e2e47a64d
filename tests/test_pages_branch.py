"""`kb publish --to gh-pages`: the site on a branch of a real repository, with the same gates as in a folder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from commands import Kb, missing
from planted import plant

from kb.files import git as installed


@pytest.fixture
def pushed(tmp_path: Path) -> Kb:
    """A knowledge base in a repository whose `origin` is a bare one beside it."""
    kb = Kb(plant(tmp_path / "base"))
    git(tmp_path, "init", "-q", "--bare", "origin.git")
    git(kb.root, "init", "-q", "-b", "main")
    git(kb.root, "config", "user.name", "Ada")
    git(kb.root, "config", "user.email", "ada@example.org")
    git(kb.root, "remote", "add", "origin", "../origin.git")
    return kb


def git(folder: Path, *words: str) -> str:
    if shutil.which("git") is None:
        missing("no git: apt-get install git")
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def served(kb: Kb) -> dict[str, str]:
    """What the remote's branch holds."""
    origin = kb.root.parent / "origin.git"
    names = git(origin, "ls-tree", "-r", "--name-only", "gh-pages").split("\n")[:-1]
    return {name: "" if name.endswith((".woff2", ".png")) else show(origin, name) for name in names}


def show(origin: Path, name: str) -> str:
    found = installed.content(origin, "gh-pages", name)
    assert found is not None
    return found.decode("utf-8", "replace")


def test_strangers_get_what_was_looked_through_and_nothing_else(pushed: Kb) -> None:
    said = pushed("publish", "--profile", "public", "--to", "gh-pages", "--as-of", "2026-03-10").out
    assert "the branch gh-pages of origin" in said
    there = served(pushed)
    assert ".nojekyll" in there
    here = {path.relative_to(pushed.root / "public").as_posix() for path in (pushed.root / "public").rglob("*.*")}
    assert {name for name in there if name.endswith(".html")} == {name for name in here if name.endswith(".html")}
    assert there["index.html"] == pushed.text("public/index.html")
    before = git(pushed.root, "status", "--porcelain")
    assert "gh-pages" not in before
    assert git(pushed.root, "symbolic-ref", "HEAD") == "refs/heads/main\n"


def test_the_next_one_goes_on_from_what_is_there_and_keeps_the_address(pushed: Kb, tmp_path: Path) -> None:
    pushed("publish", "--profile", "internal", "--to", "gh-pages")
    git(tmp_path, "clone", "-q", "-b", "gh-pages", "origin.git", "forge")
    (tmp_path / "forge/CNAME").write_text("notes.example.org\n", "utf-8")
    (tmp_path / "forge/old.html").write_text("gone soon", "utf-8")
    git(tmp_path / "forge", "add", ".")
    git(tmp_path / "forge", "-c", "user.name=forge", "-c", "user.email=f@example.org", "commit", "-qm", "Address")
    git(tmp_path / "forge", "push", "-q")
    done = pushed("publish", "--profile", "internal", "--to", "gh-pages", "--json").json
    assert done["pushed"] == "gh-pages"
    there = served(pushed)
    assert there["CNAME"] == "notes.example.org"
    assert "old.html" not in there
    log = git(tmp_path / "origin.git", "log", "--format=%s", "gh-pages").split("\n")
    assert [line[:12] for line in log[:3]] == ["Published by", "Address", "Published by"]


def test_what_must_not_be_published_is_not_pushed(pushed: Kb) -> None:
    file = next(name for name, text in pushed.files().items() if b"visibility: public" in text)
    with (pushed.root / file).open("a", encoding="utf-8") as open_file:
        open_file.write("\nThe key was AKIAQ3EGRIPSJ6RFBBVA.\n")
    refused = pushed.fails("publish", "--profile", "public", "--to", "gh-pages")
    assert refused.code == 3
    assert git(pushed.root.parent / "origin.git", "branch") == ""


def test_whom_it_is_for_must_be_said(pushed: Kb) -> None:
    refused = pushed.fails("publish", "--to", "gh-pages")
    assert (refused.code, "--profile public" in refused.err) == (2, True)
    assert not (pushed.root / "site").exists()
    pushed("publish", "--profile", "public", "--to", "gh-pages", "--dry-run")
    assert git(pushed.root.parent / "origin.git", "branch") == ""


def test_what_is_in_the_way_is_said_before_anything_is_built(pushed: Kb, tmp_path: Path) -> None:
    words = ("publish", "--profile", "internal", "--to", "gh-pages")
    git(tmp_path, "init", "-q", "-b", "gh-pages", "other")
    (tmp_path / "other/index.html").write_text("somebody's page", "utf-8")
    git(tmp_path / "other", "add", ".")
    git(tmp_path / "other", "-c", "user.name=o", "-c", "user.email=o@example.org", "commit", "-qm", "Theirs")
    git(tmp_path / "other", "push", "-q", str(tmp_path / "origin.git"), "gh-pages")
    assert_refused(pushed, words, 11, "no site of kb")
    git(pushed.root, "remote", "set-url", "origin", str(tmp_path / "nowhere.git"))
    assert_refused(pushed, words, 15, "cannot be reached")
    git(pushed.root, "remote", "remove", "origin")
    assert_refused(pushed, words, 10, "git remote add origin")


def test_outside_git(seeded: Kb) -> None:
    assert_refused(seeded, ("publish", "--profile", "internal", "--to", "gh-pages"), 10, "git repository")


def test_a_refused_push_is_told(pushed: Kb) -> None:
    hook = pushed.root.parent / "origin.git/hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    refused = pushed.fails("publish", "--profile", "internal", "--to", "gh-pages")
    assert (refused.code, "nothing was pushed" in refused.err) == (15, True)


def assert_refused(kb: Kb, words: tuple[str, ...], code: int, said: str) -> None:
    refused = kb.fails(*words)
    assert (refused.code, said in " ".join(refused.err.split())) == (code, True), refused.err
    assert not (kb.root / "site").exists()
