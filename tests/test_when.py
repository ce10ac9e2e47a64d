"""Times as people say them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.cli.when import day, moment
from kb.errors import UsageError

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 09:00 in Chicago
CHICAGO = "America/Chicago"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("09:05", "2026-11-23T09:05-06:00"),
        ("9:05 am", "2026-11-23T09:05-06:00"),
        ("23:50", "2026-11-22T23:50-06:00"),  # it is nine in the morning: last night is meant
        ("now", "2026-11-23T09:00-06:00"),
        ("10 minutes ago", "2026-11-23T08:50-06:00"),
        ("1h ago", "2026-11-23T08:00-06:00"),
        ("yesterday 9am", "2026-11-22T09:00-06:00"),
        ("today 07:15", "2026-11-23T07:15-06:00"),
        ("2026-11-22 09:05", "2026-11-22T09:05-06:00"),
        ("2026-11-22T09:05Z", "2026-11-22T09:05+00:00"),
        ("2026-11-22T09:05:30+01:00", "2026-11-22T09:05:30+01:00"),
        ("2026-11-22", "2026-11-22"),
    ],
)
def test_what_is_meant(said: str, meant: str) -> None:
    assert moment(said, CHICAGO, NOW).iso() == meant


def test_a_planned_time_lies_ahead() -> None:
    assert moment("05:00", CHICAGO, NOW, ahead=True).iso() == "2026-11-24T05:00-06:00"
    assert day("in 2 weeks", CHICAGO, NOW).isoformat() == "2026-12-07"
    assert day("2026-12-01", CHICAGO, NOW).isoformat() == "2026-12-01"


def test_a_clock_a_little_fast_is_forgiven() -> None:
    assert moment("09:04", CHICAGO, NOW).iso() == "2026-11-23T09:04-06:00"


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=30))
def test_whatever_is_said_is_a_time_or_a_clear_error(said: str) -> None:
    try:
        meant = moment(said, CHICAGO, NOW)
    except UsageError:
        return
    assert meant.at.tzinfo
