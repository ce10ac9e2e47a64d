"""What is run, what was deployed and what is left to do, as a team finds them on the site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import demo
import pytest
import shop
from test_site_pages import headings, words

from kb.journeys.edition import Article, Edition
from kb.journeys.services import service_slug
from kb.model import (
    ActionItem,
    Card,
    Deployment,
    DeploymentLink,
    DeploymentStatus,
    Entry,
    Incident,
    IncidentStatus,
    Match,
    Moment,
    Question,
    Relation,
    ServiceVersion,
    Suspect,
    System,
    Verdict,
)
from kb.site.book import book, sheets
from kb.site.parts.figures import spark

BASKETS = "2026-02-17-shoppers-lose-their-baskets"
TURNED, CLEARED = "2026-02-17-storefront-4-14", "2026-08-10-shipping-2-9"


def edition(*entries: Entry, library: tuple[Entry, ...] = (), **fields: object) -> Edition:
    own = [Article(one, f"entries/{one.kind}s/2026/{one.id}.md") for one in entries]
    others = [Article(one, f"entries/library/{one.id}.md") for one in library]
    return Edition("Shop", demo.NOW, tuple(sorted(own + others, key=lambda one: one.entry.id)), **fields)  # type: ignore[arg-type]


def pages(*entries: Entry, library: tuple[Entry, ...] = (), **fields: object) -> Mapping[str, str]:
    made = book(edition(*entries, library=library, **fields))
    return {name: text for name, text in made.items() if isinstance(text, str) and name.endswith(".md")}


@pytest.fixture(scope="module")
def year() -> Mapping[str, str]:
    """A year of a small shop, with an incident going on."""
    return pages(*shop.every(), demo.going_on(), demo.suspect())


def read(markup: str) -> str:
    """What a reader sees of a part of a page."""
    return words(f"------{markup}")


def rows(page: str) -> list[str]:
    """The rows of a page's tables, as read."""
    return [read(row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page)]


def test_a_service_is_what_incidents_deployments_and_systems_name(year: Mapping[str, str]) -> None:
    found = [name.removeprefix("services/") for name in year if name.startswith("services/")]
    assert found == [
        "back-office.md", "checkout.md", "payments-api.md", "shipping.md", "storefront.md", "web-content.md",
    ]  # fmt: skip
    checkout = next(row for row in rows(year["services.md"]) if row.startswith("checkout"))
    assert checkout == "checkout 1 open 4 23 Nov 2026 2 h 15 min median of 3 2 50 % 1 of 2 5 2 overdue"


def test_the_library_makes_no_service_and_its_names_are_not_ours() -> None:
    theirs = Incident(id="2020-01-01-x", title="x", company="Acme", services=("checkout", "rockets"))
    found = pages(Deployment(id="2020-02-02-y", title="y", services=(ServiceVersion("checkout"),)), library=(theirs,))
    assert "services/rockets.md" not in found
    assert "0 incidents" in words(found["services/checkout.md"])
    assert "services/checkout" not in found["library/2020-01-01-x.md"]


def test_two_spellings_are_one_service_under_the_usual_one() -> None:
    named = ("Back-Office", "back office", "back office", "BACK OFFICE")
    entries = [Incident(id=f"2026-01-0{n}-x", title="x", services=(name,)) for n, name in enumerate(named, 1)]
    found = pages(*entries)
    assert "<h1" in found["services/back-office.md"]
    assert "4 incidents" in words(found["services/back-office.md"])
    assert '<a href="services/back-office.html" class="kb-t__t">back office</a>' in found["services.md"]
    assert '<a href="../services/back-office.html">BACK OFFICE</a>' in found["incidents/2026-01-04-x.md"]


def test_services_in_other_scripts_keep_apart() -> None:
    assert service_slug("支払い") != service_slug("検索")
    assert service_slug("支払い") == service_slug("支払い ")
    assert service_slug("Payments API") == "payments-api"


def test_a_service_has_its_incidents_deployments_measures_and_open_actions(year: Mapping[str, str]) -> None:
    page = year["services/checkout.md"]
    assert headings(page) == ["Open now", "Open actions", "Incidents", "Deployments"]
    text = words(page)
    assert "Time to detect 24 min median of 4 Time to mitigate 2 h 15 min median of 3" in text
    assert "Change failure rate 50 % 1 of 2 deployments" in text
    assert "runs on sql-server, the database of every product , web-01, the first web server" in text
    assert "To do: Alarm on emptied baskets 6 months late · @storefront · SHOP-92 · due 30 Apr 2026" in text
    assert "SEV2 17 Feb 2026 · 2 h 15 min “Do both web servers run the same version?”" in text
    assert "Find out who uses the file share" in text


def test_a_service_page_says_what_was_found_out_later(year: Mapping[str, str]) -> None:
    text = words(year["services/storefront.md"])
    assert "At first: Succeeded caused Shoppers lose their baskets every ten minutes" in text
    assert "cleared of The courier refuses our shipping labels" in words(year["services/shipping.md"])


def test_a_service_without_times_or_deployments_says_so() -> None:
    bare = Incident(id="2026-01-01-x", title="x", services=("search",), status=IncidentStatus.RESOLVED)
    text = words(pages(bare)["services/search.md"])
    assert "Time to detect – no times written down yet" in text
    assert "Change failure rate – no deployment yet" in text
    only = System(id="h", title="h", services=("search",))
    assert "0 incidents 0 deployments" in words(pages(only)["services/search.md"])


def test_names_lead_to_their_services_and_hosts_to_their_system(year: Mapping[str, str]) -> None:
    incident = year[f"incidents/{BASKETS}.md"]
    assert '<a href="../services/storefront.html">storefront</a>, <a href="../services/checkout.html">' in incident
    assert '<a href="../systems/web-01.html">web-01</a>' in incident
    assert '<b><a href="../services/storefront.html">storefront</a></b> 4.13 → 4.14' in year[f"deployments/{TURNED}.md"]
    host = System(id="database", title="The database", hosts=("db-7",))
    on_it = Incident(id="2026-01-01-x", title="x", systems=("db-7",))
    found = pages(host, on_it)
    assert '<a href="../systems/database.html">db-7</a>' in found["incidents/2026-01-01-x.md"]
    assert "2026-01-01-x.html" in found["systems/database.md"]


def test_actions_begin_with_the_most_overdue(year: Mapping[str, str]) -> None:
    page = year["actions.md"]
    assert headings(page) == ["To do", "By owner", "Done lately"]
    order = [re.split(r" \d+ [A-Z]| no date", row)[0] for row in rows(page)[1:6]]
    assert order == [
        "Alarm on emptied baskets", "Split the statement job by customer",
        "Find out who uses the file share, then remove it", "Test every payment call with two at once",
        "Write down which jobs may run in office hours",
    ]  # fmt: skip
    first = "Alarm on emptied baskets 30 Apr 2026 6 months late @storefront 9 months SHOP-92 Shoppers lose their"
    assert rows(page)[1].startswith(first)
    assert rows(page)[5].endswith("no date no owner 6 months Month-end statements block the order tables 5 May 2026")
    said = "5 of 8 action items are still to be done: 2 overdue, 1 without an owner. The oldest has waited 9 months."
    assert said in words(page)


def test_actions_sort_by_what_they_mean_not_by_what_they_show(year: Mapping[str, str]) -> None:
    page = year["actions.md"]
    assert 'data-kb-table data-filter="Filter actions">' in page
    assert '<th scope="col" data-sort="number">Age</th>' in page
    assert '<td data-value="2026-04-30" data-label="Due">30 Apr 2026<b class="kb-late">6 months late</b></td>' in page
    assert '<td data-value="279" data-label="Age">9 months</td>' in page


def test_actions_by_owner_end_with_what_nobody_has(year: Mapping[str, str]) -> None:
    owners = re.findall(r'<h3 id="[^"]*">(.*?)</h3>', year["actions.md"])
    assert [read(one) for one in owners] == [
        "@back-office 1 to do, 1 overdue", "@payments 1 to do", "@platform 1 to do",
        "@storefront 1 to do, 1 overdue", "No owner 1 to do",
    ]  # fmt: skip
    spelled = (ActionItem("a", owner="@Ops"), ActionItem("b", owner="ops"), ActionItem("c", owner="ops"))
    one = pages(Incident(id="2026-01-01-x", title="x", actions=spelled))["actions.md"]
    assert "ops 3 to do" in words(one)


def test_what_was_done_lately_says_how_long_it_took(year: Mapping[str, str]) -> None:
    done = read(year["actions.md"].partition("## Done lately")[2])
    assert "Book the 41 double vouchers back 15 Oct 2026 @office 8 days" in done
    assert "Let the release fail" not in done  # in March: not lately


def test_an_action_of_a_library_incident_is_nobodys_here() -> None:
    theirs = Incident(id="2020-01-01-x", title="x", actions=(ActionItem("Never again", due=date(2020, 2, 1)),))
    found = pages(library=(theirs,))
    assert "No action item is written down yet. kb action add makes the first." in words(found["actions.md"])
    assert "late" not in words(found["library/2020-01-01-x.md"])


def test_an_entrys_actions_say_whose_they_are_and_how_old(year: Mapping[str, str]) -> None:
    text = words(year[f"incidents/{BASKETS}.md"])
    assert "versions differ @platform · SHOP-91 · done 4 Mar 2026 · after 15 days" in text
    assert "6 months late · @storefront · SHOP-92 · due 30 Apr 2026 · open for 9 months" in text


def test_an_incident_found_later_turns_a_deployment(year: Mapping[str, str]) -> None:
    said = {row.partition(" Octopus")[0]: row for row in rows(year["deployments.md"])}
    assert said["Storefront 4.14"].endswith(
        "At first: Succeeded Caused an incident caused Shoppers lose their baskets every ten minutes"
    )
    assert said["Payments API 3.2"].endswith(
        "At first: Succeeded Had a part in an incident contributed to Vouchers can be used twice"
    )
    assert said["Shipping 2.9"].endswith("Succeeded cleared of The courier refuses our shipping labels")
    assert "8 deployments. 3 of the 7 that reached production hurt, which is 43 %." in words(year["deployments.md"])
    assert "At first: Succeeded Caused an incident" in words(year[f"deployments/{TURNED}.md"])
    assert "Succeeded 10 Aug 2026" in words(year[f"deployments/{CLEARED}.md"])


def test_the_calendar_has_both_on_their_days(year: Mapping[str, str]) -> None:
    page = year["deployments.md"]
    months = re.findall(r"<h3[^>]*>(\w+ \d{4})</h3>", page)
    assert months == ["May 2026", "June 2026", "August 2026", "October 2026", "November 2026", "December 2026"]
    october = page.partition("October 2026</h3>")[2].partition("</table>")[0]
    seventh = next(day for day in re.findall(r"<td.*?</td>", october) if ">7</span>" in day)
    assert read(seventh) == "7 Deployment that hurt: Payments API 3.2 Incident: Vouchers can be used twice"
    assert october.count('<th scope="col">') == 7
    assert "February 2026" in year["calendar.md"]
    assert 'href="calendar.html"' in page


def test_a_day_is_the_entrys_own_and_many_are_counted() -> None:
    night = Moment(datetime(2026, 3, 1, 2, tzinfo=UTC))
    many = [
        Deployment(id=f"2026-03-01-{n}", title=f"Release {n}", started=night, timezone="America/Chicago")
        for n in range(7)
    ]
    page = pages(*many)["calendar.md"]
    assert "February 2026" in page
    assert "March 2026" not in page
    assert len(re.findall(r'<a href="deployments/', page)) == 4
    assert "+3 more" in words(page)


def test_an_open_incident_shows_what_its_likes_left_undone() -> None:
    likes = (Match(Card(BASKETS, "incident", "x", "entries/x.md"), 5.0), Match(Card("gone", "incident", "x", "y"), 1.0))
    why = ("suspected", "finished 2 h 9 min before it began", "same system: a")
    suspects = (
        Suspect(demo.SUSPECT, "Web content 4.18.2", "", 2.0, why),
        Suspect(CLEARED, "Shipping 2.9", "", -8.0, ("ruled-out", "finished 2 days before it began")),
    )
    links = (*demo.going_on().deployments, DeploymentLink(CLEARED, Relation.RULED_OUT))
    burning = replace(demo.going_on(), deployments=links)
    page = pages(*shop.every(), demo.suspect(), burning, similar={demo.OPEN: likes}, suspects={demo.OPEN: suspects})
    text = words(page[f"incidents/{demo.OPEN}.md"])
    assert "Left undone by its likes To do: Alarm on emptied baskets 6 months late" in text
    assert "Let the release fail" not in text
    assert "Web content 4.18.2 Suspected finished 2 h 9 min before it began same system: a" in text
    assert "Shipping 2.9 Cleared finished 2 days before it began" in text


def test_a_closed_incident_names_what_was_ruled_out(year: Mapping[str, str]) -> None:
    text = words(year["incidents/2026-08-11-courier-refuses-our-labels.md"])
    assert "Ruled out Shipping 2.9 Did the release change how labels are made?" in text


def test_a_system_shows_what_should_not_be_there_and_what_is_left_to_do(year: Mapping[str, str]) -> None:
    text = words(year["systems.md"])
    assert "web-02, the second web server production · platform team · 3 expected to run · 1 incident" in text
    assert "2 open actions, 1 overdue The other half. A file share that somebody set up" in text
    page = year["systems/web-02.md"]
    assert headings(page)[:5] == [
        "Found but unexpected", "Expected to run", "Incidents on it", "Deployments to it", "Left to do after these",
    ]  # fmt: skip
    assert "Alarm on emptied baskets" in words(page)


def test_home_has_four_figures_that_say_what_they_rest_on(year: Mapping[str, str]) -> None:
    text = words(year["index.md"])
    assert "Incidents in the last 12 months 6 0 in the 12 before" in text
    assert "Time until it no longer hurt 2 h 15 min median of 5, last 12 months" in text
    assert "Cracking question written down 4 of 5 closed incidents, last 12 months" in text
    assert "Change failure rate 43 % 3 of 7 deployments, last 12 months" in text
    assert year["index.md"].count('class="kb-spark"') == 4


def test_figures_of_a_quiet_year_are_those_of_all_time() -> None:
    old = replace(shop.incidents()[0], started=shop.at(2, 17, 10), deployments=())
    later = replace(edition(old), as_of=demo.NOW + timedelta(days=900))
    text = words(str(book(later)["index.md"]))
    assert "No incident is open The last one began 3 years ago: Shoppers lose their baskets" in text
    assert "Incidents in the last 12 months 0 0 in the 12 before" in text
    assert "2 h 20 min one value only, all time" in text
    assert "Change failure rate – no deployment yet" in text


def test_an_open_incident_owes_no_cracking_question_yet() -> None:
    assert "Cracking question written down – no incident is closed yet" in words(pages(demo.going_on())["index.md"])


def test_a_line_needs_movement_and_leaves_out_what_is_not_known() -> None:
    assert spark([1, 1, 1]) is None
    assert spark([None, 2.0, None]) is None
    drawn = spark([0.0, None, 2.0])
    assert drawn is not None
    assert 'points="0.0,22.0 100.0,2.0"' in drawn


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("index", "Nothing is written down yet. kb new incident makes the first entry."),
        ("services", "No entry names a service yet. kb new incident --service NAME makes the first."),
        ("deployments", "No deployment is written down yet. kb new deployment makes the first."),
        ("systems", "No system is written down yet. kb new system makes the first."),
        ("actions", "No action item is written down yet. kb action add makes the first."),
        ("calendar", "Nothing has a date yet. kb new deployment makes the first."),
    ],
)
def test_an_empty_page_names_the_command_that_makes_the_first(name: str, said: str) -> None:
    assert said in words(pages()[f"{name}.md"])


def test_one_entry_without_anything_is_enough_for_every_page() -> None:
    asked = Question("Why?", verdict=Verdict.DEAD_END)
    for one in (
        Incident(id="x", title="x", services=(" ", "!"), questions=(asked,), actions=(ActionItem("Do it"),)),
        Deployment(id="x", title="x", status=DeploymentStatus.FAILED, services=(ServiceVersion(""),)),
        System(id="x", title="x", hosts=("x",)),
    ):
        assert all(words(page) for page in pages(one).values())
    assert "Do it no date no owner –" in words(
        pages(Incident(id="x", title="x", actions=(ActionItem("Do it"),)))["actions.md"]
    )


def test_a_page_is_made_again_when_what_it_shows_of_others_changes() -> None:
    before = edition(*shop.every())
    blamed = replace(shop.incidents()[3], title="Vouchers can be used three times")
    after = edition(*(blamed if entry.id == blamed.id else entry for entry in shop.every()))
    marks = {sheet.path: sheet.mark for sheet in sheets(before)}
    changed = {sheet.path for sheet in sheets(after) if sheet.mark and marks[sheet.path] != sheet.mark}
    old, new = book(before), book(after)
    differing = {name for name in new if new[name] != old[name] and "/" in name}
    assert "services/payments-api.md" in differing
    assert "systems/web-02.md" in differing  # its deployment had a part in it
    assert differing <= changed
    assert "services/shipping.md" not in changed
