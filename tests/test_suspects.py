"""A green deployment open to doubt: how it stands as time passes and incidents speak, and whom an incident suspects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from databases import database, postgres
from hypothesis import given
from hypothesis import strategies as st
from storing import opened

from kb.journeys.record import NewEntry
from kb.journeys.suspects import suspects
from kb.model import (
    Deployment,
    DeploymentLink,
    DeploymentStatus,
    Entry,
    Incident,
    Moment,
    Relation,
    ServiceVersion,
    Standing,
)
from kb.model.delivery import delay
from kb.model.standing import said_of, soaked, standing

__all__ = ["database", "postgres"]
FIVE = datetime(2019, 3, 12, 5, tzinfo=UTC)


def at(hours: float) -> Moment:
    return Moment(FIVE + timedelta(hours=hours))


def deployment(name: str = "release", hours: float = 0, *services: str, **fields: object) -> Deployment:
    named = tuple(ServiceVersion(*service.split("/")) for service in services or ("web",))
    given = {"status": DeploymentStatus.SUCCEEDED, "started": at(hours), "finished": at(hours + 0.5), **fields}
    return Deployment(id=name, title=name, services=named, **given)


def incident(name: str = "down", hours: float = 4, *links: tuple[str, Relation], **fields: object) -> Incident:
    return Incident(
        id=name, title=name, started=at(hours), deployments=tuple(DeploymentLink(*one) for one in links), **fields
    )


def stands(one: Deployment, hours: float, *incidents: Incident) -> Standing:
    return standing(one, said_of(incidents), at(hours).at, 24)


def test_green_is_provisional_until_the_soak_time_is_over_whatever_was_written_down() -> None:
    for written in (DeploymentStatus.PROVISIONAL, DeploymentStatus.SUCCEEDED):
        one = deployment(status=written)
        assert stands(one, 1) == Standing(DeploymentStatus.PROVISIONAL, until=at(24.5).at)
        assert stands(one, 24.4).status is DeploymentStatus.PROVISIONAL
        assert stands(one, 24.5) == Standing(DeploymentStatus.SUCCEEDED)


def test_of_a_day_the_soak_time_begins_at_its_end() -> None:
    one = deployment(finished=Moment(datetime(2019, 3, 12, tzinfo=UTC), "day"))
    assert soaked(one, 24) == datetime(2019, 3, 14, tzinfo=UTC)
    never = Deployment(id="x", title="x", status=DeploymentStatus.PROVISIONAL)
    assert soaked(never, 24) is None
    assert stands(never, 1e5).status is DeploymentStatus.PROVISIONAL  # nobody wrote down when it ran


def test_the_seed_goes_from_provisional_to_suspected_to_ruled_out() -> None:
    one = deployment()
    assert stands(one, 3).status is DeploymentStatus.PROVISIONAL
    suspected = incident("down", 4, ("release", Relation.SUSPECTED))
    assert stands(one, 4.2, suspected) == Standing(DeploymentStatus.PROVISIONAL, Relation.SUSPECTED, None, ("down",))
    cleared = incident("down", 4, ("release", Relation.RULED_OUT))
    assert stands(one, 5, cleared) == Standing(DeploymentStatus.PROVISIONAL, Relation.RULED_OUT, at(24.5).at, ("down",))
    assert stands(one, 30, cleared) == Standing(DeploymentStatus.SUCCEEDED, Relation.RULED_OUT, None, ("down",))


def test_blame_makes_it_failed_whenever_it_is_found_out_and_doubt_keeps_it_open() -> None:
    one = deployment()
    late = incident("late", 24 * 90, ("release", Relation.CONTRIBUTING))
    assert stands(one, 24 * 100, late).status is DeploymentStatus.FAILED
    doubt = incident("doubt", 24 * 90, ("release", Relation.SUSPECTED))
    assert stands(one, 24 * 100, doubt) == Standing(DeploymentStatus.PROVISIONAL, Relation.SUSPECTED, None, ("doubt",))
    assert stands(one, 24 * 100, doubt, late).incidents == ("late",)


@given(
    st.sampled_from(DeploymentStatus), st.lists(st.sampled_from(Relation), max_size=4), st.floats(0, 1000),
    st.floats(0, 1000),
)  # fmt: skip
def test_time_alone_only_ever_turns_provisional_into_succeeded(
    written: DeploymentStatus, relations: list[Relation], first: float, later: float
) -> None:
    one = deployment(status=written)
    named = [incident(str(number), 4, ("release", relation)) for number, relation in enumerate(relations)]
    before, after = (stands(one, hours, *named).status for hours in sorted((first, later)))
    assert (before, after) == (DeploymentStatus.PROVISIONAL, DeploymentStatus.SUCCEEDED) or before == after
    if written in (DeploymentStatus.PLANNED, DeploymentStatus.CANCELLED, DeploymentStatus.ROLLED_BACK):
        assert after is written or after is DeploymentStatus.FAILED


def test_the_delay_is_counted_from_the_end_and_is_nothing_while_it_runs() -> None:
    assert delay(deployment(), incident(hours=4)) == 3.5 * 3600
    assert delay(deployment(), incident(hours=0.2)) == 0
    assert delay(deployment(), incident(hours=-1)) is None
    assert delay(deployment(finished=None), incident(hours=4)) == 4 * 3600
    assert delay(deployment(started=None, finished=None), incident()) is None


def reasons(one: Incident, *entries: Entry, hours: int = 72) -> dict[str, tuple[str, ...]]:
    found = suspects(one, [(entry, "") for entry in entries], hours)
    return {suspect.id: suspect.reasons for suspect in found}


def test_what_ran_in_the_hours_before_is_suspected_across_all_services() -> None:
    found = reasons(
        incident(services=("web",)),
        deployment("same", 0, "Web"),
        deployment("other", 2, "mail"),
        deployment("later", 5),
        deployment("old", -80),
        deployment("planned", 3, status=DeploymentStatus.PLANNED),
    )
    assert list(found) == ["same", "other"]
    assert found["same"] == ("finished 3 h 30 min before it began", "same service: web", "still provisional")


def test_a_large_change_and_a_new_major_version_are_said_and_weigh() -> None:
    large = deployment("large", 0, "web/2.0/1.9", "mail/v2.1/v2.0", "search")
    found = reasons(incident(), deployment("small", 0, "api"), large)
    assert list(found) == ["large", "small"]
    assert found["large"][1:3] == ("changed 3 services", "new major version: web 1.9 to 2.0")


@pytest.mark.parametrize("version", ["4.10", "v4", "2024-10-12", "", "main", "4x"])
def test_other_version_numbers_are_no_new_major_version(version: str) -> None:
    found = reasons(incident(), deployment("one", 0, f"web/{version}/4.9"))
    assert not any("major" in reason for reason in found["one"])


def test_what_deployments_like_it_did_before_is_remembered() -> None:
    earlier = [deployment(f"d{n}", -1000 * n, "web", tool="Octopus Deploy") for n in (1, 2, 3)]
    hurt = [incident(f"i{n}", -1000 * n + 0.5 + n, (f"d{n}", Relation.CAUSED)) for n in (1, 2)]
    ruled_out = incident("i3", -3000 + 1, ("d3", Relation.RULED_OUT))
    found = reasons(incident(), deployment("now", 1, "web"), *earlier, *hurt, ruled_out)
    assert found == {"now": ("finished 2 h 30 min before it began", "still provisional",
                             "the same services hurt before 2 times, half within 1 h 30 min")}  # fmt: skip
    found = reasons(incident(), deployment("now", 1, "mail", tool="octopus deploy"), earlier[0], hurt[0])
    assert found["now"][-1] == "a deployment with octopus deploy hurt before, 1 h later"


def test_what_was_ruled_out_stays_and_comes_last_and_what_was_said_comes_first() -> None:
    one = incident("down", 4, ("cleared", Relation.RULED_OUT), ("blamed", Relation.CAUSED))
    found = reasons(one, deployment("cleared", 3), deployment("blamed", -100), deployment("other", 0))
    assert list(found) == ["blamed", "other", "cleared"]
    assert found["cleared"][0] == "ruled-out"
    assert found["blamed"][:2] == ("caused", "finished 4 days 8 h before it began")


def test_only_what_can_matter_is_read_for_an_incident(tmp_path: Path, database: str) -> None:
    down = incident("down", 4, ("named", Relation.RULED_OUT))
    recorded: list[Entry] = [
        down, deployment("before", 0), deployment("ended", -90, finished=at(3)), deployment("later", 30),
        deployment("long-ago", -500), deployment("named", -300), deployment("hurt", -900),
        incident("blames", -890, ("hurt", Relation.CAUSED)), incident("other", 3),
        incident("suspects", 900, ("long-ago", Relation.SUSPECTED)),
        deployment("planned", 0, started=None, finished=None, window_start=at(-1)),
    ]  # fmt: skip
    with opened(tmp_path, database) as base:
        base.create_many([NewEntry(entry) for entry in recorded])
        base.create(deployment("foreign", 1), "entries/library/foreign.md")
        read = {entry.id for entry, _ in base.suspectable(down, 72)}
        assert read == {"before", "ended", "planned", "named", "hurt", "blames"}
        every = [(record.entry, record.path) for record in base.records() if not record.library]
        found = suspects(down, base.suspectable(down, 72), 72)
        assert found == suspects(down, every, 72), "and the answer is the same as over everything"
        assert [one.id for one in found] == ["ended", "planned", "before", "named"]
        assert base.suspectable(Incident(id="x", title="x"), 72) == []


def test_its_own_word_does_not_make_it_worse_twice() -> None:
    blamed = incident("down", 4, ("release", Relation.CAUSED))
    assert "failed" not in reasons(blamed, deployment(), blamed)["release"]
    other = incident("other", 2, ("release", Relation.CAUSED))
    assert "failed" in reasons(incident(), deployment(), other)["release"]
