"""Contents decide, never a clock: files whose times stand still, jump, or lie a century off are seen all the same."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from storing import ID, PATH, in_step, log, put

from kb.config import Settings
from kb.journeys.base import KnowledgeBase

_CHANCE = random.Random(11)
TIMES: dict[str, Callable[[int], int]] = {
    "standing still": lambda n: 1_000_000_000,
    "1970": lambda n: 0,
    "after 2038": lambda n: 2**31 + n,
    "the year 2200": lambda n: 7_258_118_400,
    "backwards": lambda n: 2_000_000_000 - n * 1000,
    "at random": lambda n: _CHANCE.randrange(2**32),
}
CLOCKS: dict[str, Callable[[int], datetime]] = {
    "standing still": lambda n: datetime(2026, 1, 1, tzinfo=UTC),
    "backwards": lambda n: datetime(2026, 1, 1, tzinfo=UTC) - timedelta(hours=n),
    "at random": lambda n: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(hours=_CHANCE.randrange(10**6)),
    "after 2038": lambda n: datetime(2040, 1, 1, tzinfo=UTC) + timedelta(seconds=n),
}


def opened(root: Path, clock: Callable[[int], datetime]) -> KnowledgeBase:
    """The knowledge base, on a machine with such a clock."""
    ticks = iter(range(10**9))
    return KnowledgeBase.open(root, Settings(root=root), lambda: clock(next(ticks)))


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("time", TIMES)
def test_edits_and_captures_are_all_seen_whatever_the_clocks_say(tmp_path: Path, time: str, clock: str) -> None:
    file = put(tmp_path)
    os.utime(file, (0, 0))
    with opened(tmp_path, CLOCKS[clock]) as kb:
        kb.sync()
        for n in range(6):
            text = file.read_text()
            file.write_text(text.replace("Rain.", f"Rain.\n\ntyped {n}."))  # of the same length each time but the first
            os.utime(file, (TIMES[time](n),) * 2)
            if n % 2:
                log(kb, f"logged {n}.")
            assert kb.sync().problems == ()
            os.utime(file, (TIMES[time](n),) * 2)
        assert in_step(tmp_path, kb)
        text = (tmp_path / PATH).read_text()
        assert [text.count(f"typed {n}.") for n in range(6)] == [1] * 6
        assert [text.count(f"logged {n}.") for n in (1, 3, 5)] == [1] * 3
        revisions = kb.history(ID)
        assert [revision.rev for revision in revisions] == sorted(revision.rev for revision in revisions)


def test_an_edit_of_the_same_length_at_the_same_time_is_an_edit(tmp_path: Path) -> None:
    file = put(tmp_path)
    with opened(tmp_path, CLOCKS["standing still"]) as kb:
        kb.sync()
        before = file.stat()
        file.write_text(file.read_text().replace("Rain.", "Snow."))
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert [change.what for change in kb.sync().changed] == ["edited"]
        assert "Snow." in kb.get(ID).text
