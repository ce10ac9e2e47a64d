"""The tests, tested: take out what a promise rests on, and one of them turns red."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from commands import ROOT
from mutants import MUTANTS


@pytest.mark.parametrize("name", MUTANTS)
def test_a_test_turns_red_when_it_is_taken_out(name: str) -> None:
    ran = pytest_on(MUTANTS[name][1], KB_MUTANT=name, KB_KILLS="6000")  # that each of a command's calls is met
    assert ran.returncode == 1, f"no test noticed:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}"
    assert "1 failed" in ran.stdout


def pytest_on(tests: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """These tests in a process of their own, until the first that fails."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "mutants", *tests.split()]
    env = {
        **os.environ,
        "KB_LOSSES": "80",
        **environment,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
    }
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
