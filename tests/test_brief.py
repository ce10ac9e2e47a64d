"""`kb brief`: the paper for a risk meeting, from history alone; in the terminal, in Markdown, as data, on the site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import demo
import pytest
from bench.brief import base as thousands
from bench.brief import measure
from commands import Kb
from demo import PAYLOADS

from kb.config import load
from kb.journeys import briefing
from kb.journeys.brief import Brief, brief
from kb.journeys.edition import gather
from kb.journeys.find import Finder
from kb.journeys.paper import paper
from kb.model import (
    ActionItem,
    Answer,
    Deployment,
    DeploymentLink,
    DeploymentStatus,
    Entry,
    Incident,
    IncidentStatus,
    Item,
    Lesson,
    LessonKind,
    Moment,
    Question,
    Relation,
    Risk,
    ServiceVersion,
    Severity,
    System,
    Verdict,
)

QUESTION = "What is currently running on our application server?"
INVENTORY = "A server can only be checked against something if it is written down what belongs on it."
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
NEXT = Deployment(id="next", title="Web 5", services=(ServiceVersion("web", "5"),), systems=("web-01",))


def at(hours: float) -> Moment:
    """So many hours before it is asked."""
    return Moment(NOW - timedelta(hours=hours))


def ran(name: str, hours: float, *services: str, **fields: object) -> Deployment:
    versions = tuple(ServiceVersion(service, "4") for service in services or ("web",))
    given = {"status": DeploymentStatus.SUCCEEDED, "started": at(hours), "finished": at(hours), **fields}
    return Deployment(id=name, title=name.title(), services=versions, **given)


def over(name: str, hours: float, **fields: object) -> Incident:
    given = {"status": IncidentStatus.RESOLVED, "started": at(hours), **fields}
    return Incident(id=name, title=name.title(), **given)


def said(*own: Entry, plan: Deployment = NEXT) -> Brief:
    return brief(plan, own, (), NOW, 24)


def test_the_next_release_of_the_same_product_is_told_the_ctos_question_and_the_inventory_lesson(seeded: Kb) -> None:
    paper = seeded("brief", "--service", "storefront=4.11", "--tool", "Octopus Deploy").out
    assert QUESTION in paper
    assert f"★ {QUESTION}" in paper
    found = seeded("brief", "--service", "storefront=4.11", "--json").json
    assert found["questions"][0]["text"] == QUESTION
    assert found["questions"][0]["asked_in"] == ["2019-03-12-all-applications-down"]
    assert INVENTORY in [lesson["text"] for lesson in found["lessons"]]
    assert "Inventory every service on every application server" in [one["text"] for one in found["overdue"]]
    assert found["before"][0]["id"] == "2019-03-12-release-4-10"
    (after,) = found["before"][0]["after"]
    assert (after["relation"], after["seconds"]) == ("ruled-out", 12000)
    assert found["failures"] == {"part": 0, "whole": 1}  # ruled out stays visible and leaves the rate
    assert any("DotNetNuke" in one["text"] for one in found["unknown"])


def test_markdown_says_the_same_as_the_terminal(seeded: Kb) -> None:
    paper = seeded("brief", "--service", "storefront", "--markdown").out
    assert paper.startswith("# Before storefront\n")
    assert f"- ★ **{QUESTION}**\n  - cracked 2019-03-12-all-applications-down, asked 30 min in\n" in paper
    headings = [line.removeprefix("## ") for line in paper.split("\n") if line.startswith("## ")]
    shown = seeded("brief", "--service", "storefront").out.split("\n")
    assert headings
    assert [line for line in shown if line in headings] == headings


def test_an_empty_history_says_so_and_offers_the_questions_to_begin_with(kb: Kb) -> None:
    paper = kb("brief", "--service", "storefront=4.11").out
    assert "Nothing is recorded of these services yet" in paper
    found = kb("brief", "--service", "storefront=4.11", "--json").json
    assert found["before"] == found["lessons"] == found["overdue"] == []
    assert len(found["questions"]) == 8
    assert {tuple(one["reasons"]) for one in found["questions"]} == {("a question for any deployment",)}


def test_without_a_name_the_next_deployment_that_is_planned_is_meant(kb: Kb) -> None:
    missing = kb.fails("brief")
    assert missing.code == 10
    assert "no deployment is planned" in missing.err
    for day in ("03", "02"):
        words = ("--service", f"web={day}", "--window", f"2030-01-{day} 05:00 to 06:00")
        kb("new", "deployment", f"Release {day}", *words, "--json")
    kb("new", "deployment", "Forgotten", "--service", "web=1", "--window", "2020-01-01 05:00 to 06:00")
    assert kb("brief", "--json").json["title"] == "Release 02"
    assert kb("brief", "release-03", "--json").json["title"] == "Release 03"
    several = kb.fails("brief", "release")
    assert (several.code, "fits 2 entries" in several.err) == (10, True)
    assert kb.fails("brief", "nothing").code == 10
    both = kb.fails("brief", "release-03", "--service", "web")
    assert (both.code, "not both" in both.err) == (2, True)


def test_what_burns_now_comes_first_and_the_worst_of_what_it_shares(kb: Kb) -> None:
    found = said(
        over("elsewhere", 1, status=IncidentStatus.INVESTIGATING, severity=Severity.SEV1, services=("mail",)),
        over("small", 2, status=IncidentStatus.MITIGATED, severity=Severity.SEV3, services=("Web",)),
        over("large", 3, status=IncidentStatus.IDENTIFIED, severity=Severity.SEV2, systems=("web-01",)),
        over("closed", 4, services=("web",)),
    )
    assert [(one.id, one.shared) for one in found.burning] == [("large", True), ("small", True), ("elsewhere", False)]
    assert [one.id for one in found.alike] == ["closed"]


def test_a_freeze_and_why_it_goes_ahead_stand_above_all(kb: Kb) -> None:
    words = ("--service", "web=5", "--window", "2030-12-24 05:00 to 06:00")
    freeze = "Christmas: 2030-12-20 to 2031-01-02"
    kb("new", "deployment", "Web 5", *words, "--override", "the law of 2031", KB_FREEZE=freeze)
    found = kb("brief", "web-5", KB_FREEZE=freeze)
    assert "In the way\nIt goes ahead all the same: the law of 2031" in found.out
    assert "The freeze 'Christmas' (2030-12-20 00:00 to" in found.out
    assert kb("brief", "web-5", "--json").json["frozen"] == []


def test_the_last_deployments_stand_as_they_are_known_now() -> None:
    found = said(
        ran("first", 900), ran("second", 500), ran("other", 100, "mail"), ran("fresh", 2),
        ran("planned", -5, status=DeploymentStatus.PLANNED),
        over("late", 300, deployments=(DeploymentLink("second", Relation.CONTRIBUTING),)),
        over("doubt", 899, deployments=(DeploymentLink("first", Relation.SUSPECTED),)),
    )  # fmt: skip
    assert [(one.id, str(one.standing.status)) for one in found.before] == [
        ("fresh", "provisional"), ("second", "failed"), ("first", "provisional"),
    ]  # fmt: skip
    assert [(one.id, one.seconds) for one in found.before[1].after] == [("late", 200 * 3600)]
    assert (found.failures.part, found.failures.whole) == (1, 3)


def test_questions_come_from_what_was_nearest_each_once_and_dead_ends_are_not_asked_again() -> None:
    asked = (Question("Did the index lock the table?", verdict=Verdict.CRACKED, answers=(Answer("yes"),)),)
    again = Question("Did the index lock that table?", verdict=Verdict.LEAD)
    found = said(
        ran("release", 100, questions=(Question("Is everyone comfortable?", verdict=Verdict.DEAD_END),)),
        over("after", 99, deployments=(DeploymentLink("release", Relation.CAUSED),), questions=asked),
        over("again", 50, services=("web",), questions=(again,)),
        over("far", 40, services=("mail",), questions=(Question("Who sent it?", verdict=Verdict.CRACKED),)),
    )  # fmt: skip
    assert found.questions[0].text == "Did the index lock the table?"
    assert found.questions[0].asked_in == ("after", "again")
    assert [one.text for one in found.questions if one.asked_in][1:] == []


def test_lessons_risks_and_actions_name_where_they_stand() -> None:
    lessons = (
        Lesson("Restart by hand.", LessonKind.WRONG), Lesson("Look at the machine."), Lesson("Fine.", LessonKind.WELL),
    )  # fmt: skip
    late = ActionItem("Write the list", owner="@ops", due=(NOW - timedelta(days=9)).date())
    in_time = ActionItem("Later", due=(NOW + timedelta(days=9)).date())
    found = said(
        ran("new", 100, lessons=lessons, risks=(Risk("The cache is cold"), Risk("A lock", outcome="happened"))),
        ran("old", 300, risks=(Risk("A lock", outcome="did not happen"),)),
        over("down", 99, systems=("web-01",), actions=(late, in_time)),
    )
    assert [(one.text, one.entry) for one in found.lessons] == [
        ("Look at the machine.", "new"), ("Restart by hand.", "new"),
    ]  # fmt: skip
    assert [(one.text, one.entry, one.note) for one in found.risks] == [
        ("The cache is cold", "new", "nobody wrote down what became of it"), ("A lock", "new", "happened"),
    ]  # fmt: skip
    assert [(one.text, one.note, one.late_days) for one in found.overdue] == [("Write the list", "@ops", 9)]


def test_what_is_overdue_is_told_however_long_ago_it_was_promised() -> None:
    late = ActionItem("Write the list", due=(NOW - timedelta(days=900)).date())
    old = over("old", 24 * 990, services=("web",), actions=(late,))
    found = said(old, *(over(f"n{number:03}", number, services=("web",)) for number in range(1, 90)))
    assert [(one.text, one.note) for one in found.overdue] == [("Write the list", "no owner")]


def test_systems_are_those_it_names_and_those_its_services_run_on() -> None:
    host = System(id="host", title="Host", hosts=("web-01",), unexpected=(Item("a miner"),))
    runs = System(id="db", title="DB", services=("Web",), expected=(Item("postgres"),), unexpected=(Item("an FTP"),))
    other = System(id="mail", title="Mail", services=("mail",), unexpected=(Item("a game"),))
    found = said(host, runs, other, over("on-the-host", 5, systems=("HOST",)))
    assert [(one.text, one.entry) for one in found.unknown] == [("an FTP", "db"), ("a miner", "host")]
    assert found.unwritten == ("web-01",)
    assert [one.id for one in found.alike] == ["on-the-host"]


def test_the_page_and_the_terminal_say_the_same(base: Path) -> None:
    settings = load(base)
    pages = gather(settings, demo.NOW).briefs
    assert pages
    for name, page in pages.items():
        finder = Finder(settings)
        assert paper(briefing.briefed(finder, briefing.meant(finder, name, demo.NOW), demo.NOW)) == page


def test_names_without_a_latin_letter_are_found_too(kb: Kb) -> None:
    for service in ("магазин", "почта"):
        words = ("--service", f"{service}=1", "--status", "failed", "--started", "2026-01-01 05:00")
        kb("new", "deployment", f"Release of {service}", *words)
    found = kb("brief", "--service", "магазин=2", "--json").json
    assert [one["title"] for one in found["before"]] == ["Release of магазин"]


def test_what_others_deployed_is_no_deployment_of_ours(kb: Kb) -> None:
    path = kb.root / "entries/library/2020-01-01-their-release.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "---\nid: 2020-01-01-their-release\nkind: deployment\nstatus: planned\nsource: https://example.org\n---\n\n"
        "# Theirs\n"
    )
    assert kb.fails("brief", "their-release").code == 10
    assert kb.fails("brief").code == 10


def test_what_is_no_service_is_told_and_not_thrown(kb: Kb) -> None:
    for wrong in ("a(b", "", "=4"):
        ran = kb.fails("brief", "--service", wrong)
        assert (ran.code, "is not a service like 'storefront (4.9 -> 4.10)'" in ran.err) == (13, True)
        assert "Traceback" not in ran.err
    assert kb("brief", "--service", "web=4.9->4.10", "--service", "mail", "--json").json["title"] == "web 4.10 and mail"


def test_hostile_text_is_only_text(kb: Kb) -> None:
    every = " ".join(PAYLOADS) + " \x1b]0;x\x07 \u202e"
    kb("new", "deployment", f"Old {every}", "--service", "web=1", "--status", "failed", "--started", "2026-01-01 05:00",
       "--risk", every)  # fmt: skip
    kb("lesson", every, "--on", "old")
    for words in ((), ("--markdown",)):
        out = kb("brief", "--service", "web", *words).out
        assert out
        assert not set(out) & {"\x1b", "\x07", "\u202e"}
    assert "<script" not in kb("brief", "--service", "web", "--markdown").out


def test_the_site_has_a_brief_for_what_is_to_come(seeded: Kb) -> None:
    words = ("--service", "storefront=4.11", "--window", "2030-01-02 05:00 to 06:00", "--system", "app-server-01")
    made = seeded("new", "deployment", "Release 4.11", *words, "--json").json
    seeded("build", "--strict")
    page = (seeded.root / f"site/briefs/{made['id']}.html").read_text("utf-8")
    assert QUESTION in page
    assert "../incidents/2019-03-12-all-applications-down.html" in page
    assert f"../briefs/{made['id']}.html" in (seeded.root / f"site/deployments/{made['id']}.html").read_text("utf-8")
    forgotten = seeded("new", "deployment", "Forgotten", "--window", "2020-01-02 05:00 to 06:00", "--json").json["id"]
    seeded("set", "--on", made["id"], "status=cancelled")
    seeded("build", "--strict")
    assert not (seeded.root / f"site/briefs/{made['id']}.html").exists()
    assert not (seeded.root / f"site/briefs/{forgotten}.html").exists()


@pytest.mark.parametrize("count", [1000])
def test_a_brief_over_thousands_takes_less_than_two_searches(count: int, tmp_path: Path) -> None:
    thousands(count, tmp_path)
    search, asked = measure(tmp_path, 5)
    assert asked < 2 * search, f"search {search:.2f} s, brief {asked:.2f} s"
