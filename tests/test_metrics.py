"""Measures: durations from moments that can bear it, medians with what they rest on, change failures as DORA has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model import (
    Deployment,
    DeploymentLink,
    DeploymentStatus,
    Incident,
    Moment,
    Question,
    Relation,
    Verdict,
)
from kb.model.metrics import (
    Share,
    Spread,
    change_failures,
    failed_deployment_recovery,
    recovery_time,
    spread,
    time_to_acknowledge,
    time_to_crack,
    time_to_detect,
    time_to_mitigate,
    time_to_resolve,
)

NINE = datetime(2019, 3, 12, 9, tzinfo=UTC)


def at(minutes: float) -> Moment:
    return Moment(NINE + timedelta(minutes=minutes))


def incident(name: str = "2019-03-12-x", **fields: object) -> Incident:
    return Incident(id=name, title="x", **fields)


def deployment(name: str, status: DeploymentStatus) -> Deployment:
    return Deployment(id=name, title=name, status=status)


def test_the_four_durations_of_an_incident() -> None:
    one = incident(started=at(0), detected=at(2), acknowledged=at(5), mitigated=at(50), resolved=at(65))
    assert time_to_detect(one) == 2 * 60
    assert time_to_acknowledge(one) == 3 * 60  # from the alert, not from the fault
    assert time_to_mitigate(one) == 50 * 60
    assert time_to_resolve(one) == 65 * 60


def test_a_day_says_nothing_about_minutes_and_order_matters() -> None:
    assert time_to_detect(incident(started=Moment(NINE, "day"), detected=at(5))) is None
    assert time_to_detect(incident(started=at(5), detected=at(0))) is None
    assert time_to_detect(incident(detected=at(0))) is None


def test_recovery_is_mitigation_where_it_is_known() -> None:
    assert recovery_time(incident(started=at(0), mitigated=at(10), resolved=at(90))) == 600
    assert recovery_time(incident(started=at(0), resolved=at(90))) == 5400


def test_figures_say_how_much_they_rest_on() -> None:
    assert spread([]) is None
    assert spread([None, 60.0]) == Spread(1, 60.0, 60.0, 60.0)
    assert spread([60.0, 120.0, 180.0, 6000.0]) == Spread(4, 150.0, 105.0, 1635.0)


@given(st.lists(st.floats(0, 1e7), min_size=1))
def test_quartiles_never_leave_the_values(values: list[float]) -> None:
    found = spread(values)
    assert found is not None
    assert min(values) <= found.low <= found.median <= found.high <= max(values)


def test_change_failure_rate_counts_blame_not_suspicion() -> None:
    deployments = [
        deployment("good", DeploymentStatus.SUCCEEDED),
        deployment("bad", DeploymentStatus.ROLLED_BACK),
        deployment("blamed", DeploymentStatus.SUCCEEDED),
        deployment("cleared", DeploymentStatus.SUCCEEDED),
        deployment("soaking", DeploymentStatus.PROVISIONAL),
        deployment("tomorrow", DeploymentStatus.PLANNED),
        deployment("dropped", DeploymentStatus.CANCELLED),
    ]
    links = (DeploymentLink("blamed", Relation.CONTRIBUTING), DeploymentLink("cleared", Relation.RULED_OUT))
    incidents = [
        incident(deployments=links),
        incident(deployments=(DeploymentLink("good", Relation.SUSPECTED),)),
    ]
    assert change_failures(deployments, incidents) == Share(2, 5)
    assert change_failures([], []).fraction is None
    assert change_failures(deployments, incidents).fraction == pytest.approx(0.4)


def test_recovery_from_a_failed_deployment_counts_only_what_it_caused() -> None:
    cause = (DeploymentLink("bad", Relation.CAUSED),)
    incidents = [
        incident(started=at(0), mitigated=at(10), deployments=cause),
        incident(started=at(0), mitigated=at(500), deployments=(DeploymentLink("bad", Relation.SUSPECTED),)),
    ]
    found = failed_deployment_recovery([deployment("bad", DeploymentStatus.FAILED)], incidents)
    assert found == Spread(1, 600.0, 600.0, 600.0)


def test_the_time_to_the_right_question_is_that_of_the_first_one_that_cracked_it() -> None:
    asked = tuple(
        Question(text, at=at(minutes), verdict=verdict)
        for text, minutes, verdict in (
            ("a", 5, Verdict.DEAD_END), ("b", 40, Verdict.CRACKED), ("c", 30, Verdict.CRACKED),
        )
    )  # fmt: skip
    assert time_to_crack(incident(started=at(0), questions=asked)) == 30 * 60
    assert time_to_crack(incident(started=at(0), questions=asked[:1])) is None
    assert time_to_crack(incident(questions=asked)) is None
