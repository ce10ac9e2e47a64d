"""The measures are exactly what the entries were made from: of a ledger whose answers are known, none is off by one."""

from __future__ import annotations

import statistics
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import ledger
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger import NOW, TODAY, Ledger, ago, ledgers

from kb.journeys.measures import LATENESS, measures
from kb.model import (
    ActionItem,
    Deployment,
    DeploymentLink,
    DeploymentStatus,
    Incident,
    Moment,
    Relation,
    ServiceVersion,
    System,
)
from kb.model.delivery import DELAYS, delay, delays, frequency
from kb.model.metrics import FAILED, Edges, Spread, histogram, hurt, in_production, reached_production
from kb.model.recurrence import came_back, recurrences
from kb.model.rules import check_recurrence
from kb.model.standing import said_of, standing
from kb.model.todo import tasks

CAUSED = Relation.CAUSED


def drawn(values: list[float]) -> Spread | None:
    """Median and quartiles by hand: of the values in a row, those a quarter, a half and three quarters along it."""
    row = sorted(values)

    def along(part: float) -> float:
        at = part * (len(row) - 1)
        low = int(at)
        return row[low] + (at - low) * (row[min(low + 1, len(row) - 1)] - row[low])

    return Spread(len(row), *(pytest.approx(along(part)) for part in (0.5, 0.25, 0.75))) if row else None


def counts(values: list[float], edges: Edges) -> list[int]:
    ends = [0 if end is None else end for end, _ in edges]
    below = [sum(value <= end for value in values) for end in ends[:-1]]
    return [below[0], *(b - a for a, b in pairwise(below)), len(values) - below[-1]]


@settings(max_examples=150, deadline=None)
@given(ledgers())
def test_every_measure_is_what_was_drawn(drawn_first: Ledger) -> None:
    known, found = drawn_first, measures(drawn_first.entries, NOW)
    assert dict(found.durations) == {name: drawn(took) for name, took in known.took.items()}
    assert found.crack == drawn(known.cracked)
    assert sum(one.n for one in found.crack_bins) == len(known.cracked)
    assert (found.failures.part, found.failures.whole) == (len(known.hurt), len(known.reached))
    assert found.recovery == drawn(known.recovery)
    assert found.delay == drawn(known.delays)
    assert [one.n for one in found.delay_bins] == counts(known.delays, DELAYS)
    assert [one.n for one in found.cleared_bins] == counts(known.cleared, DELAYS)
    back = {
        one.incident.id: {prior.incident.id: {action.text for action in prior.undone} for prior in one.earlier}
        for one in found.came_back
    }
    assert back == known.back
    assert {one.incident.id for one in found.recurrences} == {name for name, by in back.items() if any(by.values())}
    assert [task.late for task in found.overdue] == sorted(known.late, reverse=True)
    assert [one.n for one in found.overdue_bins] == counts([float(days) for days in known.late], LATENESS)
    assert found.unfinished == known.unfinished


@settings(max_examples=100, deadline=None)
@given(ledgers())
def test_how_often_is_counted_day_by_day(drawn_first: Ledger) -> None:
    found = measures(drawn_first.entries, NOW).frequency
    weeks, days = drawn_first.per_week(distinct=False), drawn_first.per_week(distinct=True)
    if not weeks:
        assert found is None
        return
    assert found
    assert (found.n, found.weeks) == (sum(weeks), len(weeks))
    assert (found.a_week, found.days_a_week) == (drawn(list(map(float, weeks))), drawn(list(map(float, days))))


@settings(max_examples=150, deadline=None)
@given(ledgers(), st.integers(0, 72), st.integers(0, 4000))
def test_what_hurt_is_what_stands_as_failed(known: Ledger, soak: int, hours: int) -> None:
    """Whatever the clock says and however long the soak time is."""
    incidents = [one for one in known.entries if isinstance(one, Incident)]
    changes = [one for one in known.entries if isinstance(one, Deployment)]
    said, now = said_of(incidents), NOW + timedelta(hours=hours - 2000)
    stands = {one.id for one in changes if in_production(one) and standing(one, said, now, soak).status in FAILED}
    assert {one.id for one in hurt(changes, incidents)} == stands == known.hurt
    assert stands <= {one.id for one in reached_production(changes, incidents)}


@settings(max_examples=50, deadline=None)
@given(ledgers(), st.randoms(use_true_random=False))
def test_the_order_of_entries_is_no_measure(known: Ledger, chance: object) -> None:
    shuffled = list(known.entries)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = measures(known.entries, NOW), measures(shuffled, NOW)
    assert replace(one, overdue=()) == replace(other, overdue=())


@settings(max_examples=50, deadline=None)
@given(ledgers(), ledgers(), st.integers(1, 400))
def test_a_period_and_a_service_count_only_their_own(first: Ledger, second: Ledger, days: int) -> None:
    since = NOW - timedelta(days=days)
    ours = [replace(one, services=_renamed(one)) for one in first.entries]
    others = [replace(one, id=f"other-{one.id}", **_apart(one)) for one in second.entries]
    found = measures([*ours, *others], NOW, since, "Back  OFFICE")
    inside = [one for one in ours if isinstance(one, Incident) and one.started and one.started.utc >= since]
    assert found.incidents == len(inside)
    alone = measures(ours, NOW, since)
    assert replace(found, came_back=(), overdue=()) == replace(alone, came_back=(), overdue=())
    assert [task.late for task in found.overdue] == sorted(first.late, reverse=True)


def _renamed(one: object) -> tuple[object, ...]:
    return (ServiceVersion("back-office"),) if isinstance(one, Deployment) else ("Back Office",)


def _apart(one: object) -> dict[str, object]:
    """What an entry of the other ledger points to is of the other ledger as well."""
    if not isinstance(one, Incident):
        return {}
    links = tuple(DeploymentLink(f"other-{link.id}", link.relation) for link in one.deployments)
    return {"deployments": links, "recurrence_of": tuple(f"other-{name}" for name in one.recurrence_of)}


def test_a_deployment_of_one_service_may_hurt_another() -> None:
    """What is said of a deployment that counts is heard, whoever says it."""
    ran = release(finished=Moment(ago(5, 9)), services=(ServiceVersion("storefront"),))
    down = trouble(
        "down", 5, mitigated=Moment(ago(5, 13)), services=("checkout",), deployments=(DeploymentLink("r", CAUSED),)
    )
    found = measures([ran, down], NOW, service="storefront")
    assert (found.incidents, found.deployments, found.failures.part) == (0, 1, 1)
    assert found.delay == Spread(1, 10800.0, 10800.0, 10800.0)
    assert found.recovery == Spread(1, 3600.0, 3600.0, 3600.0)
    assert measures([ran, down], NOW, service="checkout").failures.whole == 0


@given(st.lists(st.one_of(st.integers(0, 10**6).map(float), st.sampled_from([900.0, 900.5, 3600.0, 259200.0]))))
def test_a_histogram_loses_nothing(values: list[float]) -> None:
    assert [one.n for one in histogram(values, DELAYS)] == counts(values, DELAYS)


@pytest.mark.parametrize(
    ("name", "live"),
    [
        ("", True), ("production", True), ("PROD", True), ("eu-west-1", True), ("attestation", True), ("latest", True),
        ("staging", False), ("Staging-EU", False), ("test", False), ("QA 2", False), ("uat3", False), ("dev", False),
        ("pre-production", False), ("preprod", False), ("Pre Prod", False), ("non-production", False),
        ("sandbox/eu", False),
    ],
)  # fmt: skip
def test_where_users_are_served(name: str, live: bool) -> None:
    assert in_production(Deployment(id="x", title="x", environment=name)) is live


def release(**fields: object) -> Deployment:
    return Deployment(id="r", title="r", status=DeploymentStatus.SUCCEEDED, **fields)


def trouble(name: str, days: int, **fields: object) -> Incident:
    return Incident(id=name, title=name, started=Moment(ago(days)), **fields)


def at(hour: int, minute: int = 0) -> Moment:
    return Moment(datetime(2019, 3, 12, hour, minute, tzinfo=UTC))


def test_the_four_quiet_hours_count_once_the_release_is_blamed() -> None:
    """The seed's own release was innocent, and so is not in its histogram."""
    green = release(started=at(4, 30), finished=at(5))
    for relation, n in ((Relation.RULED_OUT, 0), (Relation.SUSPECTED, 0), (Relation.CONTRIBUTING, 1), (CAUSED, 1)):
        down = Incident(id="i", title="i", started=at(9), deployments=(DeploymentLink("r", relation),))
        assert delays([green], [down]) == [4 * 3600.0] * n
    assert next(label for end, label in DELAYS if end and end >= 4 * 3600) == "≤ 4 h"


def test_a_delay_is_counted_from_what_is_known() -> None:
    down = Incident(id="i", title="i", started=at(9))
    day = Moment(datetime(2019, 3, 12, tzinfo=UTC), "day")
    assert delay(release(started=at(8), finished=at(9, 30)), down) == 0.0  # it ran still
    assert delay(release(started=at(8), finished=at(9)), down) == 0.0
    assert delay(release(started=at(8)), down) == 3600.0
    assert delay(release(started=at(8), finished=day), down) == 3600.0
    assert delay(release(finished=at(8, 45)), down) == 900.0
    assert delay(release(started=at(9, 1), finished=at(9, 30)), down) is None  # it came before
    assert delay(release(started=day, finished=day), down) is None
    assert delay(release(), down) is None


def test_a_week_is_over_before_it_counts() -> None:
    ran = [release(finished=Moment(ago(days))) for days in (0, 0, 3, 8, 13)]
    found = frequency(ran, (), TODAY)
    assert found
    assert (found.n, found.weeks, found.a_week.median, found.days_a_week.median) == (5, 2, 2.5, 2.0)
    assert frequency(ran, (), TODAY - timedelta(days=8)) is None  # six days after the first
    assert frequency((), (), TODAY) is None
    assert frequency((), (), TODAY, TODAY - timedelta(days=13)).a_week == Spread(2, 0.0, 0.0, 0.0)  # type: ignore[union-attr]


def test_a_deployment_of_tomorrow_is_of_no_week() -> None:
    found = frequency([release(finished=Moment(ago(days))) for days in (-1, 0, 7)], (), TODAY)
    assert found
    assert (found.n, found.weeks) == (1, 1)


def test_what_points_in_a_ring_or_ahead_ends_somewhere() -> None:
    left = (ActionItem("Inventory", id="aaaaaa"),)
    first = trouble("first", 30, recurrence_of=("first", "last", "nowhere"), actions=left)
    middle = trouble("middle", 20, recurrence_of=("last", "first"), actions=left)
    last = trouble("last", 10, recurrence_of=("middle", "first", "middle"))
    found = {one.incident.id: [prior.incident.id for prior in one.earlier] for one in came_back([first, middle, last])}
    assert found == {"middle": ["first"], "last": ["middle", "first"]}


def test_an_action_done_on_the_day_it_came_back_was_done() -> None:
    on = ago(10).date()
    done = tuple(
        ActionItem(text, True, done_on=day, id=text) for text, day in
        (("before", on - timedelta(days=1)), ("that day", on), ("after", on + timedelta(days=1)), ("some day", None))
    )  # fmt: skip
    both = [trouble("first", 30, actions=done), trouble("last", 10, recurrence_of=("first",))]
    (found,) = recurrences(came_back(both))
    assert [action.text for action in found.undone] == ["after"]


def test_one_that_came_back_though_all_was_done_is_no_broken_promise() -> None:
    done = (ActionItem("Inventory", True, done_on=ago(25).date()),)
    both = [trouble("first", 30, actions=done), trouble("last", 10, recurrence_of=("first",))]
    assert len(came_back(both)) == 1
    assert recurrences(came_back(both)) == []


def test_check_doubts_what_is_no_earlier_incident() -> None:
    first, last = (
        trouble("first", 30),
        trouble("last", 10, recurrence_of=("first", "next", "machine", "nowhere", "last")),
    )
    every = {one.id: one for one in (first, last, trouble("next", 5), System(id="machine", title="x"))}
    assert [doubt.message for doubt in check_recurrence(last, every)] == [
        "'next' did not come before this incident",
        "no incident 'machine' is recorded",
        "no incident 'nowhere' is recorded",
        "'last' did not come before this incident",
    ]


def test_overdue_actions_are_counted_by_age() -> None:
    days = (0, 1, 7, 8, 30, 31, 91, 92, 365, 366)
    left = tuple(ActionItem(str(late), due=TODAY - timedelta(days=late), id=f"{late:06}") for late in days)
    found = measures([System(id="x", title="x", actions=left)], NOW)
    assert [one.n for one in found.overdue_bins] == [2, 2, 2, 2, 1]
    assert [task.action.text for task in found.overdue] == ["366", "365", "92", "91", "31", "30", "8", "7", "1"]
    assert found.unfinished == 10


def test_late_is_nothing_that_is_done_or_has_no_date() -> None:
    left = (ActionItem("done", True, due=date(2019, 1, 1)), ActionItem("undated"))
    assert [one.late for one in tasks([System(id="x", title="x", actions=left)], TODAY)] == [0, 0]


def test_the_median_by_hand_agrees_with_the_library() -> None:
    """The tests' own ruler is straight."""
    values = [3.0, 1.0, 4.0, 1.0, 5.0]
    found = drawn(values)
    assert found
    assert [found.low, found.median, found.high] == statistics.quantiles(values, n=4, method="inclusive")
    assert ledger.later(ago(1), 60) == ago(1, 13)
