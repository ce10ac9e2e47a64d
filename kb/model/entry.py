"""What is recorded: incidents, deployments and systems, and the things inside them.

Everything is a frozen value. Times are `Moment`s; texts are Markdown as a person wrote it, without trailing blanks.
Ids of items are short and stable; an item typed by hand without one gets an id derived from its text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Literal

from kb.model.moment import Moment


class IncidentStatus(StrEnum):
    """How far an incident has come; the first three are open."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    REVIEWED = "reviewed"


class Severity(StrEnum):
    """sev1 is everything down, sev4 hardly noticed; empty while nobody has said."""

    NONE = ""
    SEV1 = "sev1"
    SEV2 = "sev2"
    SEV3 = "sev3"
    SEV4 = "sev4"


class DeploymentStatus(StrEnum):
    """How far a deployment has come; *provisional* until its soak time is over."""

    PLANNED = "planned"
    IN_PROGRESS = "in progress"
    PROVISIONAL = "provisional"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ROLLED_BACK = "rolled back"
    CANCELLED = "cancelled"


class SystemStatus(StrEnum):
    """Whether a system is in use."""

    ACTIVE = "active"
    RETIRED = "retired"


class Visibility(StrEnum):
    """Who may read an entry; anything not said to be public is internal."""

    INTERNAL = "internal"
    PUBLIC = "public"


class Verdict(StrEnum):
    """What a question turned out to be worth."""

    OPEN = "open"
    DEAD_END = "dead end"
    LEAD = "lead"
    CRACKED = "cracked it"


class Relation(StrEnum):
    """What a deployment has to do with an incident."""

    SUSPECTED = "suspected"
    CONTRIBUTING = "contributing"
    CAUSED = "caused"
    RULED_OUT = "ruled-out"


class LessonKind(StrEnum):
    """What sort of lesson it is."""

    LEARNED = "learned"
    WELL = "well"
    WRONG = "wrong"
    LUCKY = "lucky"


class EventKind(StrEnum):
    """What sort of timeline event it is."""

    CHANGE = "change"
    DETECTION = "detection"
    OBSERVATION = "observation"
    ESCALATION = "escalation"
    COMMUNICATION = "communication"
    FINDING = "finding"
    ACTION = "action"
    MITIGATION = "mitigation"
    RECOVERY = "recovery"
    NOTE = "note"


EVENT_KINDS = tuple(kind.value for kind in EventKind)
"""The kinds of timeline events as words."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list: a symptom, a contributing factor, a link, a thing expected to run."""

    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something that happened, was done or was seen."""

    text: str
    at: Moment | None = None
    kind: str = "note"
    by: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question, as it came.

    Args:
        evidence: the command, its output, or a link that shows it.
    """

    text: str
    by: str = ""
    at: Moment | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that was asked, its answers, and what it turned out to be worth."""

    text: str
    asked_by: str = ""
    at: Moment | None = None
    verdict: Verdict = Verdict.OPEN
    answers: tuple[Answer, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Something to keep: what was learned, went well, went wrong, or was luck."""

    text: str
    kind: LessonKind = LessonKind.LEARNED
    id: str = ""


@dataclass(frozen=True, slots=True)
class ActionItem:
    """Something to do so that it does not happen again."""

    text: str
    done: bool = False
    owner: str = ""
    due: date | None = None
    ticket: str = ""
    done_on: date | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk named in the meeting before a deployment, and what became of it."""

    text: str
    likelihood: str = ""
    impact: str = ""
    mitigation: str = ""
    owner: str = ""
    outcome: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """Something verified before or after a deployment."""

    text: str
    done: bool = False
    result: str = ""
    by: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class DeploymentLink:
    """A deployment an incident names, and what it had to do with it."""

    id: str
    relation: Relation = Relation.SUSPECTED


@dataclass(frozen=True, slots=True)
class ServiceVersion:
    """A service a deployment changed: `storefront 4.9 -> 4.10`."""

    name: str
    version: str = ""
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section kb has no field for; kept as it is.

    Args:
        body: the Markdown below the heading, without blank lines around it.
    """

    heading: str
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What incidents, deployments and systems have in common.

    Args:
        lead: Markdown between the title and the first section.
        source, company: address of the original report, and whose it is; only well-known incidents of others have them.
        sections: sections kb has no field for, in their order.
        extra: front-matter keys kb has no field for, as YAML text values, lists and mappings.
    """

    kind: ClassVar[Literal["incident", "deployment", "system"]]

    id: str
    title: str
    visibility: Visibility = Visibility.INTERNAL
    timezone: str = "UTC"
    tags: tuple[str, ...] = ()
    source: str = ""
    company: str = ""
    lead: str = ""
    summary: str = ""
    timeline: tuple[TimelineEvent, ...] = ()
    questions: tuple[Question, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    actions: tuple[ActionItem, ...] = ()
    links: tuple[Item, ...] = ()
    sections: tuple[Section, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident(Entry):
    """From the first alert to the reviewed postmortem.

    Args:
        recurrence_of: ids of earlier incidents that had the same cause.
        useful, not_useful: ids of past incidents that were proposed and helped, or did not.
    """

    kind: ClassVar[Literal["incident"]] = "incident"

    status: IncidentStatus = IncidentStatus.INVESTIGATING
    severity: Severity = Severity.NONE
    near_miss: bool = False
    started: Moment | None = None
    detected: Moment | None = None
    acknowledged: Moment | None = None
    mitigated: Moment | None = None
    resolved: Moment | None = None
    detected_by: str = ""
    environment: str = ""
    services: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    deployments: tuple[DeploymentLink, ...] = ()
    recurrence_of: tuple[str, ...] = ()
    useful: tuple[str, ...] = ()
    not_useful: tuple[str, ...] = ()
    impact: str = ""
    symptoms: tuple[Item, ...] = ()
    trigger: str = ""
    root_cause: str = ""
    contributing_factors: tuple[Item, ...] = ()
    resolution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment(Entry):
    """A change on its way to production, and the meeting that weighed its risks.

    Args:
        summary: what is changed (the section *Change*).
        meeting: when the risk meeting was held.
        discussion: what was said in it (the section *Risk meeting*).
        decision: go, no-go, or go with conditions; more words may follow after a colon.
        override: why it went ahead although a freeze or an open incident stood in the way.
    """

    kind: ClassVar[Literal["deployment"]] = "deployment"

    status: DeploymentStatus = DeploymentStatus.PLANNED
    environment: str = ""
    tool: str = ""
    services: tuple[ServiceVersion, ...] = ()
    systems: tuple[str, ...] = ()
    window_start: Moment | None = None
    window_end: Moment | None = None
    started: Moment | None = None
    finished: Moment | None = None
    meeting: Moment | None = None
    attendees: tuple[str, ...] = ()
    decision: str = ""
    override: str = ""
    discussion: str = ""
    risks: tuple[Risk, ...] = ()
    rollback_plan: str = ""
    checks: tuple[Check, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The services it changes, without their versions."""
        return tuple(service.name for service in self.services)


@dataclass(frozen=True, slots=True, kw_only=True)
class System(Entry):
    """A host, database or service, and what is expected to run on it."""

    kind: ClassVar[Literal["system"]] = "system"

    status: SystemStatus = SystemStatus.ACTIVE
    environment: str = ""
    owner: str = ""
    hosts: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    expected: tuple[Item, ...] = ()
    unexpected: tuple[Item, ...] = ()


OPEN_STATUSES = frozenset({IncidentStatus.INVESTIGATING, IncidentStatus.IDENTIFIED, IncidentStatus.MITIGATED})
"""An incident in one of these is still going on."""
