"""`kb stats`, the page of metrics and the actions that are left: the same figures, each with what it rests on."""

from __future__ import annotations

import contextlib
import io
import re
import sqlite3
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from commands import Kb
from hypothesis import given, settings
from ledger import NOW, TODAY, Ledger, ago, ledgers

from kb.cli.stats import _say
from kb.cli.when import since
from kb.errors import UsageError
from kb.journeys.edition import Article, Edition
from kb.journeys.measures import measures
from kb.markdown import parse, render
from kb.model import (
    ActionItem,
    Deployment,
    DeploymentLink,
    DeploymentStatus,
    Entry,
    Incident,
    IncidentStatus,
    Item,
    Moment,
    Relation,
    ServiceVersion,
)
from kb.model.definitions import DEFINITIONS
from kb.model.metrics import FEW
from kb.site.book import book

SEED = "2019-03-12-all-applications-down"


def put(kb: Kb, *entries: Entry) -> None:
    for entry in entries:
        path = kb.root / "entries" / f"{entry.kind}s" / "2026" / f"{entry.id}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(entry), "utf-8")


def stats(kb: Kb, *words: str) -> str:
    with mock.patch("kb.cli.stats.now", return_value=NOW):
        return kb("stats", *words).out


def figures(kb: Kb, *words: str) -> dict[str, object]:
    with mock.patch("kb.cli.stats.now", return_value=NOW):
        return kb("stats", *words, "--json").json


def pages(*entries: Entry) -> dict[str, str]:
    articles = tuple(
        Article(one, f"entries/{one.kind}s/2026/{one.id}.md") for one in sorted(entries, key=lambda e: e.id)
    )
    made = book(Edition("Notes", NOW, articles))
    return {name: text for name, text in made.items() if isinstance(text, str)}


# the seed, and nothing at all


def test_an_empty_base_says_what_makes_the_first_entry(kb: Kb) -> None:
    assert "nothing to measure yet" in stats(kb)
    assert "kb new incident" in stats(kb)
    empty = figures(kb)
    assert (empty["schema"], empty["incidents"], empty["deployments"]) == (1, 0, 0)
    assert empty["change_failure_rate"] == {"part": 0, "n": 0, "fraction": None}
    assert empty["deployment_frequency"]["per_week"] is None
    assert sum(one["n"] for one in empty["delay_to_incident"]["bins"]) == 0


def test_the_seed_is_measured_and_its_innocent_release_is_not_blamed(seeded: Kb) -> None:
    found = figures(seeded)
    assert (found["incidents"], found["deployments"]) == (1, 1)  # the library is not counted
    assert found["durations"]["time_to_mitigate"] == {
        "n": 1, "median_seconds": 3000.0, "low_seconds": 3000.0, "high_seconds": 3000.0,
    }  # fmt: skip
    assert found["change_failure_rate"] == {"part": 0, "n": 1, "fraction": 0.0}
    assert found["delay_to_incident"]["n"] == 0
    cleared = {one["label"]: one["n"] for one in found["delay_to_incident"]["ruled_out_bins"] if one["n"]}
    assert cleared == {"≤ 4 h": 1}  # the four quiet hours stay visible, and count for nothing
    seeded("link", SEED, "release-4-10", "--relation", "caused")
    blamed = figures(seeded)
    assert blamed["change_failure_rate"] == {"part": 1, "n": 1, "fraction": 1.0}
    quiet = {one["label"]: one["n"] for one in blamed["delay_to_incident"]["bins"]}
    assert sum(quiet.values()) == 1
    assert quiet["≤ 4 h"] == 1  # the four quiet hours


# what is written, through files and commands


@settings(max_examples=4, deadline=None)
@given(ledgers())
def test_what_was_drawn_is_what_the_command_says(known: Ledger) -> None:
    with tempfile.TemporaryDirectory() as folder:
        kb = Kb(Path(folder) / "base")
        kb.root.mkdir()
        kb("init", str(kb.root))
        put(kb, *known.entries)
        found = figures(kb)
    assert {name: one["n"] for name, one in found["durations"].items()} == {
        name.lower().replace(" ", "_"): len(took) for name, took in known.took.items()
    }
    assert found["change_failure_rate"]["part"] == len(known.hurt)
    assert found["change_failure_rate"]["n"] == len(known.reached)
    assert found["failed_deployment_recovery_time"]["n"] == len(known.recovery)
    assert found["delay_to_incident"]["n"] == len(known.delays)
    assert found["time_to_right_question"]["n"] == len(known.cracked)
    assert found["deployment_frequency"]["n"] == sum(known.per_week(distinct=False))
    assert (found["overdue_actions"]["part"], found["overdue_actions"]["n"]) == (len(known.late), known.unfinished)
    back = {
        one["id"]: {prior["id"]: {action["text"] for action in prior["undone"]} for prior in one["earlier"]}
        for one in found["recurrence"]["came_back"]
    }
    assert back == known.back
    exact = measures(known.entries, NOW)
    median = found["time_to_right_question"]["median_seconds"]
    assert median == (exact.crack.median if exact.crack else None)


def busy(n: int, **fields: object) -> list[Entry]:
    """So many deployments, a day apart, the first of which hurt half an hour later."""
    changes = [
        Deployment(
            id=f"2026-11-{day:02}-release", title="Release", status=DeploymentStatus.SUCCEEDED,
            started=Moment(datetime(2026, 11, day, 5, tzinfo=UTC)),
            finished=Moment(datetime(2026, 11, day, 5, 30, tzinfo=UTC)), services=(ServiceVersion("storefront"),),
        )
        for day in range(1, n + 1)
    ]  # fmt: skip
    down = Incident(
        id="2026-11-01-down", title="Down", status=IncidentStatus.RESOLVED, services=("Storefront",),
        started=Moment(datetime(2026, 11, 1, 6, tzinfo=UTC)), detected=Moment(datetime(2026, 11, 1, 6, 5, tzinfo=UTC)),
        mitigated=Moment(datetime(2026, 11, 1, 7, tzinfo=UTC)), resolved=Moment(datetime(2026, 11, 1, 8, tzinfo=UTC)),
        deployments=(DeploymentLink("2026-11-01-release", Relation.CAUSED),), **fields,
    )  # fmt: skip
    return [*changes, down]


def test_every_figure_has_its_n_and_few_values_a_warning(kb: Kb) -> None:
    put(kb, *busy(9))
    said = stats(kb)
    assert all(len(line) <= 80 for line in said.split("\n"))
    assert re.search(r"Change failure rate +11 % +1 of 9 +9\n", said)
    assert re.search(r"Time to mitigate +1 h +one value only +1\n", said)
    assert re.search(r"Delay from deployment to incident +30 min +one value only +1\n", said)
    assert re.search(r"≤ 1 h +█+ 1\n", said)
    assert re.search(r"≤ 4 h +0\n", said)
    warned = " ".join(said[said.index("Fewer than 10") :].split())
    assert "Change failure rate (n = 9)" in warned
    put(kb, *busy(10))
    assert "Change failure rate (n = " not in " ".join(stats(kb).split())


@settings(max_examples=25, deadline=None)
@given(ledgers())
def test_no_line_is_longer_than_a_terminal(known: Ledger) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), mock.patch.dict("os.environ", {"COLUMNS": "80"}):
        _say(measures(known.entries, NOW), None, "")
    assert out.getvalue()
    assert all(len(line) <= 80 for line in out.getvalue().split("\n"))
    for name, one in measures(known.entries, NOW).durations:
        warned = f"{name} (n = {one.n})" in " ".join(out.getvalue().split()) if one else False
        assert warned == bool(one and one.n < FEW)


def test_few_values_are_said_to_be_few_wherever_they_are_shown() -> None:
    for n in (FEW - 1, FEW):
        made = pages(*busy(n))
        for name in ("index.md", "services/storefront.md", "metrics.md"):
            assert (f"Change failure rate (n\u00a0=\u00a0{n})" in made[name]) == (n < FEW)
        assert ("a single one can change that" in made["deployments.md"]) == (n < FEW)


def test_a_period_and_a_service(kb: Kb) -> None:
    put(kb, *busy(9))
    lately = figures(kb, "--since", "2026-11-05", "--service", "STOREFRONT")
    assert (lately["incidents"], lately["deployments"], lately["service"]) == (
        0,
        4,
        "storefront",
    )  # that of the 5th ended before midnight in Chicago
    assert lately["change_failure_rate"] == {"part": 0, "n": 4, "fraction": 0.0}
    assert figures(kb, "--since", "90d")["incidents"] == 1
    assert "since 2026-11-05" in stats(kb, "--since", "2026-11-05")
    ran = kb.fails("stats", "--service", "storfront")
    assert ran.code == 10
    assert "storefront" in ran.err  # what it may have meant
    assert "Nothing is recorded since" in stats(kb, "--since", "1h")


def test_the_definitions_are_the_same_everywhere(kb: Kb) -> None:
    put(kb, *busy(1))
    told = " ".join(stats(kb, "--explain").split())
    page = pages(*busy(1))["metrics.md"]
    for one in DEFINITIONS:
        assert one.text in told
        assert one.address in told
        assert one.text.split("“")[0].split("'")[0] in page
    assert len(figures(kb, "--explain")["definitions"]) == len(DEFINITIONS)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("90d", "2026-08-25T06:00"), ("12w", "2026-08-31T06:00"), ("24h", "2026-11-22T06:00"),
        ("2026-01-01", "2026-01-01T00:00"), ("3 months ago", "2026-08-23T06:00"), ("1 y", "2025-11-23T06:00"),
    ],
)  # fmt: skip
def test_when_a_period_begins(said: str, meant: str) -> None:
    begin = since(said, "America/Chicago", NOW)
    assert begin.isoformat()[:16] == meant
    assert begin.utcoffset() in (timedelta(hours=-6), timedelta(hours=-5))


@pytest.mark.parametrize("said", ["", "d", "soon-ish", "2099-01-01", "999999y"])
def test_what_is_no_begin_of_a_period(said: str) -> None:
    with pytest.raises(UsageError):
        since(said, "UTC", NOW)


def test_a_wrong_period_ends_the_command(kb: Kb) -> None:
    assert kb.fails("stats", "--since", "2099-01-01").code == 2


# what came back


EARLIER, LATER = "2026-05-05-orders-hang", "2026-10-30-orders-hang-again"


def twice() -> tuple[Incident, Incident]:
    first = Incident(
        id=EARLIER, title="Orders hang", status=IncidentStatus.REVIEWED, started=Moment(ago(202)),
        detected=Moment(ago(202)), resolved=Moment(ago(202, 14)), services=("checkout",), systems=("sql-server",),
        symptoms=(Item("Orders hang at the last step"), Item("Lock waits on the order tables")),
        root_cause="The statement job locks the order tables.", resolution="The job was stopped.",
        actions=(
            ActionItem("Split the statement job", owner="@back-office", due=TODAY - timedelta(days=69), id="aaaaaa"),
            ActionItem("Name who may start it", True, done_on=date(2026, 11, 2), id="aaaaab"),
            ActionItem("Alarm on lock waits", True, done_on=date(2026, 6, 1), id="aaaaac"),
        ),
    )  # fmt: skip
    second = Incident(
        id=LATER, title="Orders hang again", status=IncidentStatus.RESOLVED, started=Moment(ago(24)),
        resolved=Moment(ago(24, 13)), services=("checkout",), recurrence_of=(EARLIER,),
    )  # fmt: skip
    return first, second


def test_recurrence_is_kept_in_front_matter_and_rows(kb: Kb) -> None:
    first, second = twice()
    put(kb, first, second)
    assert "recurrence_of: [" + EARLIER + "]" in render(second)
    assert parse(render(second)).entry == second
    assert kb("show", LATER, "--json").json["recurrence_of"] == [EARLIER]
    with sqlite3.connect(kb.root / ".kb" / "kb.sqlite") as rows:
        assert rows.execute("SELECT entry, name FROM names WHERE field = 'recurrence_of'").fetchall() == [
            (LATER, EARLIER)
        ]
    kb("set", "recurrence_of=", "--on", LATER)
    assert figures(kb)["recurrence"]["came_back"] == []
    kb("set", f"recurrence_of+={EARLIER}", "--on", LATER)
    (found,) = figures(kb)["recurrence"]["came_back"]
    assert (found["id"], [prior["id"] for prior in found["earlier"]]) == (LATER, [EARLIER])
    assert [action["text"] for action in found["earlier"][0]["undone"]] == [
        "Split the statement job", "Name who may start it",
    ]  # fmt: skip
    said = stats(kb)
    assert "Came back" in said
    assert "still open then: Split the statement job; Name who may" in " ".join(said.split())


def test_check_names_the_line_of_what_is_no_earlier_incident(kb: Kb) -> None:
    first, second = twice()
    put(kb, first, second)
    assert "recurrence_of" not in kb("check").out
    kb("set", f"recurrence_of={EARLIER},nowhere,{LATER}", "--on", LATER)
    path = f"entries/incidents/2026/{LATER}.md"
    line = next(n for n, text in enumerate(kb.text(path).split("\n"), 1) if text.startswith("recurrence_of"))
    found = [text for text in kb.fails("check").out.split("\n") if text.startswith(f"{path}:{line}:")]
    assert len(found) == 2
    assert "no incident 'nowhere' is recorded" in found[1]
    assert f"'{LATER}' did not come before" in found[0]


def test_the_pages_say_what_came_back_and_where(kb: Kb) -> None:
    first, second = twice()
    made = pages(first, second)
    later, earlier, metrics = made[f"incidents/{LATER}.md"], made[f"incidents/{EARLIER}.md"], made["metrics.md"]
    assert "## Came back" in later
    assert f'href="../incidents/{EARLIER}.html"' in later
    back = later[later.index("## Came back") :]
    assert "Split the statement job" in back
    assert "Name who may start it" in back  # done since, but not then
    assert "Alarm on lock waits" not in back
    assert "2 of 3 actions still open when it came back" in back
    assert "## Returned" in earlier
    assert f'href="../incidents/{LATER}.html"' in earlier
    assert "2 actions of this one still open then" in earlier
    assert "1 incident of 2 had the cause of an earlier one" in metrics
    assert "Split the statement job" in metrics
    assert "Came back (n\u00a0=\u00a02)" in metrics


def test_a_page_shows_of_a_chain_what_the_whole_site_knows() -> None:
    """The page is made of a part of the entries; nothing between two of one cause is missing in it."""
    first, second = twice()
    third = Incident(id="2026-11-20-third", title="A third time", started=Moment(ago(3)), recurrence_of=(LATER,))
    made = pages(first, second, third)
    again = made["incidents/2026-11-20-third.md"]
    assert again.count("kb-back") == 2
    assert "1 of 3 actions still open" in again  # one was done meanwhile
    assert "2026-11-20-third.html" in made[f"incidents/{EARLIER}.md"]
    without = pages(first, second)
    assert "third" not in without[f"incidents/{EARLIER}.md"]


def test_resolving_says_when_it_looks_like_an_old_acquaintance(kb: Kb) -> None:
    first, _ = twice()
    put(kb, first)
    symptoms = ("--symptom", "Orders hang at the last step", "--symptom", "Lock waits on the order tables")
    new = kb("new", "incident", "Orders hang", *symptoms, "--service", "checkout", "--json").json["id"]
    plain = kb("resolve")
    assert "same cause" not in plain.err
    ran = kb("resolve", "--root-cause", "The statement job locks the order tables.", "--on", new)
    assert f"Looks like {EARLIER}: the same cause?" in ran.err
    assert f"kb set recurrence_of+={EARLIER} --on {new}" in ran.err
    assert "same cause" not in ran.out
    kb("set", f"recurrence_of+={EARLIER}", "--on", new)
    again = kb("resolve", "--root-cause", "The statement job locks the order tables.", "--on", new, "--json")
    assert again.json["id"] == new
    assert "same cause" not in again.err


def test_resolving_works_without_an_index(kb: Kb) -> None:
    from kb.errors import StoreUnavailable

    kb("new", "incident", "Orders hang")
    with mock.patch("kb.journeys.find.Finder.similar", side_effect=StoreUnavailable("the index is gone")):
        ran = kb("resolve", "--root-cause", "Locks")
    assert ran.err == ""
    assert "resolved" in ran.out


# what is left to do


def test_a_new_incident_shows_what_its_likes_left_undone(kb: Kb) -> None:
    first, _ = twice()
    put(kb, first)
    words = ("new", "incident", "Orders hang", "--symptom", "Orders hang at the last step", "--service", "checkout")
    said = kb(*words).out
    undone = said[said.index("Left undone after incidents like this") :]
    assert "Split the statement job" in undone
    assert "@back-office" in undone
    assert "late" in undone
    assert "Alarm on lock waits" not in undone
    (task,) = kb(*words, "--json").json["unfinished"]
    assert {name: task[name] for name in ("entry", "id", "text", "owner", "due")} == {
        "entry": EARLIER, "id": "aaaaaa", "text": "Split the statement job", "owner": "@back-office",
        "due": (TODAY - timedelta(days=69)).isoformat(),
    }  # fmt: skip
    assert task["late_days"] > 0


def test_nothing_is_left_undone_by_strangers(seeded: Kb) -> None:
    """The library owes us nothing, and an incident of another sort no more."""
    words = ("new", "incident", "The coffee machine leaks", "--json")
    assert seeded(*words).json["unfinished"] == []


def test_more_hits_do_not_change_the_first_ones(seeded: Kb) -> None:
    text = "CPU near 100 % on the application server, SQL Server slow"
    new = seeded("new", "incident", "Slow", "--symptom", text, "--json").json
    similar = seeded("similar", new["id"], "-n", "3", "--json").json["hits"]
    assert [hit["id"] for hit in similar] == [hit["id"] for hit in new["similar"]]


def test_actions_by_service_and_owner_the_most_overdue_first(kb: Kb) -> None:
    def left(name: str, service: str, owner: str, days: int) -> Incident:
        action = ActionItem(name, owner=owner, due=date(2020, 1, 1) + timedelta(days=days), id=f"{days:06}")
        return Incident(id=f"2019-01-01-{name}", title=name, services=(service,), actions=(action,),
                        started=Moment(datetime(2019, 1, 1, 12, tzinfo=UTC)))  # fmt: skip

    put(kb, left("b", "Back Office", "@Ops", 5), left("a", "back-office", "ops", 2), left("c", "storefront", "@dev", 1))
    found = kb("action", "list", "--overdue", "--service", "back office", "--json").json["actions"]
    assert [action["text"] for action in found] == ["a", "b"]
    assert [action["late_days"] - found[1]["late_days"] for action in found] == [3, 0]
    assert all(action["age_days"] == action["late_days"] + days for action, days in zip(found, (367, 370), strict=True))
    assert [a["text"] for a in kb("action", "list", "--owner", "OPS", "--json").json["actions"]] == ["a", "b"]
    said = kb("action", "list", "--owner", "@dev").out
    assert re.search(r"due 2020-01-02 · \d+ years late · open for \d+ years · 2019-01-01-c", said)
    assert kb.fails("action", "list", "--service", "nowhere").code == 10
    assert "no action items overdue" in kb("action", "list", "--owner", "nobody", "--overdue").err


# the page


def test_the_page_of_metrics_says_what_the_command_says(kb: Kb) -> None:
    entries = [*busy(9), *twice()]
    page = pages(*entries)["metrics.md"]
    found = measures(entries, NOW)
    assert found.frequency
    assert f"<td>{found.failures.part} of {found.failures.whole}</td>" in page
    assert f"<td>{found.frequency.weeks} weeks</td>" in page
    assert "## From a deployment to the incident" in page
    assert "median 30 min" in page
    assert "## Overdue actions" in page
    assert "1 of 1 action still to be done is overdue" in page
    assert page.count('role="img"') == page.count("aria-label=")  # every chart says what it shows


def test_the_page_says_nothing_of_what_there_is_nothing_of() -> None:
    page = pages()["metrics.md"]
    assert "nothing to measure yet" in page
    assert [line for line in page.split("\n") if line.startswith("## ")] == ["## What the figures mean"]
    one = pages(twice()[1])["metrics.md"]
    for absent in ("## Deployments", "## What came back", "## Overdue actions", "## From a deployment"):
        assert absent not in one
