"""A past entry that resembles what is being looked at, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kb.model.entry import Verdict


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """A question of a past entry, with how long into it the question was asked.

    Args:
        seconds_in: seconds from the incident's start to the question; None when either is unknown.
    """

    text: str
    verdict: Verdict = Verdict.OPEN
    seconds_in: float | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What a hit shows of an entry, so that nobody need open the file.

    Args:
        path: the file, relative to the knowledge base.
        looked_like: the symptoms, or the summary where no symptoms are recorded.
        cracked_by: the question that cracked it.
        fixed_by: what fixed it, in one paragraph.
        library: a well-known incident of another company.
        front_matter: the entry's front matter.
    """

    id: str
    kind: str
    title: str
    path: str
    status: str = ""
    severity: str = ""
    started: str = ""
    visibility: str = "internal"
    library: bool = False
    company: str = ""
    services: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    looked_like: tuple[str, ...] = ()
    cracked_by: str | None = None
    what_it_was: str | None = None
    fixed_by: str | None = None
    questions: tuple[PastQuestion, ...] = ()
    open_actions: tuple[str, ...] = ()
    front_matter: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """A hit: the entry, how well it fits, and why in words.

    Args:
        score: comparable within one answer only; higher fits better.
        reasons: at most four, strongest first; none names a thing that is not on both sides.
        excerpt: a passage of the entry; the words that matched stand between U+0002 and U+0003.
        stale: the entry's file has a fault; this is its last good version.
        fit: how well it fits, comparable between answers: strong, likely, weak, or none (no better than chance).
    """

    entry: Card
    score: float
    reasons: tuple[str, ...] = ()
    excerpt: str = ""
    stale: bool = False
    fit: str = "weak"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question worth asking now.

    Args:
        asked_in: ids of the past incidents where it was asked.
        reasons: where it helped before, in words.
    """

    text: str
    verdict: Verdict
    asked_in: tuple[str, ...] = ()
    score: float = 0.0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspect:
    """A deployment that may be behind an incident, and why."""

    id: str
    title: str
    path: str
    score: float
    reasons: tuple[str, ...] = ()
