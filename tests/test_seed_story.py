"""The story kb comes from, told through its commands minute by minute, and read in the browser at the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from pictures import SHAPES, chromium, tab
from playwright.sync_api import expect

from commands import Kb
from kb.markdown import parse
from kb.model import Incident

DAY = "2019-03-12"
QUESTION = "What is currently running on our application server?"


def tell_it(kb: Kb) -> str:
    """The morning of the twelfth of March; the incident's id."""
    kb("new", "system", "app-server-01", "--expect", "IIS with the .NET sites", "--service", "storefront")
    kb("new", "deployment", "Release 4.10", "--service", "storefront=4.10", "--service", "back office=4.10",
       "--tool", "Octopus Deploy", "--window", f"{DAY} 05:00 to 06:00", "--rollback", "Deploy 4.9 again.",
       "--change", "Two of five products.", "--system", "app-server-01")  # fmt: skip
    kb("set", "discussion=A short meeting. Everyone was comfortable.", f"meeting={'2019-03-11 16:00'}", "decision=go", "--on", "release")
    kb("set", "status=in progress", f"started={DAY} 05:00", "--on", "release")
    kb("log", "Every step green in Octopus Deploy.", "--at", f"{DAY} 05:20", "--kind", "change", "--on", "release")
    kb("set", "status=succeeded", f"finished={DAY} 05:20", "--on", "release")

    new = kb(
        "new", "incident", "All applications down four hours after a clean release", "--started", f"{DAY} 09:00",
        "--symptom", "No application answers.", "--symptom", "CPU near 100 % on the application server.",
        "--symptom", "SQL Server slow.", "--severity", "sev1", "--service", "storefront", "--service", "back office",
        "--system", "app-server-01", "--detected-by", "alert e-mails", "--json",
    ).json  # fmt: skip
    assert [suspect["id"] for suspect in new["suspects"]] == [f"{DAY}-release-4-10"]
    assert new["similar"] == []
    assert new["questions"], "an empty history offers the starter questions"

    kb("link", "all-applications", "release-4-10", "--relation", "suspected")
    kb("log", "Alert e-mails: none of our applications work.", "--at", f"{DAY} 09:00", "--kind", "detection", "--by", "IT operations")
    kb("ask", "Did this morning's release do this?", "--by", "IT operations", "--at", f"{DAY} 09:05")
    kb("answer", "Every step green; nothing in it explains the load.", "--by", "release team", "--verdict", "dead-end")
    kb("log", "The CTO begins to ask questions.", "--at", f"{DAY} 09:30", "--kind", "escalation")
    kb("ask", QUESTION, "--by", "CTO", "--at", f"{DAY} 09:30")
    kb("answer", "\"Just .NET sites.\" Said from memory; nobody had looked.", "--by", "IT operations", "--at", f"{DAY} 09:31")
    kb("answer", "Every web site checked: fine.", "--at", f"{DAY} 09:36")
    kb("answer", "running on", "Windows services looked at: a DotNetNuke executable nobody knew of.", "--verdict", "cracked",
       "--evidence", "dotnetnuke.exe   97  Running", "--at", f"{DAY} 09:45")  # fmt: skip
    kb("log", "The DotNetNuke service stopped.", "--at", f"{DAY} 09:48", "--kind", "action", "--by", "IT operations")
    kb("mitigate", "--at", f"{DAY} 09:50")
    kb("link", "all-applications", "release-4-10", "--relation", "ruled-out")
    kb("resolve", "--at", f"{DAY} 10:05", "--root-cause", "A DotNetNuke service nobody knew of used up the CPU.",
       "--resolution", "The service was stopped; CPU and SQL Server recovered.")  # fmt: skip
    kb("set", "summary=Nothing worked at nine; a service nobody knew of ate the server.", "--on", "all-applications")
    kb("set", "unexpected+=DotNetNuke, a Windows service", "--on", "app-server-01")
    kb("lesson", "Ask questions until you find answers.", "--on", "all-applications")
    kb("action", "add", "Inventory every service on every application server", "--owner", "@ops", "--due", "2019-03-22",
       "--on", "all-applications")  # fmt: skip
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
    assert [str(link) for link in (entry.deployments[0].id, entry.deployments[0].relation)] == [f"{DAY}-release-4-10", "ruled-out"]
    assert kb("show", name, "--json").json["questions"][1]["answers"][2]["evidence"] == "dotnetnuke.exe   97  Running"
    (hit,) = [hit for hit in kb("search", "high CPU after deploy", "--json").json["hits"] if hit["id"] == name]
    assert hit["cracked_by"] == QUESTION
    assert hit["fixed_by"] == "The service was stopped; CPU and SQL Server recovered."
    assert kb("check", "--strict").out == ""

    again = kb("new", "incident", "Shop does not answer", "--symptom", "processor at 100%", "--json").json
    assert again["similar"][0]["id"] == name
    assert QUESTION in [question["text"] for question in again["questions"][:3]]


def test_the_story_is_read_in_the_browser(told: tuple[Kb, str]) -> None:
    kb, name = told
    kb("build", "--strict")
    site: Path = kb.root / "site"
    with chromium() as browser, tab(browser, SHAPES[0]) as page:
        page.goto((site / f"incidents/{name}.html").as_uri())
        expect(page.get_by_role("heading", level=1)).to_have_text("All applications down four hours after a clean release")
        expect(page.locator("body")).to_contain_text(QUESTION)
        for heading in ("Where the time went", "Timeline", "Questions asked", "Root cause", "Action items"):
            expect(page.locator("h2", has_text=heading)).to_be_visible()
        expect(page.locator("body")).to_contain_text("quiet")

        page.goto((site / "index.html").as_uri())
        expect(page.locator("main")).to_contain_text(QUESTION)
        expect(page.locator("main")).to_contain_text("Ask questions until you find answers.")

        page.goto((site / "handle.html").as_uri())
        page.get_by_label("What are you seeing?").fill("high CPU after deploy")
        first = page.locator(".kb-results a", has_text="All applications down").first
        expect(first).to_be_visible()
        expect(page.locator(".kb-results")).to_contain_text(QUESTION)
        first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("All applications down four hours after a clean release")
