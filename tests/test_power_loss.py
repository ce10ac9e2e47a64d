"""The power goes off at any moment, and the disk has only what was made safe: nothing that was acknowledged is lost.

What may be left then is made from a record of everything a process did to its disk (`tests/crash/power.py`).
`KB_LOSSES=3000 pytest tests/test_power_loss.py` plays so many.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ROOT
from crash.power import Content, Disks, applied

LOSSES = os.environ.get("KB_LOSSES", "200")


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_acknowledged_is_lost_when_the_power_goes_off(library: Path, memory: Path, seed: int) -> None:
    command = [sys.executable, "tests/crash/power.py", str(library), str(memory), LOSSES, str(seed)]
    env = {**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    *wrong, done = (json.loads(line) for line in ran.stdout.splitlines())
    assert wrong == [], wrong[0]
    assert done["calls"] > 300


def test_what_is_not_synced_may_be_gone_and_what_is_stays() -> None:
    import random

    disks = Disks()
    disks.do("create", 0, "/d/a", "", b"")
    disks.do("write", 0, "/d/a", "", b"safe")
    disks.do("fsync", 0, "/d/a", "", b"")
    disks.do("fsync", 0, "/d", "", b"")
    disks.do("write", 4, "/d/a", "", b" not")
    disks.do("create", 0, "/d/b", "", b"")
    found = [disks.after_power_loss(random.Random(seed)) for seed in range(50)]
    assert {state["/d/a"] for state in found} >= {b"safe", b"safe not"}
    assert {"/d/b" in state for state in found} == {True, False}
    disks.do("exchange", 0, "/d/a", "/d/b", b"")
    disks.do("fsync", 0, "/d", "", b"")
    assert all(disks.after_power_loss(random.Random(seed))["/d/b"].startswith(b"safe") for seed in range(20))
    assert applied(b"abc", [(1, b"XYZ"), (2, None), (3, b"!")]) == b"aX\0!"
    assert Content(b"x").left(random.Random(1)) == b"x"
