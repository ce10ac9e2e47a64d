"""`kb init --github`: what GitHub is told to do is done here, in a clone, but for the actions that are GitHub's own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import ROOT, Kb
from test_pages_branch import git

WORKFLOWS = ".github/workflows"


def steps(kb: Kb, name: str) -> list[Any]:
    """The steps of a workflow's only job."""
    read = yaml.load(kb.text(f"{WORKFLOWS}/{name}.yml"), Loader=yaml.BaseLoader)
    (job,) = read["jobs"].values()
    return list(job["steps"])


def run(kb: Kb, name: str) -> list[int]:
    """Runs what a workflow runs, each step as GitHub does; the exit code of each, up to the first that fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PIP_NO_INDEX": "1"}  # kb is here, and not fetched
    codes: list[int] = []
    for step in steps(kb, name):
        if "run" in step and not any(codes):
            words = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
            codes.append(subprocess.run(words, cwd=kb.root, env=env, capture_output=True, check=False).returncode)
    return codes


@pytest.fixture
def clone(seeded: Kb) -> Kb:
    """A clone of this repository's entries, with the workflows."""
    git(seeded.root, "init", "-q", "-b", "main")
    seeded("init", str(seeded.root), "--github")
    git(seeded.root, "add", ".")
    git(seeded.root, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "All of it")
    git(seeded.root.parent, "clone", "-q", "base", "clone")
    return Kb(seeded.root.parent / "clone")


def test_the_site_is_made_where_the_action_takes_it(clone: Kb) -> None:
    assert run(clone, "pages") == [0, 0, 0]
    (upload,) = (step for step in steps(clone, "pages") if "upload-pages-artifact" in step.get("uses", ""))
    assert (clone.root / upload["with"]["path"] / "index.html").is_file()
    assert any("actions/deploy-pages" in step.get("uses", "") for step in steps(clone, "pages"))


def test_a_pull_request_with_a_gap_is_stopped(clone: Kb) -> None:
    assert run(clone, "check") == [0, 0]
    file = clone.root / next(name for name in clone.files() if "all-applications" in name)
    file.write_text(file.read_text("utf-8").replace("severity: sev1", "severity: huge"), "utf-8")
    assert run(clone, "check") == [0, 3]
    assert run(clone, "pages") == [0, 3]


def test_what_is_there_is_left_alone_and_named(kb: Kb) -> None:
    (kb.root / WORKFLOWS).mkdir(parents=True)
    (kb.root / WORKFLOWS / "pages.yml").write_text("mine\n", "utf-8")
    said = kb("init", str(kb.root), "--github")
    assert f"{WORKFLOWS}/check.yml" in said.out
    assert f"{WORKFLOWS}/pages.yml is there already" in said.err
    assert kb.text(f"{WORKFLOWS}/pages.yml") == "mine\n"
    again = kb("init", str(kb.root), "--github", "--json").json
    assert (again["made"], again["kept"]) == ([], [f"{WORKFLOWS}/check.yml", f"{WORKFLOWS}/pages.yml"])


def test_with_a_new_knowledge_base_and_never_below_the_top(kb: Kb, tmp_path: Path) -> None:
    made = kb("init", str(tmp_path / "new"), "--github", "--json").json["made"]
    assert {"mkdocs.yml", f"{WORKFLOWS}/check.yml", f"{WORKFLOWS}/pages.yml"} <= set(made)
    git(tmp_path, "init", "-q")
    refused = kb.fails("init", str(kb.root), "--github")
    assert (refused.code, str(tmp_path) in refused.err.replace("\n", "")) == (10, True)
    assert not (kb.root / WORKFLOWS).exists()
    assert kb.fails("init", str(tmp_path / "other"), "--github").code == 10
    assert not (tmp_path / "other").exists()


def test_the_readme_shows_what_is_written() -> None:
    shown = re.search(r"<!-- pages -->\n```yaml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert shown
    assert shown[1] == (ROOT / "templates/github/pages.yml").read_text("utf-8")
