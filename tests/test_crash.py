"""Every command that writes, killed at each of its calls to the system, at random moments, or on a disk that fails.

After each try the next command must heal: file, rows and index agree, what was acknowledged is there once, and nothing
is left behind. `KB_KILLS=10000 pytest -n 2 tests/test_crash.py` does it so many times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ROOT
from crash.commands import COMMANDS

KILLS = int(os.environ.get("KB_KILLS", "1050"))
AT_CALLS, AT_MOMENTS = KILLS * 4 // 5 // len(COMMANDS) + 1, KILLS // 5 // len(COMMANDS) + 1
ERRORS = max(3, KILLS // 10 // len(COMMANDS))


@pytest.mark.parametrize("name", COMMANDS)
def test_broken_off_anywhere_the_next_command_heals_it(library: Path, memory: Path, name: str) -> None:
    counts = [str(count) for count in (AT_CALLS, AT_MOMENTS, ERRORS, 1)]
    command = [sys.executable, "tests/crash/campaign.py", str(library), str(memory), name, *counts]
    env = {**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    *wrong, done = (json.loads(line) for line in ran.stdout.splitlines())
    assert wrong == [], wrong[0]
    assert done["moment"] == AT_MOMENTS
    assert all(done[how] > 0 for how in ("kill", "ENOSPC", "EIO", "EROFS"))


def test_where_nothing_can_be_written_what_is_recorded_can_be_read(library: Path, memory: Path) -> None:
    script = f"""
import errno, json, sys
sys.path.insert(0, "tests")
from pathlib import Path
from crash.campaign import FAIL_FROM, INCIDENT, OFF, Disk, call, template
disk, root = Disk({str(library)!r}), template(Path({str(memory)!r}))
asked = [("search", "checkout"), ("show", INCIDENT), ("list",), ("similar", "--text", "cpu"), ("history", INCIDENT),
         ("questions", "--text", "cpu"), ("stats",), ("brief",), ("log", "lost"), ("new", "incident", "x")]
disk.arm(root, FAIL_FROM, 1, errno.EROFS)
print(json.dumps([[words[0], *call(root, words)] for words in asked]))
"""
    env = {**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    told = {name: (code, out, err) for name, code, out, err in json.loads(ran.stdout)}
    for name, (code, out, err) in told.items():
        if name in ("log", "new"):
            assert (code, "read-only" in err.lower()) == (15, True), (name, err)
        else:
            assert (code, bool(out)) == (0, True), (name, err)
        assert "Traceback" not in err
