"""`kb digest`: the last days in a letter that can be mailed as it is, made of what the entries say and nothing else."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from commands import Kb
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from strategies import NASTY, entries, raw_text

from kb.cli.digest import _letter
from kb.journeys.digest import Digest, Period, digest
from kb.markdown import render
from kb.markdown.quote import quoted
from kb.model import (
    ActionItem,
    Deployment,
    DeploymentLink,
    DeploymentStatus,
    Entry,
    Incident,
    IncidentStatus,
    Lesson,
    LessonKind,
    Moment,
    Question,
    Relation,
    TimelineEvent,
    Verdict,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LIBRARY = "entries/library"


def ago(days: float, hour: int = 0) -> Moment:
    return Moment(NOW - timedelta(days=days, hours=hour))


def period(days: float = 7, until: datetime = NOW) -> Period:
    return Period(until - timedelta(days=days), until, "UTC")


def put(kb: Kb, *entries: Entry) -> None:
    for entry in entries:
        path = kb.root / "entries" / f"{entry.kind}s" / f"{entry.id}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(entry), "utf-8")


def letter(kb: Kb, *words: str) -> str:
    return kb("digest", "--as-of", "2026-11-23T09:00Z", *words).out


def week() -> tuple[Entry, ...]:
    """A week with something of everything."""
    release = Deployment(
        id="2026-11-13-release", title="Storefront 5", status=DeploymentStatus.SUCCEEDED, started=ago(10, 1),
        finished=ago(10),
    )  # fmt: skip
    over = Incident(
        id="2026-11-17-baskets", title="Baskets are lost", status=IncidentStatus.RESOLVED, started=ago(6),
        mitigated=ago(5, 23), resolved=ago(5, 22), deployments=(DeploymentLink(release.id, Relation.CONTRIBUTING),),
        lessons=(
            Lesson("Ask each server for its version.", id="l00001"),
            Lesson("The rollback took a minute.", LessonKind.WELL, "l00002"),
        ),
        questions=(Question("Who changed the cookie?", id="q00001"),
                   Question("Do the servers agree?", verdict=Verdict.CRACKED, id="q00002")),
        actions=(
            ActionItem("Compare versions", owner="@platform", due=date(2026, 11, 20), id="a00001"),
            ActionItem("Write it down", due=date(2026, 11, 22), id="a00002"),
            ActionItem("Buy cake", owner="@platform", due=date(2026, 12, 24), id="a00003"),
        ),
    )  # fmt: skip
    running = Incident(
        id="2026-11-10-slow", title="Reports are slow", status=IncidentStatus.IDENTIFIED, started=ago(13),
        questions=(Question("Since when?", id="q00003"),),
    )  # fmt: skip
    old = Incident(
        id="2024-11-20-mail", title="Mail is late", status=IncidentStatus.REVIEWED, started=ago(733), resolved=ago(733),
        lessons=(Lesson("Queues fill at night.", id="l00003"),),
        questions=(Question("What fills the queue?", verdict=Verdict.CRACKED, id="q00004"),),
    )  # fmt: skip
    return release, over, running, old


def test_a_week_in_a_letter(kb: Kb) -> None:
    put(kb, *week())
    said = letter(kb)
    parts = {part.split("\n")[0]: part for part in said.split("\n## ")}
    assert list(parts)[1:] == [
        "New lessons", "Incidents", "Deployments that hurt", "Overdue actions", "On this day", "Questions still open",
    ]  # fmt: skip
    assert parts["New lessons"].count("\n- ") == 2
    assert "**Learned:** Ask each server for its version. (Baskets are lost, `2026-11-17-baskets`)" in said
    assert "**Went well:** The rollback took a minute." in said
    assert "- Began 17 Nov 2026: Baskets are lost, `2026-11-17-baskets`, service was back after 1 h" in said
    assert "- Still open since 10 Nov 2026: Reports are slow" in said
    assert "- Storefront 5, `2026-11-13-release`: had a part in `2026-11-17-baskets` after 4 days" in said
    assert parts["Overdue actions"].index("### @platform: 1 action") < parts["Overdue actions"].index("### Nobody's")
    assert "- Compare versions (3 days late, due 2026-11-20; `2026-11-17-baskets`)" in said
    assert "Buy cake" not in said
    assert "- 20 Nov 2026, 2 years ago: Mail is late, `2024-11-20-mail`." in said
    assert "“What fills the queue?”" in said
    assert parts["Questions still open"].index("Since when?") < parts["Questions still open"].index("Who changed")
    assert "Do the servers agree?" not in parts["Questions still open"]


def test_the_same_as_json(kb: Kb) -> None:
    put(kb, *week())
    found = kb("digest", "--as-of", "2026-11-23T09:00Z", "--json").json
    assert found["schema"] == 1
    assert [lesson["id"] for lesson in found["lessons"]] == ["l00001", "l00002"]
    assert [one["id"] for one in found["opened"]] == [one["id"] for one in found["closed"]] == ["2026-11-17-baskets"]
    assert [one["id"] for one in found["running"]] == ["2026-11-10-slow"]
    assert found["hurt"][0]["incidents"] == [{"id": "2026-11-17-baskets", "delay_seconds": 4 * 86400.0}]
    assert [(action["id"], action["late_days"]) for action in found["overdue"]] == [("a00001", 3), ("a00002", 1)]
    assert [(one["id"], one["years"], one["day"]) for one in found["on_this_day"]] == [
        ("2024-11-20-mail", 2, "2026-11-20")
    ]
    assert [(one["id"], one["incident_open"]) for one in found["questions"]] == [("q00003", True), ("q00001", False)]


def test_nothing_to_tell_is_one_line(kb: Kb) -> None:
    shutil.rmtree(kb.root / LIBRARY, ignore_errors=True)
    said = letter(kb)
    assert said.count("\n") == 1
    assert said.startswith("Nothing to tell of ")


def test_others_are_told_on_their_days_where_the_team_has_none(seeded: Kb) -> None:
    said = letter(seeded)
    assert "18 Nov 2026, 1 year ago at Cloudflare" in said
    put(seeded, *week())
    mixed = letter(seeded)
    assert "Cloudflare" not in mixed
    assert "Mail is late" in mixed


def test_the_same_whether_kept_or_restored(seeded: Kb) -> None:
    """Deleting either the files or the database loses nothing, of the digest neither."""
    put(seeded, *week())
    first = letter(seeded)
    shutil.rmtree(seeded.root / ".kb")
    assert letter(seeded) == first
    shutil.rmtree(seeded.root / "entries")
    seeded("restore")
    assert letter(seeded) == first


def test_a_review_makes_its_lessons_new(kb: Kb) -> None:
    put(kb, *week())
    assert "Queues fill at night." not in letter(kb)
    kb("log", "Read again after two years", "--at", "2026-11-22 10:00", "--on", "2024-11-20-mail")
    assert "Queues fill at night." in letter(kb)


def test_a_wrong_period_ends_the_command(kb: Kb) -> None:
    assert kb.fails("digest", "--since", "2026-12-01", "--as-of", "2026-11-23").code == 2
    assert kb.fails("digest", "--since", "whenever it was").code == 2


# what is told when


@settings(max_examples=60, deadline=None)
@given(
    st.lists(entries, max_size=6, unique_by=lambda one: one.id), st.lists(st.integers(1, 400), min_size=1, max_size=4)
)
def test_of_digests_in_a_row_only_one_tells_a_thing(every: list[Entry], lengths: list[int]) -> None:
    begin = datetime(2010, 6, 1, tzinfo=UTC)
    ends = [begin + timedelta(days=sum(lengths[:at])) for at in range(len(lengths) + 1)]
    row = [digest(every, (), Period(a, b, "UTC")) for a, b in pairwise(ends)]
    whole = digest(every, (), Period(ends[0], ends[-1], "UTC"))
    for told in ("lessons", "opened", "closed"):
        assert sorted(repr(one) for part in row for one in getattr(part, told)) == sorted(
            repr(one) for one in getattr(whole, told)
        )


@pytest.mark.parametrize(
    ("began", "until", "days", "years"),
    [
        (date(2020, 11, 20), date(2026, 11, 23), 7, 6),
        (date(2020, 11, 16), date(2026, 11, 23), 7, None),  # told a week ago
        (date(2020, 11, 23), date(2026, 11, 23), 7, 6),
        (date(2026, 11, 20), date(2026, 11, 23), 7, None),  # it is happening, not remembered
        (date(2019, 12, 30), date(2026, 1, 3), 7, 6),
        (date(2019, 1, 2), date(2026, 1, 3), 7, 7),
        (date(2024, 2, 29), date(2026, 3, 2), 7, 2),
        (date(2024, 2, 29), date(2028, 3, 2), 7, 4),
        (date(2020, 5, 1), date(2026, 11, 23), 500, 6),
    ],
)
def test_on_this_day(began: date, until: date, days: int, years: int | None) -> None:
    started = Moment(datetime(began.year, began.month, began.day, 12, tzinfo=UTC))
    one = Incident(id="x", title="x", status=IncidentStatus.RESOLVED, started=started)
    end = datetime(until.year, until.month, until.day, 12, tzinfo=UTC)
    found = digest([one], (), period(days, end)).on_this_day
    assert [again.years for again in found] == ([] if years is None else [years])


def test_the_day_is_that_of_the_place() -> None:
    """In Auckland it was the 24th already."""
    began = Moment(datetime(2020, 11, 23, 12, tzinfo=UTC))
    one = Incident(id="x", title="x", timezone="Pacific/Auckland", started=began, status=IncidentStatus.RESOLVED)
    assert [again.day for again in digest([one], (), period(7, NOW + timedelta(days=1))).on_this_day] == [
        date(2026, 11, 24)
    ]


def test_a_deployment_that_hurt_is_told_when_it_ran_and_when_it_hurt() -> None:
    release, over, *_ = week()
    at_the_time = digest([release, over], (), period(7, NOW - timedelta(days=7))).hurt
    when_it_hurt = digest([release, over], (), period(7)).hurt
    assert [one.deployment.id for one in at_the_time] == [one.deployment.id for one in when_it_hurt] == [release.id]
    assert digest([release, over], (), period(2)).hurt == ()


def test_a_planned_event_is_not_yet_told() -> None:
    soon = TimelineEvent("Review", Moment(NOW + timedelta(days=2)), id="e00001")
    one = Incident(id="x", title="x", resolved=ago(3), timeline=(soon,), lessons=(Lesson("Later", id="l00001"),))
    assert digest([one], (), period()).lessons == ()
    assert len(digest([one], (), period(7, NOW + timedelta(days=3))).lessons) == 1


# what is pasted into an entry is only text


def spoken(markdown: str) -> tuple[set[str], str]:
    """What a reader of Markdown with HTML makes of a line: the sorts of its pieces, and its words."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(f"- x {markdown}")
    inner = [child for token in tokens for child in token.children or ()]
    return {token.type for token in (*tokens, *inner)}, "".join(child.content for child in inner)


PLAIN = {
    "bullet_list_open", "list_item_open", "paragraph_open", "inline", "text", "text_special", "paragraph_close",
    "list_item_close", "bullet_list_close",
}  # fmt: skip


@settings(max_examples=300)
@given(raw_text)
def test_a_text_is_read_as_words_and_nothing_else(text: str) -> None:
    made = quoted(text)
    assert "\n" not in made
    assert "<" not in made
    kinds, words = spoken(made)
    assert kinds <= PLAIN
    assert words.split() == ["x", *visible_words(text)]
    alone = MarkdownIt("commonmark", {"html": True}).parse(f"- {made}")
    assert {token.type for token in alone} <= PLAIN


def visible_words(text: str) -> list[str]:
    from kb.markdown.html import to_text
    from kb.model.visible import visible

    whole = visible(to_text(text)).replace("\n", " ")
    return whole.split() if len(whole) <= 300 else [*whole[:300].rpartition(" ")[0].split(), "…"]


@pytest.mark.parametrize("text", [piece for piece in NASTY if piece.strip()])
def test_a_nasty_piece_stays_in_its_line(text: str) -> None:
    one = Incident(
        id="2026-11-20-x", title=text, status=IncidentStatus.RESOLVED, severity="sev1", started=ago(3), resolved=ago(2),
        company=text, lessons=(Lesson(text, id="l00001"),), questions=(Question(text, id="q00001"),),
        actions=(ActionItem(text, owner=text, due=date(2026, 1, 1), id="a00001"),),
    )  # fmt: skip
    said = "\n".join(_letter(digest([one], (), period()), text))
    tokens = MarkdownIt("commonmark", {"html": True}).parse(said)
    inner = {child.type for token in tokens for child in token.children or ()}
    assert inner <= {"text", "text_special", "code_inline", "strong_open", "strong_close"}
    assert {token.tag for token in tokens if token.type == "heading_open"} == {"h1", "h2", "h3"}
    assert [token.type for token in tokens].count("list_item_open") == 4
    assert said.isprintable() or set(filter(lambda c: not c.isprintable(), said)) <= {"\n"}


def test_the_letter_of_no_digest_is_one_line_too() -> None:
    assert len(list(_letter(Digest(period()), "Notes"))) == 1


def test_a_long_list_of_questions_is_cut_and_says_so(kb: Kb, tmp_path: Path) -> None:
    asked = tuple(Question(f"Question {number}?", id=f"q{number:05}") for number in range(30))
    put(kb, Incident(id="2020-01-01-x", title="x", status=IncidentStatus.RESOLVED, questions=asked))
    said = letter(kb)
    assert said.count("? (x, `2020-01-01-x`)") == 20
    assert "- and 10 more" in said
