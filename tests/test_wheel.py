"""The wheel works away from this checkout: an empty folder, a new base, an incident, a site."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from commands import ROOT


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked where only it can be found."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site-packages")
    return folder / "site-packages"


def run(installed: Path, folder: Path, *words: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(installed), "COLUMNS": "80", "PYTHONDONTWRITEBYTECODE": "1"}
    code = f"import kb; assert kb.__file__.startswith({str(installed)!r}); from kb.cli import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_from_an_empty_folder_to_a_site(installed: Path, tmp_path: Path) -> None:
    run(installed, tmp_path, "init", "base")
    base = tmp_path / "base"
    assert "2" in run(installed, base, "new", "incident", "Checkout down", "--symptom", "502 from the proxy")
    assert "Checkout down" in run(installed, base, "search", "bad gateway")
    assert "pages in" in run(installed, base, "build", "--strict")
    assert "Checkout down" in (base / "site/index.html").read_text("utf-8")
    assert (base / "site/assets/kb-rank.js").is_file()
    assert run(installed, base, "help", "search").startswith("### Search\n")
    assert ".github/workflows/pages.yml" in run(installed, base, "init", "--github")


def test_a_new_team_finds_something_at_once(installed: Path, tmp_path: Path) -> None:
    assert " well-known incidents of others" in run(installed, tmp_path, "init", "base", "--with-library")
    assert "certificate" in run(installed, tmp_path / "base", "search", "expired certificate")


def test_it_carries_what_it_needs_and_nothing_else(installed: Path) -> None:
    names = {path.relative_to(installed).parts[0] for path in installed.rglob("*") if path.is_file()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"kb"}
    assert (installed / "kb/templates/incident.md").is_file()
    assert (installed / "kb/py.typed").is_file()
    assert not list(installed.rglob("*.pyc"))
