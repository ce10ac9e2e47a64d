"""The story kb comes from, told through its commands minute by minute, and read in the browser at the end."""

from __future__ import annotations

import re
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from commands import Kb, Ran
from pictures import SHAPES, tab
from playwright.sync_api import Browser, expect

from kb.markdown import parse
from kb.model import Incident

DAY = "2019-03-12"
TITLE = "All applications down four hours after a clean release"
QUESTION = "What is currently running on our application server?"


BEFORE = """
new system app-server-01 --expect "IIS with the .NET sites" --service storefront
new deployment "Release 4.10" --service storefront=4.10 --service "back office=4.10" --system app-server-01 \
    --tool "Octopus Deploy" --window "DAY 05:00 to 06:00" --change "Two of five products." --rollback "Deploy 4.9."
set --on release meeting="2019-03-11 16:00" decision=go discussion="A short meeting. Everyone was comfortable."
set --on release status="in progress" started="DAY 05:00"
log --on release --at "DAY 05:20" --kind change "Every step green in Octopus Deploy."
set --on release status=succeeded finished="DAY 05:20"
"""
NINE_O_CLOCK = """
new incident "All applications down four hours after a clean release" --started "DAY 09:00" --severity sev1 \
    --symptom "No application answers." --symptom "CPU near 100 % on the application server." \
    --symptom "SQL Server slow." --service storefront --service "back office" --system app-server-01 \
    --detected-by "alert e-mails" --json
"""
AFTER = """
link all-applications release-4-10 --relation suspected
log --at "DAY 09:00" --kind detection --by "IT operations" "Alert e-mails: none of our applications work."
ask --at "DAY 09:05" --by "IT operations" "Did this morning's release do this?"
answer --by "release team" --verdict dead-end "Every step green; nothing in it explains the load."
log --at "DAY 09:30" --kind escalation "The CTO begins to ask questions."
ask --at "DAY 09:30" --by CTO "What is currently running on our application server?"
answer --at "DAY 09:31" --by "IT operations" "'Just .NET sites.' Said from memory; nobody had looked."
answer --at "DAY 09:36" "Every web site checked: fine."
answer --at "DAY 09:45" --verdict cracked --evidence "dotnetnuke.exe   97  Running" \
    "running on" "Windows services looked at: a DotNetNuke executable nobody knew of."
log --at "DAY 09:48" --kind action --by "IT operations" "The DotNetNuke service stopped."
mitigate --at "DAY 09:50"
link all-applications release-4-10 --relation ruled-out
resolve --at "DAY 10:05" --root-cause "A DotNetNuke service nobody knew of used up the CPU." \
    --resolution "The service was stopped; CPU and SQL Server recovered."
set --on all-applications summary="Nothing worked at nine; a service nobody knew of ate the server."
set --on app-server-01 unexpected+="DotNetNuke, a Windows service"
lesson --on all-applications "Ask questions until you find answers."
action add --on all-applications --owner @ops --due 2019-03-22 "Inventory every service on every application server"
"""


def tell(kb: Kb, story: str) -> Ran:
    """The commands of a story, one after the other; the answer to the last."""
    for line in story.replace("\\\n", " ").replace("DAY", DAY).strip().split("\n"):
        said = kb(*shlex.split(line))
    return said


def tell_it(kb: Kb) -> str:
    """The morning of the twelfth of March; the incident's id."""
    tell(kb, BEFORE)
    new = tell(kb, NINE_O_CLOCK).json
    assert [suspect["id"] for suspect in new["suspects"]] == [f"{DAY}-release-4-10"]
    assert new["similar"] == []
    assert new["questions"], "an empty history offers the starter questions"
    tell(kb, AFTER)
    return str(new["id"])


@pytest.fixture
def told(kb: Kb) -> tuple[Kb, str]:
    """A knowledge base in which the story has been told."""
    return kb, tell_it(kb)


def test_the_story_is_in_the_file_the_rows_and_the_index(told: tuple[Kb, str]) -> None:
    kb, name = told
    entry = parse(kb.text(f"entries/incidents/2019/{name}.md")).entry
    assert isinstance(entry, Incident)
    assert [str(q.verdict) for q in entry.questions] == ["dead end", "cracked it"]
    assert [str(link) for link in (entry.deployments[0].id, entry.deployments[0].relation)] == [
        f"{DAY}-release-4-10",
        "ruled-out",
    ]
    assert kb("show", name, "--json").json["questions"][1]["answers"][2]["evidence"] == "dotnetnuke.exe   97  Running"
    (hit,) = [hit for hit in kb("search", "high CPU after deploy", "--json").json["hits"] if hit["id"] == name]
    assert hit["cracked_by"] == QUESTION
    assert hit["fixed_by"] == "The service was stopped; CPU and SQL Server recovered."
    assert kb("check", "--strict").out == ""

    again = kb("new", "incident", "Shop does not answer", "--symptom", "processor at 100%", "--json").json
    assert again["similar"][0]["id"] == name
    assert QUESTION in [question["text"] for question in again["questions"][:3]]


def test_the_story_is_read_in_the_browser(told: tuple[Kb, str], browser: Browser) -> None:
    kb, name = told
    kb("build", "--strict")
    site: Path = kb.root / "site"
    with tab(browser, SHAPES[0]) as page:
        page.goto((site / f"incidents/{name}.html").as_uri())
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "All applications down four hours after a clean release"
        )
        expect(page.locator("body")).to_contain_text(QUESTION)
        for heading in ("Where the time went", "Timeline", "Questions asked", "Lessons", "Action items"):
            expect(page.locator("h2", has_text=heading)).to_be_visible()
        expect(page.locator("body")).to_contain_text("quiet")
        expect(page.locator(".kb-answer")).to_contain_text("A DotNetNuke service nobody knew of used up the CPU.")

        page.goto((site / "index.html").as_uri())
        expect(page.locator("main")).to_contain_text(QUESTION)
        expect(page.locator("main")).to_contain_text("Ask questions until you find answers.")

        page.goto((site / "handle.html").as_uri())
        page.get_by_label("What are you seeing?").fill("high CPU after deploy")
        first = page.locator(".kb-results a", has_text="All applications down").first
        expect(first).to_be_visible()
        expect(page.locator(".kb-results")).to_contain_text(QUESTION)
        first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "All applications down four hours after a clean release"
        )


def standing(kb: Kb, name: str) -> tuple[str, str | None]:
    """How a deployment stands, as commands say it: its status, and what an incident says of it."""
    found = kb("show", name, "--json").json["standing"]
    (listed,) = kb("list", "deployments", "--json").json["entries"]
    assert listed["standing"] == found
    return found["status"], found["verdict"]


def rows(kb: Kb, name: str) -> tuple[str, list[str]]:
    """The same in the rows: the stored status, and the relations that name it."""
    with closing(sqlite3.connect(kb.root / ".kb/kb.sqlite")) as database:
        (status,) = database.execute("SELECT status FROM deployments WHERE entry = ?", (name,)).fetchone()
        said = database.execute("SELECT relation FROM deployment_links WHERE deployment = ?", (name,)).fetchall()
    return status, [relation for (relation,) in said]


def page_of(kb: Kb, name: str) -> str:
    """The words of its page."""
    kb("build", "--strict")
    return re.sub(r"<[^>]*>", " ", (kb.root / f"site/deployments/{name}.html").read_text("utf-8"))


def test_the_release_is_provisional_then_suspected_then_ruled_out(kb: Kb) -> None:
    """In what commands say, in the rows, in the files and on the pages, as on that morning."""
    words = ("--service", "storefront=4.10", "--tool", "Octopus Deploy", "--status", "in-progress")
    name = kb("new", "deployment", *words, "--started", "5 hours ago", "--json").json["id"]
    path = kb("show", name, "--json").json["path"]
    said = kb("set", "--on", name, "status=succeeded", "finished=4 hours ago").out
    assert "provisional until" in said, "green steps are no success yet"
    assert "then succeeded by itself" in " ".join(said.split())
    assert standing(kb, name) == ("provisional", None)
    assert rows(kb, name) == ("provisional", [])
    assert "status: provisional\n" in kb.text(path)
    assert "Green so far; its soak time is not over" in page_of(kb, name)

    new = kb("new", "incident", "All down", "--severity", "sev1", "--service", "storefront", "--json").json
    assert [suspect["id"] for suspect in new["suspects"]] == [name]
    assert "still provisional" in new["suspects"][0]["reasons"]
    kb("link", "all-down", name, "--relation", "suspected")
    assert standing(kb, name) == ("provisional", "suspected")
    assert rows(kb, name) == ("provisional", ["suspected"])
    assert f"  - {name} (suspected)\n" in kb.text(new["path"])
    assert "an incident suspects it" in page_of(kb, name)

    assert f"ruled out for {new['id']}" in kb("link", "all-down", name, "--relation", "ruled-out").out
    assert standing(kb, name) == ("provisional", "ruled-out")
    assert rows(kb, name) == ("provisional", ["ruled-out"])
    assert f"  - {name} (ruled-out)\n" in kb.text(new["path"])
    told = page_of(kb, name)
    assert "Ruled out for" in told
    assert "its soak time is not over" in told
    assert kb("stats", "--json").json["change_failure_rate"]["part"] == 0

    kb("set", "--on", name, "started=2 days ago", "finished=47 hours ago")
    assert standing(kb, name) == ("succeeded", "ruled-out"), "by itself, when nobody looks"
    assert "status: provisional\n" in kb.text(path), "nothing was written for it"
