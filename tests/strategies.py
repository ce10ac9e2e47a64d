"""Entries and texts for property tests: ordinary, odd and hostile ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from kb.markdown import clean, clean_line
from kb.model import (
    EVENT_KINDS,
    ActionItem,
    Answer,
    Check,
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
    Section,
    ServiceVersion,
    Severity,
    System,
    SystemStatus,
    TimelineEvent,
    Verdict,
    Visibility,
    zone,
)

NASTY = (
    "---", "***", "```", "~~~text", "# heading", "## Timeline", "## Root cause", "- item", "* item", "1. item", "> quote",
    "<!-- e:aaaaaa -->", "<!--", "-->", "<script>alert(1)</script>", "<pre>", "</pre>", "    code", "\tcode", "===",
    "a | b", "|---|", "[x] done", "[ ] open", "(by: someone)", "()", "(owner: @a; due: 2020-01-01)", "**09:00**",
    "**2019-03-12 09:00** `detection` text", "09:00 something", "`note` text", "**Went well:** luck", "text (by: x) ()",
    "**time unknown** x", "{{ 7*7 }}", "&amp;", "\\", "a\\", "no", "1:30", "007", "4.10", "key: value", "[link](javascript:x)",
    "\u2028", "\u2029", "\x85", "\x1b[31m", "\x00", "\ufeff", "\u202e", "😀", "ÄÖÜ", "<<<<<<< HEAD", "=======", ">>>>>>> x",
    "[foo]: http://x", "x" * 300, "- - -", "+", "-", "*", "  - nested", "\n\n", "\r\n", "\r", "\f", "\v", "a  ", "``` evidence",
    "```evidence\nx\n```", "&lt;", "$HOME", "%s", "'", '"', "# a #", "#", "a #", "-- ", ": ", "?", "|", "@ops", "!tag", "&a", "*a",
)  # fmt: skip
"""Pieces of text that have broken somebody's Markdown, YAML, terminal or page."""

raw_text = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(max_size=12), st.sampled_from([" ", "\n", "\n\n", "word", "CPU 100%"])),
    min_size=1,
    max_size=6,
).map("".join)
"""Any text, with a taste for the nasty."""


def cleaned(question: bool = False) -> st.SearchStrategy[str]:
    """Text as it is after a command has taken it in."""
    return raw_text.map(lambda text: clean(text, question=question)).filter(bool)


line = raw_text.map(clean_line).filter(bool)
"""A text on one line, as a title or a name."""
maybe_line = st.one_of(st.just(""), line)
word = line.filter(lambda text: "," not in text and "(" not in text)
item_id = st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=6, max_size=6)
zones = st.sampled_from(["UTC", "America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata"])
entry_ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,40}", fullmatch=True)


@st.composite
def moments(draw: st.DrawFn, timezone: str) -> Moment:
    """A moment of any precision."""
    at = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 10**9)))
    precision = draw(st.sampled_from(["minute", "second", "day"]))
    there = at.astimezone(zone(timezone))
    if precision == "day":
        there = datetime(there.year, there.month, there.day, tzinfo=zone(timezone))
    return Moment(there, precision)


def _maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(st.none(), strategy)


def _items(prefixless: st.SearchStrategy[object], count: int = 3) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(prefixless, max_size=count).map(tuple)


def _common(timezone: str) -> dict[str, st.SearchStrategy[object]]:
    when = _maybe(moments(timezone))
    answers = st.builds(Answer, cleaned(), maybe_line, when, st.one_of(st.just(""), line))
    return {
        "id": entry_ids,
        "title": line,
        "timezone": st.just(timezone),
        "visibility": st.sampled_from(Visibility),
        "tags": _items(word),
        "source": maybe_line,
        "company": maybe_line,
        "lead": st.one_of(st.just(""), cleaned()),
        "summary": st.one_of(st.just(""), cleaned()),
        "timeline": _items(
            st.builds(TimelineEvent, cleaned(), when, st.sampled_from(EVENT_KINDS), maybe_line, item_id)
        ),
        "questions": _items(
            st.builds(
                Question,
                cleaned(question=True),
                maybe_line,
                when,
                st.sampled_from(Verdict),
                _items(answers, 2),
                item_id,
            )
        ),
        "lessons": _items(st.builds(Lesson, cleaned(), st.sampled_from(LessonKind), item_id)),
        "actions": _items(_actions()),
        "links": _items(st.builds(Item, cleaned(), item_id)),
        "sections": _items(st.builds(Section, line.map(lambda text: f"Note {text}".rstrip("# ")), cleaned()), 2),
        "extra": st.dictionaries(
            st.from_regex(r"x_[a-z]{1,8}", fullmatch=True),
            st.recursive(
                maybe_line,
                lambda inner: st.lists(inner, max_size=3) | st.dictionaries(line, inner, max_size=2),
                max_leaves=4,
            ),
            max_size=2,
        ),
    }


@st.composite
def _actions(draw: st.DrawFn) -> ActionItem:
    done = draw(st.booleans())
    days = st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2099, 1, 1)))
    return ActionItem(
        draw(cleaned()),
        done,
        draw(maybe_line),
        draw(days),
        draw(maybe_line),
        draw(days) if done else None,
        draw(item_id),
    )


def _kinds(timezone: str) -> tuple[st.SearchStrategy[Entry], ...]:
    common = _common(timezone)
    when = _maybe(moments(timezone))
    plain = _items(st.builds(Item, cleaned(), item_id))
    prose = st.one_of(st.just(""), cleaned())
    links = _items(st.builds(DeploymentLink, entry_ids, st.sampled_from(Relation)))
    incident = st.builds(
        Incident, **common, status=st.sampled_from(IncidentStatus), severity=st.sampled_from(Severity),
        near_miss=st.booleans(), started=when, detected=when, resolved=when, detected_by=maybe_line,
        services=_items(word), systems=_items(word), deployments=links,
        recurrence_of=_items(entry_ids), impact=prose, symptoms=plain, trigger=prose,
        root_cause=prose, contributing_factors=plain, resolution=prose,
    )  # fmt: skip
    version = st.from_regex(r"[0-9a-z][0-9a-z.-]{0,8}", fullmatch=True)
    services = st.one_of(
        st.builds(ServiceVersion, word.map(str.strip)), st.builds(ServiceVersion, word, version),
        st.builds(ServiceVersion, word, version, version),
    )  # fmt: skip
    deployment = st.builds(
        Deployment, **common, status=st.sampled_from(DeploymentStatus), services=_items(services), window_start=when,
        started=when, finished=when, meeting=when, attendees=_items(word), decision=maybe_line, discussion=prose,
        override=maybe_line,
        risks=_items(st.builds(Risk, cleaned(), maybe_line, maybe_line, maybe_line, maybe_line, maybe_line, item_id)),
        rollback_plan=prose, checks=_items(st.builds(Check, cleaned(), st.booleans(), maybe_line, maybe_line, item_id)),
    )  # fmt: skip
    system = st.builds(
        System, **common, status=st.sampled_from(SystemStatus), owner=maybe_line, hosts=_items(word),
        services=_items(word), expected=plain, unexpected=plain,
    )  # fmt: skip
    return incident, deployment, system


def unique_ids(entry: Entry) -> bool:
    lists = (
        "timeline",
        "questions",
        "lessons",
        "actions",
        "links",
        "symptoms",
        "contributing_factors",
        "risks",
        "checks",
        "expected",
        "unexpected",
    )
    ids = [item.id for name in lists for item in getattr(entry, name, ())]
    return len(ids) == len(set(ids))


entries: st.SearchStrategy[Entry] = zones.flatmap(lambda name: st.one_of(*_kinds(name))).filter(unique_ids)
"""Any entry whose texts have been taken in by a command."""

pairs: st.SearchStrategy[tuple[Entry, Entry]] = zones.flatmap(
    lambda name: st.one_of(*(st.tuples(kind.filter(unique_ids), kind.filter(unique_ids)) for kind in _kinds(name)))
)
"""Two entries of the same kind and zone: one as it is, one as it shall be."""
