"""A deployment in commands: planned, weighed, run by a pipeline, provisional, suspected, ruled out; and the gate."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
import yaml
from commands import ROOT, Kb
from hypothesis import given
from hypothesis import strategies as st
from test_capture import _until

from kb.journeys.edition import Article, Edition
from kb.markdown import parse
from kb.model import Decision, Deployment, DeploymentStatus, Risk, RiskOutcome
from kb.model.meeting import decided, further, risk_outcome
from kb.site.book import book

NOW = datetime(2019, 3, 12, 10, 40, tzinfo=UTC)
"""Twenty to six in Chicago: the last step of release 4.10 is green."""


class Clock:
    """What time the commands think it is."""

    now = NOW

    def passes(self, **time: float) -> None:
        """Time goes by, in minutes, hours or days."""
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A clock of one's own, at the morning of the seed story."""
    made = Clock()
    with ExitStack() as stack:
        for room in ("new", "capture", "deploy", "read", "standing"):
            stack.enter_context(mock.patch(f"kb.cli.{room}.now", side_effect=lambda: made.now))
        yield made


def release(kb: Kb, *more: str) -> Deployment:
    """A new deployment as its file says."""
    return entry(kb, kb("new", "deployment", "--service", "web=4.10", "--json", *more).json["path"])


def entry(kb: Kb, path: str) -> Deployment:
    """The deployment in a file."""
    found = parse(kb.text(path)).entry
    assert isinstance(found, Deployment)
    return found


def standing(kb: Kb, name: str = "web-4-10") -> dict[str, object]:
    """How a deployment stands."""
    found: dict[str, object] = kb("show", name, "--json").json["standing"]
    return found


def stored(kb: Kb, name: str = "web-4-10") -> str:
    """The status in the file."""
    return str(kb("show", name, "--json").json["status"])


def test_a_pipeline_starts_a_deployment_and_says_how_it_ended(kb: Kb, clock: Clock) -> None:
    made = kb(
        "new", "deployment", "--status", "in-progress", "--service", "web=4.10", "--tool", "Octopus Deploy", "--json"
    )
    assert made.json["id"] == "2019-03-12-web-4-10"
    assert made.json["standing"] == {"status": "in progress", "verdict": None, "until": None, "incidents": []}
    found = entry(kb, made.json["path"])
    assert (found.title, str(found.status), found.tool, found.services[0].version) == (
        "web 4.10", "in progress", "Octopus Deploy", "4.10",
    )  # fmt: skip
    assert found.started
    assert found.started.utc == NOW
    clock.passes(minutes=40)
    answer = kb("set", "--on", made.json["id"], "status=succeeded", "--json").json
    assert answer["changed"] == ["status", "finished"]
    assert answer["standing"]["status"] == "provisional"
    found = entry(kb, made.json["path"])
    assert found.finished
    assert (str(found.status), found.finished.utc) == ("provisional", NOW + timedelta(minutes=40))


def test_what_is_stored_is_never_more_than_is_known(kb: Kb, clock: Clock) -> None:
    ran = kb("new", "deployment", "Release", "--status", "succeeded", "--started", "05:00", "--finished", "05:40")
    assert "provisional until 2019-03-13 05:40; then succeeded by itself" in " ".join(ran.out.split())
    assert stored(kb, "release") == "provisional"
    clock.passes(hours=23, minutes=59)
    assert standing(kb, "release")["status"] == "provisional"
    clock.passes(minutes=1)
    assert standing(kb, "release") == {"status": "succeeded", "verdict": None, "until": None, "incidents": []}
    assert stored(kb, "release") == "provisional"  # nobody has written since
    assert "succeeded" in kb("list", "deployments").out
    assert kb("list", "deployments", "--status", "succeeded", "--json").json["total"] == 1
    assert kb("list", "deployments", "--status", "provisional", "--json").json["total"] == 0
    kb("set", "status=done")
    assert stored(kb, "release") == "succeeded"


@pytest.mark.parametrize("word", ["succeeded", "finished", "done", "provisional", "Done"])
def test_other_words_for_it_went_well(kb: Kb, clock: Clock, word: str) -> None:
    assert str(release(kb, "--status", word).status) == "provisional"
    assert str(release(kb, "--status", word, "--started", "2019-03-01 05:00").status) == "succeeded"


def test_how_long_it_soaks_is_an_option(kb: Kb, clock: Clock) -> None:
    ran = kb("new", "deployment", "R", "--status", "done", "--json", KB_SOAK_HOURS="0")
    assert ran.json["standing"]["status"] == "succeeded"
    ran = kb("new", "deployment", "S", "--status", "done", "--json", KB_SOAK_HOURS="72")
    assert ran.json["standing"]["until"] == "2019-03-15T10:40+00:00"


def test_times_are_filled_in_only_where_they_are_known(kb: Kb, clock: Clock) -> None:
    long_ago = release(kb, "--status", "succeeded", "--started", "2019-03-01 05:00")
    assert long_ago.finished is None
    planned = release(kb, "--window", "2019-03-13 05:00 to 06:00")
    assert (planned.started, planned.finished, str(planned.status)) == (None, None, "planned")
    today = release(kb, "--status", "failed", "--started", "05:00")
    assert today.finished
    assert today.finished.utc == NOW
    kb("new", "deployment", "Nightly", "--status", "in progress", "--started", "2019-03-09 05:00")
    kb("set", "status=rolled-back", "--on", "nightly")
    found = kb("show", "nightly", "--json").json
    assert (found["status"], found["finished"]) == ("rolled back", "2019-03-12T05:40-05:00")  # it ran until now
    kb("set", "status=in progress", "finished=", "--on", "nightly")
    kb("set", "status=succeeded", "finished=2019-03-12 05:00", "--on", "nightly")
    found = kb("show", "nightly", "--json").json
    assert (found["started"], found["finished"]) == ("2019-03-09T05:00-06:00", "2019-03-12T05:00-05:00")
    kb("new", "deployment", "Never run", "--window", "2019-03-05 05:00 to 06:00")
    kb("set", "status=succeeded", "--on", "never-run")
    found = kb("show", "never-run", "--json").json
    assert (found["status"], found["finished"]) == ("succeeded", None)
    kb("set", "status=cancelled", "--on", "never-run")
    assert kb("show", "never-run", "--json").json["finished"] is None


@pytest.mark.parametrize("day", ["0001-01-01", "0999-12-31 05:00", "9999-12-31"])
def test_a_mistyped_year_stops_nobody(kb: Kb, clock: Clock, day: str) -> None:
    freeze = {"KB_FREEZE": "Always: every day; Christmas: 2026-12-24", "KB_SOAK_HOURS": "99999999"}
    for words in (
        ("--window", day),
        ("--status", "done", "--finished", day),
        ("--status", "in-progress", "--started", day),
    ):
        name = kb("new", "deployment", "R", *words, "--override", "x", "--json", **freeze).json["id"]
        assert kb("show", name, "--json", **freeze).json["standing"]["status"] != "failed"
    assert kb("list", "deployments", **freeze).code == 0


def test_an_incident_has_a_status_of_its_own(kb: Kb, clock: Clock) -> None:
    kb("new", "incident", "Down")
    assert kb.fails("set", "status=done").code == 13
    kb("set", "status=identified")
    assert kb("show", "--json").json["status"] == "identified"


def test_a_title_is_made_of_the_services(kb: Kb, clock: Clock) -> None:
    titles = {
        ("web=4.10",): "web 4.10", ("storefront=4.10", "back office=4.10"): "storefront 4.10 and back office 4.10",
        ("a", "b=2", "c"): "a, b 2 and c", ("a", "b", "c", "d", "e"): "a, b, c and 2 more",
    }  # fmt: skip
    for services, title in titles.items():
        words = [word for service in services for word in ("--service", service)]
        assert kb("show", kb("new", "deployment", *words, "--json").json["id"], "--json").json["title"] == title
    ran = kb.fails("new", "deployment")
    assert (ran.code, "--service web=4.10" in ran.err) == (2, True)
    assert kb.fails("new", "deployment", "--service", "web (1)=2").code in (2, 13)


def test_the_version_before_is_that_of_the_last_deployment_that_ran(kb: Kb, clock: Clock) -> None:
    def before(*more: str) -> str:
        return release(kb, *more).services[0].previous

    assert before("--status", "planned") == ""
    for version, day, status, environment in (
        ("4.8", "01", "succeeded", ""), ("4.9", "03", "succeeded", "production"), ("4.9.1", "05", "failed", ""),
        ("4.9.2", "06", "rolled back", ""), ("5.0", "07", "succeeded", "staging"), ("4.9.3", "08", "cancelled", ""),
        ("4.9.4", "20", "planned", ""),
    ):  # fmt: skip
        kb("new", "deployment", f"Release {version}", "--service", f"Web={version}", "--status", status,
           "--environment", environment, "--started", f"2019-03-{day} 05:00")  # fmt: skip
    assert before() == "4.9"
    assert before("--environment", "Staging") == "5.0"
    assert before("--status", "done", "--started", "2019-03-02 05:00") == "4.8"  # written down afterwards
    kb("new", "deployment", "Again", "--service", "web=4.0->4.10")
    assert kb("show", "again", "--json").json["services"][0]["previous"] == "4.0"
    kb("new", "deployment", "Bare", "--service", "web")
    assert kb("show", "bare", "--json").json["services"] == [{"name": "web", "version": "", "previous": ""}]
    kb("new", "deployment", "Same", "--service", "web=4.9")
    assert kb("show", "same", "--json").json["services"][0]["previous"] == ""


def test_the_whole_meeting_in_one_command(kb: Kb, clock: Clock) -> None:
    found = release(
        kb, "--meeting", "2019-03-11 16:00", "--attendee", "developers", "--attendee", "IT operations",
        "--decision", "go with conditions: before 6 am", "--change", "Filters.",
        "--risk", "The index locks a table (likelihood: low; owner: @dev)",
        "--risk", "Old tabs (of browsers)", "--check", "Log in", "--rollback", "Deploy 4.9 again.",
    )  # fmt: skip
    assert found.meeting
    assert (found.attendees, decided(found.decision)) == (("developers", "IT operations"), Decision.CONDITIONS)
    assert [(risk.text, risk.likelihood, risk.owner) for risk in found.risks] == [
        ("The index locks a table", "low", "@dev"), ("Old tabs (of browsers)", "", ""),
    ]  # fmt: skip
    assert (found.checks[0].text, found.checks[0].done, found.rollback_plan) == ("Log in", False, "Deploy 4.9 again.")


def test_risks_are_named_before_and_told_of_after(kb: Kb, clock: Clock) -> None:
    release(kb, "--window", "2019-03-13 05:00 to 06:00")
    kb("risk", "add", "The index locks a table", "--likelihood", "low", "--mitigation", "at 5 am", "--owner", "@dev")
    kb("risk", "add", "Old browser tabs (impact: low)")
    kb("risk", "add", "Cache (cold) takes long")
    assert kb("risk", "became", "index", "did-not-happen").out.startswith("✓ The index locks a table: did not happen")
    kb("risk", "became", "tabs", "held", "--note", 'two people asked; both (gladly) helped: by "reloading"')
    which = kb("risk", "list", "--json").json["risks"][2]["id"]
    kb("risk", "became", f"r:{which}", "happened")
    risks = kb("risk", "list", "--on", "web", "--json").json["risks"]
    assert [(one["outcome"], one["became"]) for one in risks] == [
        ("did not happen", "did not happen"),
        ('happened, the mitigation held: two people asked; both (gladly) helped: by "reloading"', "mitigation held"),
        ("happened", "happened"),
    ]  # fmt: skip
    assert (risks[0]["mitigation"], risks[0]["owner"], risks[1]["impact"]) == ("at 5 am", "@dev", "low")
    shown = kb("risk", "list").out
    assert "likelihood low · @dev" in shown
    assert "became: did not happen" in shown


def test_checks_are_named_before_and_done_after(kb: Kb, clock: Clock) -> None:
    release(kb, "--window", "2019-03-13 05:00 to 06:00")
    kb("verify", "add", "Log in, put into the basket, check out")
    kb("verify", "add", "CPU compared with yesterday")
    kb("verify", "done", "basket", "--by", "Ada")
    kb("verify", "done", "cpu", "--result", "20 % more than yesterday")
    checks = kb("verify", "list", "--json").json["checks"]
    assert [(one["done"], one["result"], one["by"]) for one in checks] == [
        (True, "passed", "Ada"), (True, "20 % more than yesterday", ""),
    ]  # fmt: skip
    assert "☑ Log in" in kb("verify", "list").out


def test_a_risk_of_another_deployment_is_found_when_none_is_named(kb: Kb, clock: Clock) -> None:
    release(kb, "--status", "done", "--risk", "Old tabs", "--check", "Log in")
    kb("new", "deployment", "Next", "--risk", "Cold cache")
    assert "web-4-10" in kb("risk", "became", "tabs", "happened").out
    assert "web-4-10" in kb("verify", "done", "log in").out
    assert kb.fails("risk", "became", "tabs", "happened", "--on", "next").code == 10


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("risk", "add", " "), 2, "needs a text"),
        (("risk", "became", "nothing", "held"), 10, "no risk is like"),
        (("risk", "became", "", "held"), 10, "no risk is like"),
        (("risk", "became", "twice", "held"), 10, "2 risks are like"),
        (("risk", "became", "twice", "exploded"), 2, "exploded"),
        (("risk", "list", "--on", "down"), 10, "no deployment"),
        (("verify", "add", "\n"), 2, "needs a text"),
        (("verify", "done", "nothing"), 10, "no check is like"),
        (("set", "status=deployed", "--on", "web"), 13, "is none of"),
        (("set", "risks=x", "status=nonsense", "--on", "web"), 13, "is none of"),
        (("new", "deployment", "--service", "web=1", "--status", "deployed"), 13, "is none of"),
        (("new", "deployment", "--service", "web=1", "--meeting", "lately-ish"), 2, "is not a time"),
        (("new", "deployment", "--service", "web=1", "--window", "x to y"), 2, "is not a time"),
        (("new", "deployment", "--service", "("), 13, "is not a service"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(
    kb: Kb, clock: Clock, words: tuple[str, ...], code: int, says: str
) -> None:
    release(kb, "--risk", "twice told", "--risk", "twice feared")
    kb("new", "incident", "Down")
    before = kb.files()
    ran = kb.fails(*words)
    assert (ran.code, says in ran.err, "Traceback" in ran.err) == (code, True, False), ran.err
    assert kb.files() == before


def test_hostile_text_is_only_text(kb: Kb, clock: Clock) -> None:
    evil = "boom \x1b[31m\x07\n## Risks\n- not mine (outcome: held) <!-- r:aaaaaa -->\n\u202e"
    release(kb, "--risk", evil, "--check", evil, "--override", evil)
    kb("risk", "add", evil, "--mitigation", evil, "--owner", evil)
    kb("risk", "became", kb("risk", "list", "--json").json["risks"][1]["id"], "held", "--note", evil)
    kb("verify", "done", kb("verify", "list", "--json").json["checks"][0]["id"], "--result", evil, "--by", evil)
    risks = kb("risk", "list", "--json").json["risks"]
    assert [one["became"] for one in risks] == ["", "mitigation held"]
    for shown in (kb("risk", "list").out, kb("verify", "list").out, kb("show").out, kb("list").out):
        assert not set(shown) & {"\x1b", "\x07", "\u202e"}
    assert kb("check").code == 0


def test_the_seed_story_provisional_suspected_ruled_out(kb: Kb, clock: Clock) -> None:
    made = release(kb, "--status", "succeeded", "--started", "05:00", "--finished", "05:40")
    clock.passes(hours=3, minutes=20)
    down = kb("new", "incident", "All applications down", "--severity", "sev1", "--json").json["id"]
    ran = kb("link", "down", "web", "--relation", "suspected")
    said = " ".join(ran.out.split())
    assert f"provisional, suspected in {down}" in said
    assert "by itself" not in said, "somebody has to say what it was"
    clock.passes(days=3)
    assert standing(kb) == {"status": "provisional", "verdict": "suspected", "until": None, "incidents": [down]}
    ran = kb("link", "down", "web", "--relation", "caused", "--json")
    assert ran.json["standing"] == {"status": "failed", "verdict": "caused", "until": None, "incidents": [down]}
    assert f"failed: caused {down}" in kb("show", "web").err
    answered = kb("link", "down", "web", "--relation", "ruled-out").out
    assert f"succeeded, ruled out for {down}" in " ".join(answered.split())
    listed = kb("list", "deployments", "--json").json["entries"][0]
    assert (listed["status"], listed["standing"]["status"], listed["standing"]["verdict"]) == (
        "provisional", "succeeded", "ruled-out",
    )  # fmt: skip
    assert f"ruled out for {down}" in " ".join(kb("list", "deployments").out.split())
    assert stored(kb) == "provisional"
    assert made.id in kb.text(f"entries/incidents/2019/{down}.md")
    with closing(sqlite3.connect(kb.root / ".kb/kb.sqlite")) as connection:
        rows = connection.execute("select deployment, relation from deployment_links").fetchall()
    assert rows == [(made.id, "ruled-out")]


def test_the_library_says_nothing_of_our_deployments(kb: Kb, clock: Clock) -> None:
    made = release(kb, "--status", "done")
    path = kb.root / "entries/library/2019-03-12-theirs.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"---\nid: 2019-03-12-theirs\nkind: incident\nstatus: resolved\nseverity: sev1\ncompany: Acme\n"
        f"source: https://example.org\ndeployments:\n  - {made.id} (caused)\n---\n\n# Theirs\n"
    )
    assert standing(kb)["verdict"] is None
    assert kb("list", "deployments", "--json").json["entries"][0]["standing"]["status"] == "provisional"


def test_the_only_deployment_in_progress_is_meant(kb: Kb, clock: Clock) -> None:
    first = release(kb, "--status", "in-progress")
    kb("new", "deployment", "Later")
    for words in (("log", "step 1"), ("ask", "Is the queue empty?"), ("answer", "It is."),
                  ("lesson", "Look at the queue."), ("action", "add", "Watch the queue")):  # fmt: skip
        clock.passes(minutes=1)
        assert first.id in kb(*words).out, words
    found = entry(kb, f"entries/deployments/2019/{first.id}.md")
    assert (len(found.timeline), len(found.questions[0].answers), len(found.lessons), len(found.actions)) == (
        1,
        1,
        1,
        1,
    )
    assert "later" in kb("log", "elsewhere", "--on", "later").out
    clock.passes(minutes=1)
    kb("new", "incident", "Down")
    assert "incidents" in kb("log", "it burns").out
    assert first.id in kb("risk", "add", "Cold cache").out
    kb("resolve")
    kb("new", "deployment", "Third", "--status", "in-progress")
    clock.passes(minutes=1)
    kb("log", "touch", "--on", "later")
    clock.passes(minutes=1)
    assert "later" in kb("log", "two are in progress").out  # the one last touched


def test_the_only_planned_deployment_is_weighed(kb: Kb, clock: Clock) -> None:
    planned = kb("new", "deployment", "Planned", "--json").json["id"]
    clock.passes(minutes=1)
    kb("new", "deployment", "Over", "--status", "done", "--started", "2019-03-01 05:00")
    assert planned in kb("risk", "add", "Cold cache").out
    kb("log", "breakfast", "--on", "over")
    assert "over" in kb("log", "a planned one waits for nobody").out


# what stands in the way


def test_a_freeze_stops_what_is_planned_in_it(kb: Kb, clock: Clock) -> None:
    freeze = {"KB_FREEZE": "Spring: 2019-03-18 to 2019-03-20; Nights: every day 22:00-06:00"}
    before = kb.files()
    ran = kb.fails("new", "deployment", "R", "--window", "2019-03-19 12:00 to 13:00", "--json", **freeze)
    assert (ran.code, ran.out) == (3, "")
    said = " ".join(ran.err.split())
    assert "the freeze 'Spring' (2019-03-18 00:00 to 2019-03-21 00:00)" in said
    assert "--override 'REASON'" in said
    assert "Nights" not in said
    assert kb.files() == before
    ran = kb.fails("new", "deployment", "R", "--window", "2019-03-19 21:00 to 23:00", **freeze)
    assert all(name in ran.err for name in ("Spring", "Nights"))
    assert kb.fails("new", "deployment", "Now", "--status", "in-progress", **freeze).code == 3  # twenty to six
    kb("new", "deployment", "Later", "--window", "2019-03-14 12:00 to 13:00", **freeze)


def test_an_override_is_recorded_and_shown(kb: Kb, clock: Clock) -> None:
    freeze = {"KB_FREEZE": "Spring: 2019-03-11 to 2019-03-20"}
    kb("new", "incident", "All down", "--severity", "sev2")
    ran = kb.fails("new", "deployment", "Hotfix", **freeze)
    assert all(part in ran.err for part in ("'Spring'", "2019-03-12-all-down", "sev2"))
    path = kb("new", "deployment", "Hotfix", "--override", "it mends\nthe outage", "--json", **freeze).json["path"]
    found = entry(kb, path)
    assert found.override == "it mends the outage"
    assert "override: it mends the outage\n" in kb.text(path)
    (event,) = found.timeline
    assert all(part in event.text for part in ("'Spring'", "2019-03-12-all-down", "it mends the outage"))
    assert "overridden" in kb("list", "deployments").out
    assert kb("show", "hotfix", "--json").json["override"] == "it mends the outage"
    with closing(sqlite3.connect(kb.root / ".kb/kb.sqlite")) as connection:
        assert connection.execute("select override from deployments").fetchall() == [("it mends the outage",)]


def test_only_grave_incidents_of_the_team_that_are_open_stand_in_the_way(kb: Kb, clock: Clock) -> None:
    kb("new", "incident", "Slow", "--severity", "sev3")
    kb("new", "deployment", "One")
    kb("new", "incident", "Down", "--severity", "sev1")
    assert kb.fails("new", "deployment", "Two").code == 3
    kb("mitigate", "--on", "down")
    assert kb.fails("new", "deployment", "Two").code == 3
    kb("resolve", "--on", "down")
    kb("new", "deployment", "Two")
    kb("set", "status=investigating", "--on", "down")
    assert kb.fails("new", "deployment", "Three", "--status", "in-progress").code == 3


def test_the_truth_can_always_be_written_down_afterwards(kb: Kb, clock: Clock) -> None:
    freeze = {"KB_FREEZE": "Always: every day"}
    kb("new", "incident", "Down", "--severity", "sev1")
    kb("new", "deployment", "Ran", "--status", "failed", "--started", "05:00", **freeze)
    kb("new", "deployment", "Was planned", "--window", "2019-03-01 05:00 to 06:00", **freeze)
    kb("new", "deployment", "Was cancelled", "--status", "cancelled", **freeze)
    path = kb("new", "deployment", "Told", "--status", "done", "--override", "nobody asked", "--json", **freeze).json[
        "path"
    ]
    assert entry(kb, path).override == "nobody asked"


def test_an_override_of_nothing_is_told_and_not_recorded(kb: Kb, clock: Clock) -> None:
    ran = kb("new", "deployment", "R", "--override", "just in case", "--json")
    assert "nothing to override" in ran.err
    assert "override" not in kb.text(ran.json["path"])
    assert kb.fails("new", "deployment", "S", "--override", "  ", KB_FREEZE="Always: every day").code == 3


def test_beginning_a_planned_deployment_in_a_freeze_is_warned_of(kb: Kb, clock: Clock) -> None:
    freeze = {"KB_FREEZE": "Always: every day"}
    kb("new", "deployment", "Planned")
    kb("new", "deployment", "Told", "--override", "must be", **freeze)
    for name, warned in (("planned", True), ("told", False)):
        ran = kb("set", "status=in-progress", "--on", name, **freeze)
        assert ("goes ahead although there is the freeze 'Always'" in ran.err) is warned
    assert "although" not in kb("set", "status=done", "--on", "planned", **freeze).err


def test_freezes_are_listed_before_the_meeting(kb: Kb, clock: Clock) -> None:
    freeze = {"KB_FREEZE": "Patch night: third saturday 22:00-06:00; Office: mon-fri 05:00-18:00; Old: 2018-12-24"}
    found = {one["name"]: one for one in kb("freeze", "--json", **freeze).json["freezes"]}
    assert found["Patch night"] == {
        "name": "Patch night", "when": "third saturday 22:00-06:00", "now": False,
        "from": "2019-03-17T03:00:00+00:00", "to": "2019-03-17T11:00:00+00:00",
    }  # fmt: skip
    assert found["Office"]["now"] is True
    assert found["Old"]["from"] is None
    shown = kb("freeze", **freeze).out
    assert "next 2019-03-16 22:00 to 2019-03-17 06:00" in shown
    assert "now, until 2019-03-12 18:00" in shown
    assert "no freeze is set" in kb("freeze").err


# what people write


_MORE = st.one_of(st.just(""), st.text(max_size=20).map(lambda text: f": {text}"), st.just(", twice"), st.just("."))


@given(
    st.sampled_from((
        ("did not happen", RiskOutcome.DID_NOT_HAPPEN), ("didn't happen", RiskOutcome.DID_NOT_HAPPEN),
        ("It did-not-happen", RiskOutcome.DID_NOT_HAPPEN), ("never happened", RiskOutcome.DID_NOT_HAPPEN),
        ("happened, the mitigation held", RiskOutcome.HELD), ("Happened and the mitigation held", RiskOutcome.HELD),
        ("mitigation held", RiskOutcome.HELD), ("held", RiskOutcome.HELD), ("happened", RiskOutcome.HAPPENED),
        ("It happened", RiskOutcome.HAPPENED), ("HAPPENED", RiskOutcome.HAPPENED),
    )), _MORE,
)  # fmt: skip
def test_what_became_of_a_risk_is_read_from_the_first_words(said: tuple[str, RiskOutcome], more: str) -> None:
    assert risk_outcome(f"{said[0]}{more}") is said[1]
    assert risk_outcome(f"  {said[0].upper()}{more} ") is said[1]


@given(st.text())
def test_any_text_says_what_became_of_it_or_does_not(text: str) -> None:
    outcome = risk_outcome(text)
    assert further(text) in text
    assert further("happened, twice: on Monday (and later)") == "twice: on Monday (and later)"
    assert outcome is not RiskOutcome.UNKNOWN or further(text) == text.strip()
    assert decided(text) in Decision


@pytest.mark.parametrize(
    "text",
    ["", "two people asked", "held up the release", "happening", "happened? who knows", "the mitigation", "?"],
)
def test_other_words_say_nothing(text: str) -> None:
    assert risk_outcome(text) is RiskOutcome.UNKNOWN


@pytest.mark.parametrize(
    ("text", "decision"),
    [("go", Decision.GO), ("Go.", Decision.GO), ("no-go", Decision.NO_GO), ("NO GO: too late", Decision.NO_GO),
     ("go with conditions: after 20:00", Decision.CONDITIONS), ("conditional go", Decision.CONDITIONS),
     ("", Decision.NONE),     ("goes ahead", Decision.NONE), ("maybe", Decision.NONE), ("go with care", Decision.NONE)],
)  # fmt: skip
def test_decisions_as_people_write_them(text: str, decision: Decision) -> None:
    assert decided(text) is decision


def test_check_asks_for_what_nobody_wrote_down(kb: Kb, clock: Clock) -> None:
    made = release(kb, "--status", "in-progress", "--decision", "no-go", "--risk", "Old tabs", "--check", "Log in",
                   "--rollback", "4.9")  # fmt: skip
    said = kb("check").out
    assert "decided no-go, but status is in progress" in said
    assert "what became" not in said
    kb("set", "status=done", "decision=rather not")
    lines = {line.split(": ")[1]: line for line in kb("check").out.splitlines()}
    assert set(lines) == {
        "'rather not' is no decision", "nobody wrote down what became of this risk", "a check has no result",
    }  # fmt: skip
    line = next(number for number, text in enumerate(kb.text(f"entries/deployments/2019/{made.id}.md").split("\n"), 1)
                if text.startswith("- Old tabs"))  # fmt: skip
    assert f"{made.id}.md:{line}:" in lines["nobody wrote down what became of this risk"]
    kb("set", "decision=go with conditions: at night")
    kb("risk", "became", "tabs", "did-not-happen")
    kb("verify", "done", "log in")
    assert kb("check", "--strict").out == ""


def test_on_a_terminal_it_asks_three_things(kb: Kb) -> None:
    import pty

    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "kb", "new", "deployment"], cwd=kb.root, stdin=slave, stdout=slave, stderr=slave,
        env={**os.environ, "COLUMNS": "80", "TERM": "xterm"}, close_fds=True,
    )  # fmt: skip
    os.close(slave)
    for prompt, answer in (
        ("What is deployed?", "Release 4.10"),
        ("Which services?", "web 4.10, back office 4.9 -> 4.10, cron"),
        ("With what tool, or when?", "Octopus Deploy; 25:00 to 26:00"),
        ("With what tool, or when?", "Octopus Deploy; 2030-11-24 05:00 to 06:00"),
    ):
        _until(master, prompt)
        os.write(master, f"{answer}\n".encode())
    _until(master, "planned")
    assert process.wait(30) == 0
    (path,) = kb.files()
    found = entry(kb, path)
    assert [(one.name, one.previous, one.version) for one in found.services] == [
        ("web", "", "4.10"), ("back office", "4.9", "4.10"), ("cron", "", ""),
    ]  # fmt: skip
    assert (found.title, found.tool, found.window_end is not None) == ("Release 4.10", "Octopus Deploy", True)


def test_a_database_of_an_earlier_schema_gets_its_rows_anew(kb: Kb, clock: Clock) -> None:
    release(kb, "--status", "in-progress")
    kb("log", "step 1")
    with closing(sqlite3.connect(kb.root / ".kb/kb.sqlite")) as connection:
        connection.execute("alter table deployments drop column override")
        connection.execute("update meta set value = '1' where key = 'schema'")
        connection.commit()
    assert "step 2" in kb("log", "step 2").out
    with closing(sqlite3.connect(kb.root / ".kb/kb.sqlite")) as connection:
        assert connection.execute("select status, override from deployments").fetchall() == [("in progress", "")]
        assert connection.execute("select count(*) from events").fetchone() == (2,)
        assert connection.execute("select value from meta").fetchall() == [("2",)]
    assert len(kb("history", "web", "--json").json["revisions"]) == 3


def test_its_page_tells_what_became_of_each_risk_and_what_was_overridden() -> None:
    risks = ("did not happen", "happened, the mitigation held: two <b>people</b> asked", "happened", "who knows", "")
    deployment = Deployment(
        id="2019-03-12-r", title="R", status=DeploymentStatus.SUCCEEDED, override="it mends <i>the outage</i>",
        risks=tuple(Risk(f"Risk {number}", outcome=text, id=str(number)) for number, text in enumerate(risks)),
    )  # fmt: skip
    made = str(book(Edition("Notes", NOW, (Article(deployment, "entries/r.md"),)))["deployments/2019-03-12-r.md"])
    rows = re.findall(r'<li><div><div class="kb-risk__t">Risk \d</div></div>(.*?)</li>', made)
    assert [re.findall(r'kb-pill--(\w+)">(.*?)</span>(.*?)</p>', row) for row in rows] == [
        [("quiet", "Did not happen", "")],
        [("ok", "Happened, the mitigation held", " two &lt;b&gt;people&lt;/b&gt; asked")],
        [("bad", "Happened", "")], [], [],
    ]  # fmt: skip
    assert "who knows" in rows[3]
    assert "nobody has written it down" in rows[4]
    assert "<b>Overridden</b> it mends &lt;i&gt;the outage&lt;/i&gt;" in made


# the snippets of the README


README = (ROOT / "README.md").read_text("utf-8")
SNIPPETS = re.findall(r"<!-- pipeline -->\n```(yaml|bash)\n(.*?)```", README, re.DOTALL)
GIVEN = {
    "VERSION": "4.10", "CI_COMMIT_TAG": "4.10", "CI_JOB_STATUS": "success", "SERVICE": "web=4.10", "STATUS": "done",
    "STARTED": "2026-11-20T11:00:00Z", "FINISHED": "2026-11-20T11:40:00Z",
}  # fmt: skip
STUBS = """
kb() { "$PYTHON" -m kb "$@"; }
jq() { "$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))["id"])' "$3"; }
pip() { test "$*" = "install postmortem-kb"; }
get_octopusvariable() { cat "octopus/$1" 2>/dev/null || true; }
set_octopusvariable() { printf %s "$2" > "octopus/Octopus.Action[Tell kb].Output.$1"; }
"""


def scripts(kind: str, text: str) -> list[str]:
    """The shell scripts of a snippet, each run by a shell of its own."""
    if kind == "bash":
        return [text]
    document = yaml.safe_load(text)
    jobs = [document, *(document.get("jobs") or {}).values()] if "jobs" in document else [document]
    found = [step["run"] for job in jobs for step in job.get("steps", ()) if "run" in step]
    for job in document.values():
        if isinstance(job, dict):
            found += ["\n".join(job[name]) for name in ("script", "after_script") if name in job]
    return found


class Pipeline:
    """A runner with the notes checked out, as the snippets expect it."""

    def __init__(self, kb: Kb, folder: Path) -> None:
        self.kb, self.folder = kb, folder
        for name in ("octopus", "bare"):
            (folder / name).mkdir(parents=True)
        (folder / "octopus/Octopus.Release.Number").write_text("4.10")
        (folder / "octopus/Octopus.Environment.Name").write_text("production")
        (folder / "deploy.sh").write_text('#!/bin/sh\ntest -z "$BROKEN"\n')
        (folder / "deploy.sh").chmod(0o755)
        (folder / "notes").symlink_to(kb.root)
        self.git("init", "-q", "--bare", str(folder / "bare"), at=folder)
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", str(folder / "bare"))
        self.git("config", "push.autoSetupRemote", "true")

    def git(self, *words: str, at: Path | None = None) -> str:
        return subprocess.run(
            ["git", *words], cwd=at or self.kb.root, check=True, capture_output=True, text=True
        ).stdout

    def run(self, script: str, at: Path | None = None, **given: str) -> int:
        """Runs a script with the first error ending it, as the runners do; what it tells GitHub comes with the next."""
        told = self.folder / "github.env"
        known = dict(line.split("=", 1) for line in told.read_text().split()) if told.exists() else {}
        plain = re.sub(r"\$\{\{ job\.status.*?\}\}", given.get("JOB", "succeeded"), script)
        environment = {
            **os.environ, **GIVEN, **known, "PYTHON": sys.executable, "GITHUB_ENV": str(told),
            "KB_ROOT": str(self.kb.root), "PYTHONPATH": str(ROOT), **given,
        }  # fmt: skip
        ran = subprocess.run(["bash", "-e", "-c", STUBS + plain], cwd=at or self.folder, env=environment, check=False,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True)  # fmt: skip
        assert "Traceback" not in ran.stderr
        return ran.returncode


def test_the_story_of_the_readme_runs_as_it_is_written(kb: Kb, tmp_path: Path) -> None:
    (story,) = re.findall(r"## Deployments\n[^`]*```bash\n(.*?)```", README, re.DOTALL)
    assert Pipeline(kb, tmp_path / "runner").run(story) == 0
    (path,) = kb.files()
    found = entry(kb, path)
    assert (str(found.status), decided(found.decision), found.services[0].version) == (
        "provisional", Decision.CONDITIONS, "4.10",
    )  # fmt: skip
    assert found.meeting
    assert (risk_outcome(found.risks[0].outcome), found.checks[0].done) == (RiskOutcome.DID_NOT_HAPPEN, True)


NAMES = ("GitHub Actions", "GitLab CI", "Octopus Deploy", "Argo CD")


def snippet(name: str) -> list[str]:
    """The scripts of one tool's snippets."""
    found = {tool: [one for kind, text in SNIPPETS if tool in text for one in scripts(kind, text)] for tool in NAMES}
    found["Octopus Deploy"] += [text for kind, text in SNIPPETS if "Octopus.Deployment.Error" in text]
    return found[name]


@pytest.mark.parametrize("name", NAMES)
def test_the_snippets_of_the_readme_record_a_deployment(kb: Kb, tmp_path: Path, name: str) -> None:
    pipeline = Pipeline(kb, tmp_path / "runner")
    at = kb.root if name == "Argo CD" else None  # its workflow is one of the notes
    assert len(snippet(name)) >= 2
    for script in snippet(name):
        assert pipeline.run(script, at) == 0, script
    found = kb("show", "web-4-10", "--json").json
    assert (found["tool"], found["services"][0]["version"]) == (name, "4.10")
    expected = "succeeded" if name == "Argo CD" else "provisional"  # that one is told of as run some time ago
    assert found["status"] == expected
    assert found["started"]
    assert found["finished"]
    if name in ("GitHub Actions", "Argo CD"):
        assert found["path"] in pipeline.git("ls-tree", "-r", "--name-only", "origin/main")


@pytest.mark.parametrize("name", NAMES[:3])
def test_a_pipeline_that_breaks_says_so_and_a_freeze_stops_it_before(kb: Kb, tmp_path: Path, name: str) -> None:
    pipeline = Pipeline(kb, tmp_path / "runner")
    begin, *others = [script for script in snippet(name) if "pip install" not in script]
    frozen = {"KB_FREEZE": "Always: every day"}
    assert pipeline.run(begin, None, **frozen) == 3
    assert kb.files() == {}
    (pipeline.folder / "octopus/Octopus.Deployment.Error").write_text("it broke")
    pipeline.run(begin, BROKEN="1")
    for script in others:
        pipeline.run(script, BROKEN="1", CI_JOB_STATUS="failed", JOB="failed")
    found = kb("show", "web-4-10", "--json").json
    assert (found["status"], bool(found["finished"])) == ("failed", True)
