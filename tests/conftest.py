"""Knowledge bases to try things on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from commands import ROOT, Kb


@pytest.fixture
def kb(tmp_path: Path) -> Kb:
    """A new, empty knowledge base."""
    made = Kb(tmp_path / "base")
    made.root.mkdir()
    made("init", str(made.root), "--timezone", "America/Chicago")
    return made


@pytest.fixture
def seeded(tmp_path: Path) -> Kb:
    """A copy of this repository's knowledge base: the seed story and the library."""
    made = Kb(tmp_path / "base")
    made.root.mkdir()
    shutil.copy(ROOT / "mkdocs.yml", made.root)
    shutil.copytree(ROOT / "entries", made.root / "entries")
    return made
