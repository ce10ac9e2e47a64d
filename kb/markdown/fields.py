"""The field table: which front-matter key and which section holds which field of which kind of entry.

Front matter is read as text; the types come from here, so `no`, `1:30` and `4.10` mean what was written.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from kb.markdown import read_items as read
from kb.markdown import write_items as write
from kb.markdown.item_syntax import RawItem
from kb.markdown.times import read_moment
from kb.model import (
    Deployment,
    DeploymentLink,
    DeploymentStatus,
    Entry,
    Incident,
    IncidentStatus,
    LessonKind,
    Relation,
    ServiceVersion,
    Severity,
    System,
    SystemStatus,
    Visibility,
    zone,
)

Option = TypeVar("Option", bound=StrEnum)

KINDS: Mapping[str, type[Entry]] = {"incident": Incident, "deployment": Deployment, "system": System}
"""The kinds of entries by the word in their front matter."""


@dataclass(frozen=True, slots=True)
class FrontField:
    """A key of the front matter.

    Args:
        read: the value and the entry's zone give the entry's attributes; raises ValueError.
        write: an entry gives the value, or None to leave the key out.
        lenient: a value that cannot be read is a warning, and the default holds.
    """

    key: str
    read: Callable[[Any, str], dict[str, Any]]
    write: Callable[[Any], Any]
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class ListField:
    """A section that holds one item a line.

    Args:
        nested: whether lists inside an item are values of their own (answers).
    """

    read: Callable[[RawItem, read.Context, list[read.Fault]], Any]
    write: Callable[[Any, str, LessonKind], list[str]]
    nested: bool = False


@dataclass(frozen=True, slots=True)
class SectionField:
    """A section: its canonical heading, other headings people give it, and the field it holds."""

    attr: str
    heading: str
    aliases: tuple[str, ...] = ()
    items: ListField | None = None


def _text(key: str) -> FrontField:
    return FrontField(key, lambda value, _: {key: _string(value)}, lambda entry: getattr(entry, key) or None)


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a single value is expected here")
    return value


def _strings(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(item for item in value if item)
    raise ValueError("a list of words is expected here, like [storefront, back office]")


def _list(key: str) -> FrontField:
    return FrontField(key, lambda value, _: {key: _strings(value)}, lambda entry: list(getattr(entry, key)) or None)


def _choice(key: str, options: type[StrEnum], default: StrEnum | None = None, lenient: bool = False) -> FrontField:
    def reader(value: Any, _: str) -> dict[str, Any]:
        return {key: choose(options, _string(value))} if value else {}

    def writer(entry: Any) -> Any:
        value = getattr(entry, key)
        return None if value == default else str(value)

    return FrontField(key, reader, writer, lenient)


def choose(options: type[Option], text: str) -> Option:
    """The option a word names, whatever its case and hyphens.

    Raises:
        ValueError: it names none; the message lists them.
    """
    plain = {re.sub(r"[\s_-]+", " ", option.value): option for option in options if option.value}
    wanted = re.sub(r"[\s_-]+", " ", text.strip().lower())
    if wanted in plain:
        return plain[wanted]
    near = difflib.get_close_matches(wanted, plain, 1)
    meant = f", did you mean '{plain[near[0]].value}'?" if near else ""
    raise ValueError(f"'{text}' is none of {', '.join(o.value for o in plain.values())}{meant}")


def _moment(key: str) -> FrontField:
    return FrontField(
        key,
        lambda value, timezone: {key: read_moment(_string(value), timezone)} if value else {},
        lambda entry: getattr(entry, key).local(entry.timezone) if getattr(entry, key) else None,
    )


def _timezone(value: Any, _: str) -> dict[str, Any]:
    zone(_string(value))
    return {"timezone": value or "UTC"}


def _window(value: Any, timezone: str) -> dict[str, Any]:
    start, _, end = _string(value).partition(" to ")
    if not start:
        return {}
    first = read_moment(start, timezone)
    last = read_moment(end, timezone, first.at.date()) if end else None
    if last and last < first and end.strip()[:4].count("-") == 0:
        last = read_moment(end, timezone, first.at.date() + timedelta(days=1))  # 23:00 to 01:00
    return {"window_start": first, "window_end": last}


def _window_text(entry: Deployment) -> str | None:
    if entry.window_start is None:
        return None
    start = entry.window_start.local(entry.timezone)
    return f"{start} to {entry.window_end.local(entry.timezone)}" if entry.window_end else start


_LINK = re.compile(r"([^\s(]+)(?:\s*\(([^)]*)\))?")


def _deployment_links(value: Any, _: str) -> dict[str, Any]:
    return {"deployments": tuple(_deployment_link(text) for text in _strings(value))}


def _deployment_link(text: str) -> DeploymentLink:
    found = _LINK.fullmatch(text.strip())
    if not found:
        raise ValueError(f"'{text}' is not a deployment like '2019-03-12-release (suspected)'")
    return DeploymentLink(found[1], choose(Relation, found[2]) if found[2] else Relation.SUSPECTED)


def _service_versions(value: Any, _: str) -> dict[str, Any]:
    return {"services": tuple(service_version(text) for text in _strings(value))}


def service_version(text: str) -> ServiceVersion:
    """A service and its versions from `storefront`, `storefront (4.10)` or `storefront (4.9 -> 4.10)`.

    Raises:
        ValueError: it is none of these.
    """
    name, opened, inside = text.strip().partition("(")
    versions = inside.removesuffix(")")
    if not name.strip() or (opened and not inside.endswith(")")) or "(" in versions or ")" in versions:
        raise ValueError(f"'{text}' is not a service like 'storefront (4.9 -> 4.10)'")
    previous, arrow, version = versions.replace("→", "->").partition("->")
    return ServiceVersion(name.strip(), (version if arrow else previous).strip(), previous.strip() if arrow else "")


def _version_text(service: ServiceVersion) -> str:
    if not service.version:
        return service.name
    before = f"{service.previous} -> " if service.previous else ""
    return f"{service.name} ({before}{service.version})"


_TRUE = {"yes": True, "true": True, "y": True, "on": True, "1": True}
_FALSE = {"no": False, "false": False, "n": False, "off": False, "0": False, "": False}


def _near_miss(value: Any, _: str) -> dict[str, Any]:
    word = _string(value).lower()
    if word not in _TRUE | _FALSE:
        raise ValueError(f"'{value}' is neither yes nor no")
    return {"near_miss": (_TRUE | _FALSE)[word]}


_VISIBILITY = _choice("visibility", Visibility, lenient=True)
_TIMEZONE = FrontField("timezone", _timezone, lambda entry: entry.timezone)
_MILESTONES = tuple(_moment(key) for key in ("started", "detected", "acknowledged", "mitigated", "resolved"))

FRONT: Mapping[str, tuple[FrontField, ...]] = {
    "incident": (
        _choice("status", IncidentStatus), _choice("severity", Severity, Severity.NONE), _VISIBILITY,
        FrontField("near_miss", _near_miss, lambda entry: "yes" if entry.near_miss else None),
        _TIMEZONE, *_MILESTONES, _text("detected_by"), _text("environment"), _list("services"), _list("systems"),
        FrontField(
            "deployments", _deployment_links,
            lambda entry: [f"{link.id} ({link.relation})" for link in entry.deployments] or None,
        ),
        _list("recurrence_of"), _list("useful"), _list("not_useful"), _list("tags"), _text("company"), _text("source"),
    ),
    "deployment": (
        _choice("status", DeploymentStatus), _VISIBILITY, _TIMEZONE, FrontField("window", _window, _window_text),
        _moment("started"), _moment("finished"), _text("environment"), _text("tool"),
        FrontField(
            "services", _service_versions,
            lambda entry: [_version_text(service) for service in entry.services] or None,
        ),
        _list("systems"), _moment("meeting"), _list("attendees"), _text("decision"), _text("override"),
        _list("tags"), _text("company"), _text("source"),
    ),
    "system": (
        _choice("status", SystemStatus), _VISIBILITY, _TIMEZONE, _text("environment"), _text("owner"), _list("hosts"),
        _list("services"), _list("tags"), _text("company"), _text("source"),
    ),
}  # fmt: skip
"""The typed keys of each kind's front matter, in the order they are written; `id` and `kind` come before them."""


def _plain(prefix: str) -> ListField:
    return ListField(read.read_item, lambda item, _zone, _kind: write.write_plain(item, prefix))


_EVENTS = ListField(read.read_event, lambda item, zone_, _: write.write_event(item, zone_))
_QUESTIONS = ListField(read.read_question, lambda item, zone_, _: write.write_question(item, zone_), nested=True)
_LESSONS = ListField(read.read_lesson, lambda item, _zone, kind: write.write_lesson(item, kind))
_ACTIONS = ListField(read.read_action, lambda item, _zone, _kind: write.write_action(item))
_RISKS = ListField(read.read_risk, lambda item, _zone, _kind: write.write_risk(item))
_CHECKS = ListField(read.read_check, lambda item, _zone, _kind: write.write_check(item))

LESSON_HEADINGS: Mapping[str, LessonKind] = {
    "what went well": LessonKind.WELL, "went well": LessonKind.WELL, "what went right": LessonKind.WELL,
    "what worked well": LessonKind.WELL,
    "what went wrong": LessonKind.WRONG, "went wrong": LessonKind.WRONG, "what went poorly": LessonKind.WRONG,
    "what didn't go so well": LessonKind.WRONG, "what could have gone better": LessonKind.WRONG,
    "where we got lucky": LessonKind.LUCKY, "got lucky": LessonKind.LUCKY, "what went luckily": LessonKind.LUCKY,
    "how'd we do": LessonKind.LEARNED, "how did we do": LessonKind.LEARNED,
    "what we learned": LessonKind.LEARNED, "what did we learn": LessonKind.LEARNED, "learned": LessonKind.LEARNED,
}  # fmt: skip
"""Headings that say of which kind the lessons below them are."""

_COMMON_TAIL = (
    SectionField(
        "timeline", "Timeline",
        ("timeline of events", "events", "chronology", "what happened when", "incident timeline"), _EVENTS,
    ),
    SectionField("questions", "Questions asked", ("questions", "questions we asked", "open questions"), _QUESTIONS),
)  # fmt: skip
_LESSON_TAIL = (
    SectionField(
        "lessons", "Lessons",
        ("lessons learned", "lessons learnt", "learnings", "takeaways", *LESSON_HEADINGS), _LESSONS,
    ),
    SectionField(
        "actions", "Action items",
        ("actions", "follow-up", "follow-ups", "follow up", "follow-up actions", "next steps",
         "remediation items", "action points", "corrective actions", "preventive measures", "preventative measures"),
        _ACTIONS,
    ),
    SectionField("links", "Links", ("references", "related links", "further reading", "see also"), _plain("k")),
)  # fmt: skip

SECTIONS: Mapping[str, tuple[SectionField, ...]] = {
    "incident": (
        SectionField(
            "summary", "Summary",
            ("overview", "executive summary", "tl;dr", "tldr", "abstract", "incident summary"),
        ),
        SectionField(
            "impact", "Impact",
            ("customer impact", "user impact", "business impact", "affected users", "scope"),
        ),
        SectionField("symptoms", "Symptoms", ("what we saw", "what was seen", "signs"), _plain("s")),
        *_COMMON_TAIL,
        SectionField("trigger", "Trigger", ("what triggered it",)),
        SectionField(
            "root_cause", "Root cause",
            ("root causes", "cause", "root cause analysis", "what caused it", "what was the cause"),
        ),
        SectionField(
            "contributing_factors", "Contributing factors",
            ("contributing causes", "contributors", "aggravating factors"), _plain("f"),
        ),
        SectionField(
            "resolution", "Resolution",
            ("resolution and recovery", "recovery", "the fix", "how we fixed it", "remediation", "what fixed it"),
        ),
        *_LESSON_TAIL,
    ),
    "deployment": (
        SectionField("summary", "Change", ("summary", "changes", "what changes", "change summary", "release notes")),
        SectionField(
            "discussion", "Risk meeting",
            ("meeting", "risk assessment", "discussion", "notes of the meeting"),
        ),
        SectionField("risks", "Risks", ("known risks",), _RISKS),
        SectionField("rollback_plan", "Rollback plan", ("rollback", "back-out plan", "backout plan")),
        SectionField("checks", "Checks", ("verification", "verification checks", "smoke tests", "checklist"), _CHECKS),
        *_COMMON_TAIL,
        *_LESSON_TAIL,
    ),
    "system": (
        SectionField("summary", "Summary", ("overview", "description", "purpose")),
        SectionField("expected", "Expected to run", ("expected", "what runs here"), _plain("x")),
        SectionField(
            "unexpected", "Found but unexpected", ("unexpected", "unknown software"), _plain("u")
        ),
        *_COMMON_TAIL,
        *_LESSON_TAIL,
    ),
}  # fmt: skip
"""The sections of each kind of entry, in the order they are written."""


def section_for(kind: str, heading: str) -> SectionField | None:
    """The field a heading stands for, or None when kb has none for it."""
    wanted = plain_heading(heading)
    return next((f for f in SECTIONS[kind] if wanted == f.heading.lower() or wanted in f.aliases), None)


def plain_heading(heading: str) -> str:
    """A heading as it is compared: lower case, without a comment, a closing colon or question mark."""
    words = heading.partition("<!--")[0]
    return re.sub(r"[\s*_`]+", " ", words).strip(" :?").lower().replace("’", "'")
