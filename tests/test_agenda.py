"""The calendar feed, read back as a calendar reads it: what is deployed when, and when nothing is to be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import demo
import hypothesis
import icalendar
import pytest
import recurring_ical_events
from attacks import ATTACKS
from commands import Kb
from hypothesis import given
from hypothesis import strategies as st
from test_freezes import _RULE, _WORDS, DAYS
from test_freezes import settings as frozen

from kb.freeze import Freeze, Window, read
from kb.journeys.edition import Article, Edition
from kb.model import Deployment, DeploymentStatus, Incident, Moment, ServiceVersion
from kb.site.agenda import agenda
from kb.site.feed import feed
from kb.site.publish import leaks

ADDRESS = "https://example.org/notes/"
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
ZONES = ("UTC", "America/Chicago", "Australia/Lord_Howe", "Africa/Casablanca")
WORDS = (
    "2026-12-18 to 2027-01-04", "2026-12-18 18:00 to 2026-12-21 06:00", "2026-12-24", "2026-12-24 22:00-06:00",
    "2026-12-24 to 2026-12-25 22:00-23:00", "third saturday", "Third Saturday 22:00-06:00",
    "first and 3rd tuesday of every month 09:00 to 10:00", "last day of month",
    "last weekday of the month 12:00-24:00", "first day of month", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYDAY=2TH 22:00-06:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR from 2026-12-11",
    "rrule:freq=yearly;bymonth=12;bymonthday=24;until=20301231T000000Z", "FREQ=YEARLY;BYMONTH=12;UNTIL=20251231",
    "mon-fri 08:00-18:00", "sunday 01:00-04:00", "sunday 02:30-03:30", "saturday 22:00-06:00", "sunday 00:00-01:30",
    "every day 22:00-06:00", "FREQ=DAILY;INTERVAL=10 from 2015-05-05", "FREQ=WEEKLY;COUNT=30 from 2026-03-04",
    "FREQ=WEEKLY;COUNT=3;BYDAY=SA,SU 01:00-02:30 from 2026-03-07", "FREQ=YEARLY;BYWEEKNO=20",
    "FREQ=YEARLY;BYYEARDAY=-1", "FREQ=MONTHLY;BYDAY=MO(+1)", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
)  # fmt: skip
"""Every sort of freeze that tests/test_freezes.py knows, and those that clocks, libraries and calendars see unlike."""


def edition(*freezes: Freeze, articles: Sequence[Article] = (), **more: object) -> Edition:
    return replace(Edition("Shop; notes, all", demo.NOW, tuple(articles), freezes=freezes), **more)


def given_by(made: bytes, first: datetime = FIRST, last: datetime = LAST) -> list[Window]:
    """The windows a calendar shows between two instants, in UTC."""
    shown = recurring_ical_events.of(icalendar.Calendar.from_ical(made)).between(first, last)
    return sorted((one.start.astimezone(UTC), one.end.astimezone(UTC)) for one in shown)


def events(made: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(made).events)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("words", WORDS)
def test_a_calendar_shows_a_freeze_when_kb_says_it_is_one(words: str, zone: str) -> None:
    freeze = read("Quiet", words, zone)
    made = agenda(edition(freeze))
    assert given_by(made) == freeze.over(FIRST, LAST)
    assert len({one["uid"] for one in events(made)}) <= 1 or "(+1)" in words


def test_a_freeze_that_recurs_is_written_as_its_rule_and_the_clocks_beside_it() -> None:
    made = agenda(edition(read("Patch night", "saturday 22:00-06:00", "America/Chicago")))
    rule, *turned = events(made)
    assert rule["rrule"].to_ical() == b"FREQ=WEEKLY;BYDAY=SA"
    assert {(one.end - one.start) / timedelta(hours=1) for one in turned} == {7, 9}
    clocks = icalendar.Calendar.from_ical(made).timezones[0]
    spring = [one["dtstart"].dt for one in clocks.daylight if one["dtstart"].dt.year == 2026]
    assert spring == [datetime(2026, 3, 8, 2)]  # told by the clock that is still to be set forward, as RFC 5545 asks


@hypothesis.settings(deadline=None)
@given(st.one_of(_RULE, _WORDS), st.sampled_from(ZONES))
def test_any_freeze_that_kb_reads_is_in_the_calendar(words: str, zone: str) -> None:
    try:
        freeze = read("x", words, zone)
    except ValueError:
        return
    span = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
    assert given_by(agenda(edition(freeze)), *span) == freeze.over(*span)


def shown(status: DeploymentStatus, **times: str) -> icalendar.Event | None:
    """What a calendar has of a deployment."""
    moments = {name: Moment(datetime.fromisoformat(text)) for name, text in times.items()}
    one = Deployment(id="2026-11-24-web-5", title="Web *5*, at last; slowly", status=status, timezone="America/Chicago",
                     services=(ServiceVersion("web", "5", "4"),), summary="New `cart`.", **moments)  # fmt: skip
    made = agenda(edition(articles=[Article(one, "entries/deployments/x.md")], site_url=ADDRESS))
    found = events(made)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("status", "sign"),
    [
        (DeploymentStatus.PLANNED, "TENTATIVE"), (DeploymentStatus.CANCELLED, "CANCELLED"),
        (DeploymentStatus.IN_PROGRESS, "CONFIRMED"), (DeploymentStatus.ROLLED_BACK, "CONFIRMED"),
    ],
)  # fmt: skip
def test_how_a_deployment_stands_is_said_to_calendars_and_to_people(status: DeploymentStatus, sign: str) -> None:
    one = shown(status, window_start="2026-11-24T05:00-06:00", window_end="2026-11-24T06:00-06:00")
    assert one is not None
    assert one["status"] == sign
    assert one["summary"] == f"Web 5, at last; slowly ({status})"
    page = f"{ADDRESS}deployments/2026-11-24-web-5.html"
    assert one["description"].split("\n") == [str(status).capitalize(), "web 4 → 5", "New cart.", page]
    assert one["url"] == page
    assert one["dtstart"].to_ical() == b"20261124T110000Z"
    assert one["dtend"].to_ical() == b"20261124T120000Z"
    assert one["dtstamp"].dt == demo.NOW


def test_a_deployment_is_shown_for_as_long_as_is_known() -> None:
    window = {"window_start": "2026-11-24T05:00+00:00", "window_end": "2026-11-24T06:00+00:00"}
    ran = shown(DeploymentStatus.SUCCEEDED, **window, started="2026-11-24T05:10+00:00",
                finished="2026-11-24T05:30+00:00")  # fmt: skip
    assert ran
    assert (ran.start, ran.end) == (
        datetime(2026, 11, 24, 5, 10, tzinfo=UTC),
        datetime(2026, 11, 24, 5, 30, tzinfo=UTC),
    )
    for begun in (
        shown(DeploymentStatus.IN_PROGRESS, started="2026-11-24T05:10+00:00"),
        shown(DeploymentStatus.FAILED, started="2026-11-24T05:10+00:00", finished="2026-11-24T05:10+00:00"),
        shown(DeploymentStatus.FAILED, started="2026-11-24T05:10+00:00", finished="2026-11-23T05:10+00:00"),
    ):
        assert begun
        assert "dtend" not in begun  # an end has to be later than the start
    two = Deployment(id="x", title="x", window_start=Moment(datetime(2026, 11, 24, tzinfo=UTC), "day"),
                     window_end=Moment(datetime(2026, 11, 25, tzinfo=UTC), "day"))  # fmt: skip
    (one,) = events(agenda(edition(articles=[Article(two, "entries/deployments/x.md")])))
    assert (one["dtstart"].dt, one["dtend"].dt) == (date(2026, 11, 24), date(2026, 11, 26))
    assert "url" not in one  # without site_url there is no address that a calendar could call
    assert one["description"].split("\n")[-1] == "deployments/x.html"
    assert shown(DeploymentStatus.PLANNED) is None
    for far in ("0001-01-01T00:00+14:00", "9999-12-31T23:00-12:00"):
        shown(DeploymentStatus.PLANNED, window_start=far)


def lines(made: bytes) -> Iterator[bytes]:
    assert made.endswith(b"\r\n")
    yield from made.removesuffix(b"\r\n").split(b"\r\n")


def test_hostile_text_in_the_calendar_is_only_text() -> None:
    for attack in ATTACKS:
        one = Deployment(id="2026-11-24-x", title=attack.marked, window_start=demo.at(9, 0), summary=attack.text,
                         services=(ServiceVersion(attack.text[:9], attack.text[:9]),))  # fmt: skip
        freeze = Freeze(attack.text[:60], "mon", "UTC", "FREQ=WEEKLY;BYDAY=MO")
        made = agenda(edition(freeze, articles=[Article(one, "entries/deployments/x.md")], name=attack.text[:200]))
        for line in lines(made):
            assert len(line) <= 75, attack.name
            assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line), attack.name
            line.decode("utf-8")  # no character is cut in two
        deployed, frozen = events(made)
        assert str(deployed["summary"]).startswith(f"attack{attack.number:03d}"), attack.name
        assert (set(deployed) & {"ATTACH", "URL", "RRULE"}, set(frozen) & {"ATTACH", "URL"}) == (set(), set())
        assert not icalendar.Calendar.from_ical(made).errors, attack.name


def test_uids_are_unique_and_the_same_whatever_else_changes(base: Path) -> None:
    from kb.config import load
    from kb.journeys.edition import gather

    one = gather(load(base), as_of=demo.NOW)
    freezes = tuple(read(name, f"{name} 08:00-18:00", "America/Chicago") for name in DAYS)
    first = agenda(replace(one, freezes=freezes))
    assert first == agenda(replace(one, freezes=freezes))
    known = [str(made["uid"]) for made in events(first) if "recurrence-id" not in made]
    assert len(set(known)) == len(known) > len(DAYS)
    own = (article for article in one.articles if not article.library)
    changed = tuple(replace(article, entry=replace(article.entry, title="Changed")) for article in own)
    later = replace(one, name="Other", as_of=demo.NOW + timedelta(days=400), site_url=ADDRESS, articles=changed)
    assert {str(made["uid"]) for made in events(agenda(replace(later, freezes=freezes)))} == set(known)
    assert not [made for made in events(first) if "cloudflare" in str(made).lower()]


def test_strangers_see_public_deployments_alone_and_no_freeze(kb: Kb) -> None:
    frozen(kb, "{Christmas: 2026-12-18 to 2027-01-04, Secret audit: last day of month}")
    planned = ("--window", "2026-03-01 05:00 to 06:00", "--override", "it is tried")
    ran = ("--status", "succeeded", "--started", "2026-02-01 05:00", "--finished", "2026-02-01 06:00")
    kb("new", "deployment", "Open to all", *ran, KB_VISIBILITY="public")
    kb("new", "deployment", "Acme, Ltd: moved to the new vault", *ran)
    kb("new", "deployment", "Not over yet", *planned, KB_VISIBILITY="public")
    kb("build", "--as-of", "2026-03-10")
    kb("publish", "--profile", "public", "--as-of", "2026-03-10")
    inside, outside = (events((kb.root / name / "deployments.ics").read_bytes()) for name in ("site", "public"))
    assert {str(one["summary"]) for one in inside} == {
        "Open to all (succeeded)", "Acme, Ltd: moved to the new vault (succeeded)", "Not over yet (planned)",
        "Freeze: Christmas", "Freeze: Secret audit",
    }  # fmt: skip
    assert [str(one["summary"]) for one in outside] == ["Open to all (succeeded)"]
    assert 'href="deployments.ics"' in (kb.root / "site/calendar.html").read_text("utf-8")
    for page in (kb.root / "site").rglob("*.html"):
        assert 'type="text/calendar"' in page.read_text("utf-8").partition("</head>")[0], page


def test_a_private_word_is_found_though_the_calendar_folds_and_escapes_it(tmp_path: Path) -> None:
    one = Deployment(id="2026-11-24-x", title="t", window_start=demo.at(9, 0),
                     summary=f"{'About ' * 7}Acme Holdings, Inc. of Springfield")  # fmt: skip
    made = agenda(edition(articles=[Article(one, "entries/deployments/x.md")]))
    assert b"Acme Holdings\\, Inc. of Springfield" not in made
    (tmp_path / "deployments.ics").write_bytes(made)
    assert list(leaks(tmp_path, ["Acme Holdings, Inc. of Springfield"]))


def test_the_feed_and_the_calendar_call_a_deployment_the_same() -> None:
    one = Deployment(id="2026-11-24-x", title="t", window_start=demo.at(9, 0))
    whole = edition(articles=[Article(one, "entries/deployments/x.md"), Article(Incident(id="y", title="y"), "e/y.md")])
    (made,) = events(agenda(whole))
    assert f"urn:uuid:{made['uid']}".encode() in feed(whole)
