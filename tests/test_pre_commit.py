"""No entry with a gap is committed: our hook, run by the real pre-commit, as the README says to set it up."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from commands import ROOT, Kb
from test_pages_branch import git


def commit(kb: Kb, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs git as somebody who has kb and pre-commit installed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    who = {"GIT_AUTHOR_NAME": "a", "GIT_COMMITTER_NAME": "a", "EMAIL": "a@example.org"}
    env = {**os.environ, **who, "PATH": path, "PYTHONPATH": str(ROOT), "PRE_COMMIT_HOME": str(home)}
    return subprocess.run(list(words), cwd=kb.root, env=env, capture_output=True, text=True, check=False)


def test_a_gap_stops_the_commit_and_is_named(seeded: Kb, tmp_path: Path) -> None:
    hooks, home = tmp_path / "hooks", tmp_path / "home"
    hooks.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    git(hooks, "init", "-q")
    git(hooks, "add", ".")
    git(hooks, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "The hook")
    git(hooks, "tag", "v0.1.0")
    shown = re.search(r"<!-- pre-commit -->\n```yaml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert shown
    settings = re.sub(r"https://github\.com/\S+", str(hooks), shown[1])
    (seeded.root / ".pre-commit-config.yaml").write_text(settings, "utf-8")
    (seeded.root / ".gitignore").write_text(".kb/\n", "utf-8")
    git(seeded.root, "init", "-q")
    installed = commit(seeded, home, sys.executable, "-m", "pre_commit", "install")
    assert installed.returncode == 0, installed.stdout
    git(seeded.root, "add", ".")
    whole = commit(seeded, home, "git", "commit", "-m", "Without a gap")
    assert (whole.returncode, "kb check" in whole.stderr) == (0, True), whole.stderr

    file = seeded.root / next(name for name in seeded.files() if "all-applications" in name)
    file.write_text(file.read_text("utf-8").replace("severity: sev1", "severity: huge"), "utf-8")
    git(seeded.root, "add", ".")
    stopped = commit(seeded, home, "git", "commit", "-m", "With a gap")
    assert (stopped.returncode, f"{file.relative_to(seeded.root)}:" in stopped.stderr) == (1, True), stopped.stderr

    (seeded.root / "notes.txt").write_text("not an entry\n", "utf-8")
    git(seeded.root, "restore", "--staged", ".")
    git(seeded.root, "add", "notes.txt")
    assert commit(seeded, home, "git", "commit", "-m", "About something else").returncode == 0
