"""When nothing is to be deployed: freezes in words, and the gate they put before a deployment."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import hypothesis
import pytest
import yaml
from commands import ROOT, Kb
from hypothesis import given
from hypothesis import strategies as st

from kb.freeze import HOW, Freeze, read
from kb.journeys.edition import Article, Edition
from kb.model import Deployment, Moment
from kb.site.book import book, sheets

CHICAGO = ZoneInfo("America/Chicago")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def local(text: str, zone: str = "America/Chicago") -> datetime:
    """That time on the wall there."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def windows(words: str, first: str, last: str, zone: str = "America/Chicago") -> list[tuple[str, str]]:
    """The windows between two days, on the wall there."""
    found = read("x", words, zone).over(local(first, zone), local(last, zone))
    return [tuple(f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" for at in window) for window in found]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2026-12-18 to 2027-01-04", [("2026-12-18 00:00", "2027-01-05 00:00")]),
        ("2026-12-18 18:00 to 2026-12-21 06:00", [("2026-12-18 18:00", "2026-12-21 06:00")]),
        ("2026-12-24", [("2026-12-24 00:00", "2026-12-25 00:00")]),
        ("2026-12-24 22:00-06:00", [("2026-12-24 22:00", "2026-12-25 06:00")]),
        ("2026-12-24 to 2026-12-25 22:00-23:00",
         [("2026-12-24 22:00", "2026-12-24 23:00"), ("2026-12-25 22:00", "2026-12-25 23:00")]),
        ("third saturday", [("2026-12-19 00:00", "2026-12-20 00:00")]),
        ("Third Saturday 22:00-06:00", [("2026-12-19 22:00", "2026-12-20 06:00")]),
        ("first and 3rd tuesday of every month 09:00 to 10:00",
         [("2026-12-01 09:00", "2026-12-01 10:00"), ("2026-12-15 09:00", "2026-12-15 10:00")]),
        ("last day of month", [("2026-12-31 00:00", "2027-01-01 00:00")]),
        ("last weekday of the month 12:00-24:00", [("2026-12-31 12:00", "2027-01-01 00:00")]),
        ("first day of month", [("2026-12-01 00:00", "2026-12-02 00:00")]),
        ("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", [("2026-12-31 00:00", "2027-01-01 00:00")]),
        ("FREQ=MONTHLY;BYDAY=2TH 22:00-06:00", [("2026-12-10 22:00", "2026-12-11 06:00")]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR from 2026-12-11", [
            ("2026-12-11 00:00", "2026-12-12 00:00"), ("2026-12-25 00:00", "2026-12-26 00:00")]),
        ("rrule:freq=yearly;bymonth=12;bymonthday=24;until=20301231T000000Z",
         [("2026-12-24 00:00", "2026-12-25 00:00")]),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24;UNTIL=20251231", []),
    ],
)  # fmt: skip
def test_december_in_words(words: str, expected: list[tuple[str, str]]) -> None:
    assert windows(words, "2026-12-01", "2026-12-31T23:59") == expected


def test_business_hours_in_the_week_of_the_release() -> None:
    found = windows("mon-fri 08:00-18:00", "2019-03-11", "2019-03-18")
    assert [start for start, _ in found] == [f"2019-03-{day} 08:00" for day in range(11, 16)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # clocks are set forward at 02:00 on 10 March 2019, and back at 02:00 on 3 November
        ("sunday 01:00-04:00", {"2019-03-10": 2, "2019-11-03": 4, "2019-11-10": 3}),
        ("saturday 22:00-06:00", {"2019-03-09": 7, "2019-11-02": 9, "2019-11-09": 8}),
        ("sunday 00:00-01:30", {"2019-11-03": 2.5, "2019-11-10": 1.5}),
    ],
)
def test_hours_are_those_on_the_wall_when_clocks_change(words: str, expected: dict[str, float]) -> None:
    for day, hours in expected.items():
        (window,) = read("x", words, "America/Chicago").over(local(day), local(day) + timedelta(hours=23))
        assert (window[1] - window[0]) / timedelta(hours=1) == hours, day


def test_a_window_is_touched_by_what_begins_in_it_ends_in_it_or_holds_it() -> None:
    freeze = read("Night", "2026-12-24 22:00-06:00", "UTC")
    touched = {
        ("20:00", "22:00"): False, ("20:00", "22:01"): True, ("22:00", "22:00"): True, ("06:00", "07:00"): False,
    }  # fmt: skip
    for (start, end), expected in touched.items():
        day = "2026-12-25" if start == "06:00" else "2026-12-24"
        assert bool(freeze.over(local(f"{day}T{start}", "UTC"), local(f"{day}T{end}", "UTC"))) is expected, start
    assert len(freeze.over(local("2026-01-01", "UTC"), local("2027-12-31", "UTC"))) == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "does not say when"), ("x" * 300, "longer than"), ("nonsense", "names no day"),
        ("someday", "names no day"),
        ("2026-12-18 to 2026-12-17", "ends before it begins"), ("2026-12-18 08:00", "until when"),
        ("2026-13-01", "is not a day"), ("0000-01-01", "is not a day"), ("9999-12-31", "too far away"),
        ("25:00-26:00", "not a time of the day"), ("mon-fri 08:61-09:00", "not a time of the day"),
        ("third weekend", "say which"), ("third", "names no day"), ("mon-weekend", "names no days"),
        ("FREQ=SECONDLY", "needs FREQ=DAILY"), ("FREQ=MINUTELY;BYDAY=MO", "needs FREQ=DAILY"),
        ("BYDAY=MO", "needs FREQ"),
        ("FREQ=DAILY;BYHOUR=3", "say the hours after the rule"), ("FREQ=DAILY;INTERVAL=0", "whole number"),
        ("FREQ=DAILY;INTERVAL=3", "counts from a day"), ("FREQ=DAILY;COUNT=3", "counts from a day"),
        ("FREQ=WEEKLY", "which day of the week"), ("FREQ=MONTHLY;BYDAY=XX", "not a rule of RFC 5545"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never happens"), ("FREQ=MONTHLY;BYMONTHDAY=0", "names nothing"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO from 2026-11-25", "never happens"),
    ],
)  # fmt: skip
def test_what_is_no_freeze_is_refused_with_a_reason_and_soon(words: str, says: str) -> None:
    begun = time.process_time()
    with pytest.raises(ValueError, match=says):
        read("x", words, "UTC")
    assert time.process_time() - begun < 5


_PART = st.tuples(
    st.sampled_from(("BYMONTH", "BYMONTHDAY", "BYDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "INTERVAL", "COUNT",
                     "UNTIL", "WKST", "BYHOUR", "")),
    st.sampled_from(("1", "-1", "0", "31", "MO", "2TU", "-1FR", "MO,WE", "53", "366", "400", "20261231", "", "x")),
).map("=".join)  # fmt: skip
_RULE = st.tuples(
    st.sampled_from(("FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=HOURLY", "")),
    st.lists(_PART, max_size=4),
    st.sampled_from(("", " 22:00-06:00", " from 2024-02-29", " from 2026-01-01 08:00-09:00")),
).map(lambda it: ";".join(filter(None, (it[0], *it[1]))) + it[2])  # fmt: skip
_WORDS = st.lists(
    st.sampled_from((*DAYS, "mon-fri", "third", "last", "and", ",", "of month", "every", "day", "08:00-18:00",
                     "2026-02-29", "2026-12-18", "to", "from", "weekday", "24:00", "22:00", "-", "ſaturday", "٣")),
    max_size=6,
).map(" ".join)  # fmt: skip


@hypothesis.settings(deadline=None)
@given(st.one_of(st.text(max_size=30), _RULE, _WORDS), st.sampled_from(("UTC", "America/Chicago", "Pacific/Apia")))
def test_any_text_is_read_or_refused_and_what_is_read_is_quick(words: str, zone: str) -> None:
    begun = time.process_time()
    try:
        freeze = read("x", words, zone)
    except ValueError:
        freeze = None
    if freeze:
        start = datetime(2026, 12, 1, tzinfo=UTC)
        found = freeze.over(start, start + timedelta(days=90))
        assert found == sorted(found)
        assert all(one[0] < one[1] and one[0] < start + timedelta(days=90) and one[1] > start for one in found)
        assert len(found) <= 92
        freeze.over(datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))
        freeze.over(datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    assert time.process_time() - begun < 5


_CLOCK = st.tuples(st.integers(0, 23), st.sampled_from((0, 15, 30, 59))).map(lambda it: f"{it[0]:02}:{it[1]:02}")


@hypothesis.settings(deadline=None)
@given(
    st.integers(0, 6), st.integers(0, 6), _CLOCK, _CLOCK,
    st.sampled_from(("UTC", "America/Chicago", "Australia/Lord_Howe")),
    st.dates(date(2019, 1, 1), date(2027, 1, 1)),
)  # fmt: skip
def test_weekly_hours_agree_with_a_walk_over_the_minutes(
    first: int, last: int, opens: str, closes: str, zone: str, begin: date
) -> None:
    freeze = read("x", f"{DAYS[first]}-{DAYS[last]} {opens}-{closes}", zone)
    frozen = {day % 7 for day in range(first, (last if last >= first else last + 7) + 1)}

    def expected(wall: datetime) -> bool:
        clock, today = f"{wall:%H:%M}", wall.weekday() in frozen
        if opens < closes:
            return today and opens <= clock < closes
        return (today and clock >= opens) or ((wall.weekday() - 1) % 7 in frozen and clock < closes)

    _agree(freeze, begin, zone, expected)


@hypothesis.settings(deadline=None)
@given(
    st.sampled_from((("first", 0), ("second", 1), ("third", 2), ("fourth", 3))), st.integers(0, 6),
    st.dates(date(2019, 1, 1), date(2027, 1, 1)),
)  # fmt: skip
def test_a_day_of_the_month_agrees_with_a_walk_over_the_days(which: tuple[str, int], day: int, begin: date) -> None:
    freeze = read("x", f"{which[0]} {DAYS[day]} of the month", "America/Chicago")

    def expected(wall: datetime) -> bool:
        return wall.weekday() == day and (wall.day - 1) // 7 == which[1]

    _agree(freeze, begin, "America/Chicago", expected)


def _agree(freeze: Freeze, begin: date, zone: str, expected: object) -> None:
    """Every seventh minute of nine days, but for hours that occur twice or never, which are told of above."""
    at = datetime.combine(begin, datetime.min.time(), UTC)
    found = freeze.over(at, at + timedelta(days=9))
    for minutes in range(0, 9 * 1440, 7):
        now = at + timedelta(minutes=minutes)
        wall = now.astimezone(ZoneInfo(zone))
        near = {(now + timedelta(hours=hours)).astimezone(ZoneInfo(zone)).utcoffset() for hours in (-2, 0, 2)}
        if len(near) == 1:
            inside = any(start <= now < end for start, end in found)
            assert inside is expected(wall), (freeze, wall)  # type: ignore[operator]


def test_the_freezes_of_the_readme_are_read() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (text,) = re.findall(r"```yaml\n(plugins:\n  - kb:\n      freeze:\n.*?)```", readme, re.DOTALL)
    freezes = yaml.safe_load(text)["plugins"][0]["kb"]["freeze"]
    found = {name: windows(str(words), "2026-12-30", "2026-12-31T23:00") for name, words in freezes.items()}
    assert {name: len(each) for name, each in found.items()} == {
        "Christmas": 1, "Business hours": 2, "Patch night": 0, "Month end": 1, "Quarter end": 1,
    }  # fmt: skip
    assert found["Quarter end"] == [("2026-12-31 12:00", "2027-01-01 00:00")]


def settings(kb: Kb, text: str) -> None:
    """The option `freeze` of a knowledge base."""
    config = kb.root / "mkdocs.yml"
    config.write_text(config.read_text("utf-8").replace("  - kb:\n", f"  - kb:\n      freeze: {text}\n"), "utf-8")


def test_a_wrong_freeze_names_its_place_its_name_and_how_to_say_it(kb: Kb) -> None:
    settings(kb, "{Christmas: 2026-12-18 to 2027-01-04, Patch night: third saturnday}")
    ran = kb.fails("list")
    assert ran.code == 14
    said = " ".join(ran.err.split())
    assert "freeze: Patch night: 'saturnday' names no day" in said
    assert f"mend it in mkdocs.yml: {HOW}" in said
    ran = kb.fails("list", KB_FREEZE="Office: mon-fri 08:00-18:00; Night: whenever")
    assert (ran.code, "KB_FREEZE" in ran.err, "Night" in ran.err) == (14, True, True)
    assert (
        kb("list", KB_FREEZE="Office: mon-fri 08:00-18:00; Quarter: FREQ=MONTHLY;BYMONTH=3,6;BYMONTHDAY=-1").code == 0
    )


@pytest.mark.parametrize("wrong", ["[mon-fri]", "third saturday", "{x: }", "{x: [1]}", "7"])
def test_a_freeze_of_another_shape_is_refused(kb: Kb, wrong: str) -> None:
    settings(kb, wrong)
    ran = kb.fails("list")
    assert (ran.code, "freeze" in ran.err, "Traceback" in ran.err) == (14, True, False)


def test_a_build_refuses_it_in_the_same_words(kb: Kb) -> None:
    settings(kb, "{Patch night: third saturnday}")
    ran = kb.fails("build")
    assert (ran.code != 0, "freeze: Patch night: 'saturnday' names no day" in " ".join(ran.err.split())) == (True, True)


def test_a_base_without_a_freeze_never_loads_the_library_of_rules(kb: Kb) -> None:
    code = "import sys, kb.cli.app as a; sys.argv = ['kb', 'list']\ntry: a.run()\nexcept SystemExit: pass\n"
    for text, expected in (("{}", "False"), ("{Christmas: 2026-12-24}", "True")):
        settings(kb, text)
        ran = subprocess.run([sys.executable, "-c", f"{code}print('dateutil' in sys.modules)"], cwd=kb.root, check=True,
                             capture_output=True, text=True)  # fmt: skip
        assert ran.stdout.split()[-1] == expected
        (kb.root / "mkdocs.yml").write_text((kb.root / "mkdocs.yml").read_text().replace(f"      freeze: {text}\n", ""))


# on the site


def edition(freezes: tuple[Freeze, ...]) -> Edition:
    """One deployment on 12 March 2019, and freezes."""
    began = Moment(local("2019-03-12T05:00"))
    release = Deployment(id="2019-03-12-r", title="R", started=began, timezone="America/Chicago")
    return Edition("Notes", datetime(2019, 3, 20, tzinfo=UTC), (Article(release, "entries/r.md"),), freezes=freezes)


def frozen_days(page: str) -> dict[int, str]:
    """The days a calendar marks, each with the freezes it names."""
    found = re.findall(
        r'<td class="[^"]*is-frozen"><span class="kb-cal__d">(\d+)<span class="kb-sr">(.*?)</span>', page
    )
    return {int(day): names for day, names in found}


def test_the_calendar_marks_the_days_of_a_freeze() -> None:
    words = {
        "Sp<b>ring": "2019-02-20 to 2019-03-02", "Night": "second tuesday 22:00-06:00",
        "Midnight": "2019-03-20 22:00-24:00",
    }  # fmt: skip
    freezes = tuple(read(name, when, "America/Chicago") for name, when in words.items())
    for name in ("calendar.md", "deployments.md"):
        page = str(book(edition(freezes))[name])
        assert frozen_days(page) == {
            1: " Freeze: Sp&lt;b&gt;ring", 2: " Freeze: Sp&lt;b&gt;ring", 12: " Freeze: Night", 13: " Freeze: Night",
            20: " Freeze: Midnight",
        }  # fmt: skip
        assert "kb-mark--freeze" in page
    plain = str(book(edition(()))["calendar.md"])
    assert frozen_days(plain) == {}
    assert "Freeze" not in plain


def test_the_first_and_the_last_day_of_a_month_are_marked_where_clocks_change() -> None:
    freeze = read("All", "every day", "America/Chicago")
    assert set(frozen_days(str(book(edition((freeze,)))["calendar.md"]))) == set(range(1, 32))


def test_pages_that_show_freezes_are_made_again_when_one_changes_and_no_others() -> None:
    one, two = ({sheet.path: sheet.mark for sheet in sheets(edition((read("x", when, "UTC"),)))}
                for when in ("2019-03-12", "2019-03-13"))  # fmt: skip
    assert one["calendar.md"] != two["calendar.md"]
    assert one["deployments/2019-03-12-r.md"] == two["deployments/2019-03-12-r.md"]
