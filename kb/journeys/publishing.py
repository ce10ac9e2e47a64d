"""What is published of a knowledge base: for ourselves everything, for strangers only what is public in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from kb import secrets
from kb.config import Settings
from kb.errors import ProblemsFound
from kb.journeys.base import KnowledgeBase
from kb.journeys.record import Progress
from kb.journeys.redaction import PERSONS, Redactor, Removal, Rules
from kb.markdown.hiding import stray_marks
from kb.model import Deployment, DeploymentStatus, Entry, Incident, IncidentStatus, Problem, System, Visibility
from kb.model.names import slug
from kb.model.people import is_role

PUBLIC_SECTIONS = (
    "Summary", "Change", "Impact", "Symptoms", "Timeline", "Questions asked", "Trigger", "Root cause",
    "Contributing factors", "Resolution", "Lessons", "Action items", "Risks", "Rollback plan", "Checks", "Links",
)  # fmt: skip
"""The sections strangers may read if no option says otherwise; all others, and evidence, stay inside."""

_OVER = frozenset({
    IncidentStatus.RESOLVED, IncidentStatus.REVIEWED, DeploymentStatus.PROVISIONAL, DeploymentStatus.SUCCEEDED,
    DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK, DeploymentStatus.CANCELLED,
})  # fmt: skip
_DATED = re.compile(r"(\d{4}-\d\d-\d\d-)?(.*)", re.DOTALL)
_TELLING = re.compile(r"[\d._-]")
"""What a name has that cannot be a plain word of a text too."""


@dataclass(frozen=True, slots=True)
class Source:
    """An entry that may be published.

    Args:
        path: its file.
        text: its exact text.
        stale: the file is faulty now; this is its last good version.
    """

    entry: Entry
    path: str
    text: str
    stale: bool = False

    @property
    def library(self) -> bool:
        """A well-known incident of another company: everybody may read what machines and people it tells of."""
        return self.path.startswith("entries/library/")


@dataclass(frozen=True, slots=True)
class Published:
    """What strangers may read.

    Args:
        entries: what is left of the public entries, each with the place its file would have.
        removals: what was taken out of them.
        left_out: the ids of the entries of which nothing is published, and why.
        forbidden: what must not stand anywhere in the finished site.
        allowed: what looks like a secret, and somebody has said is none.
        problems: what keeps the site from being published.
    """

    entries: tuple[tuple[Entry, str], ...] = ()
    removals: tuple[Removal, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    forbidden: tuple[str, ...] = ()
    allowed: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def reviewed(settings: Settings, strangers: bool, progress: Progress | None = None) -> Published | None:
    """What of a knowledge base may be published, everything in it read anew; None when it is for ourselves.

    Raises:
        ProblemsFound: a secret stands in something that would be published, or a mark of which nothing tells what it is
            about; the message names the first place, the hint the others.
        StoreUnavailable: the database cannot be used.
    """
    with KnowledgeBase.open(settings.root, settings) as base:
        base.sync(strict=False, progress=progress)
        sources = [Source(one.entry, one.path, one.text, one.stale) for one in base.records()]
    only = published(sources, settings) if strangers else None
    found = only.problems if only else tuple(p for one in sources for p in secret_problems(one.path, one.text))
    if found:
        first, *others = (f"{problem.path}:{problem.line}: {problem.message}" for problem in found)
        raise ProblemsFound("\n".join(("nothing was published", first, *others)), found[0].hint)
    return only


def published(sources: Sequence[Source], settings: Settings) -> Published:
    """What of these entries strangers may read, and what must be settled first."""
    chosen = [one for one in sources if not _reason(one)]
    rules = _rules(sources, chosen, settings)
    ids = _public_ids(chosen, Redactor(rules))
    redactor = Redactor(replace(rules, ids={**rules.ids, **ids}))
    entries, removals = [], []
    for one in chosen:
        made, taken = redactor.entry(one.entry, one.text)
        entries.append((made, _path(one, made.id)))
        removals += taken
    left_out = tuple((one.entry.id, reason) for one in sources if (reason := _reason(one)))
    problems = tuple(problem for one in chosen for problem in _problems(one))
    allowed = frozenset(one.text[secret.start : secret.end] for one in chosen for secret in secrets.find(one.text))
    forbidden = tuple(_forbidden(rules, entries))
    return Published(
        tuple(entries), tuple(removals), left_out, forbidden, frozenset() if problems else allowed, problems
    )


def secret_problems(path: str, text: str) -> list[Problem]:
    """The secrets in a file, each with its line; a line that says `not a secret` in a comment is believed."""
    lines = text.split("\n")
    return [
        Problem(path, one.line, f"this looks like a secret ({one.kind})", _PURGE, "warning")
        for one in secrets.find(text)
        if _NO_SECRET not in lines[one.line - 1]
    ]


def mark_problems(kind: str, path: str, text: str) -> list[Problem]:
    """The marks `<!-- internal -->` of which nothing tells what they are about."""
    message = "nothing tells what is marked as internal here"
    hint = "put the mark into the item or paragraph, or right below the heading"
    return [Problem(path, line, message, hint) for line in stray_marks(kind, text)]


_NO_SECRET = "<!-- not a secret -->"
_PURGE = (
    f"replace it by [redacted] and run 'kb purge-secret', and have it changed; if it is none, end the line with "
    f"{_NO_SECRET}"
)


def _reason(one: Source) -> str:
    """Why nothing of an entry is published; empty when something is."""
    entry = one.entry
    if entry.visibility != Visibility.PUBLIC:
        return "internal"
    if one.stale:
        return "its file has a fault"
    return "not over yet" if not isinstance(entry, System) and entry.status not in _OVER else ""  # type: ignore[attr-defined]


def _problems(one: Source) -> Iterator[Problem]:
    for problem in secret_problems(one.path, one.text):
        yield replace(problem, level="error")
    yield from mark_problems(one.entry.kind, one.path, one.text)


def _rules(sources: Sequence[Source], chosen: Sequence[Source], settings: Settings) -> Rules:
    public = {one.entry.id for one in chosen}
    shown = {host for one in chosen if isinstance(one.entry, System) for host in (one.entry.id, *one.entry.hosts)}
    inside = [one.entry for one in sources if one.entry.id not in public]
    own = [one for one in sources if not one.library]
    machines = _machines(own)
    known = _machines(one for one in chosen if one.library) - machines
    given = dict(settings.people)
    people = {name: "" for one in own for name in _persons(one.entry)} | given
    words = {word.casefold() for one in sources for word in _known_words(one.entry)}
    titles = {one.entry.title.casefold() for one in chosen}
    return Rules(
        people={name: role for name, role in people.items() if name.casefold() not in words or name in given},
        customers=settings.customers,
        hosts=(*settings.hosts, *sorted(filter(_TELLING.search, machines - shown))),
        sections=frozenset(name.strip().lower() for name in settings.public_sections or PUBLIC_SECTIONS),
        ids={name: name for name in (*public, *known)},
        internal=tuple(
            name for entry in inside for name in (entry.id, entry.title)
            if (name == entry.id and "-" in name) or (_long(name) and name.casefold() not in titles)
        ),
    )  # fmt: skip


def _machines(sources: Iterable[Source]) -> set[str]:
    """The names of all machines that any entry tells of."""
    found: set[str] = set()
    for one in sources:
        entry = one.entry
        if isinstance(entry, System):
            found |= {entry.id, *entry.hosts}
        elif isinstance(entry, Incident | Deployment):
            found |= set(entry.systems)
    return found


def _persons(value: Any, name: str = "") -> Iterator[str]:
    """Everybody a field names, but for roles."""
    if isinstance(value, str) and name in PERSONS:
        for part in value.split(","):
            if (plain := part.strip().lstrip("@")) and not is_role(plain) and (plain != plain.lower() or "@" in part):
                yield plain
    elif isinstance(value, tuple):
        for item in value:
            yield from _persons(item, name)
    elif is_dataclass(value) and not hasattr(value, "iso"):
        for each in fields(value):
            yield from _persons(getattr(value, each.name), each.name)


def _known_words(entry: Entry) -> Iterator[str]:
    """The names of services and systems: no people."""
    yield from getattr(entry, "systems", ())
    yield from (getattr(service, "name", service) for service in getattr(entry, "services", ()))
    yield entry.id


def _long(title: str) -> bool:
    """Whether a title can stand in a text by no accident."""
    return len(title) >= 15 and len(title.split()) >= 3


def _public_ids(chosen: Sequence[Source], redactor: Redactor) -> dict[str, str]:
    """By its id, what each entry is called on the public site: the same, unless the id itself names what is private."""
    found: dict[str, str] = {}
    for one in sorted(chosen, key=lambda one: one.entry.id):
        name = one.entry.id
        if redactor.tells(name.replace("-", " ")) or redactor.tells(name):
            day = _DATED.fullmatch(name)
            name = f"{day[1] or '' if day else ''}{slug(redactor.name(one.entry.title))}"
        number, wanted = 1, name
        while name in found.values():
            number += 1
            name = f"{wanted}-{number}"
        found[one.entry.id] = name
    return found


def _path(one: Source, name: str) -> str:
    """The place the file would have under its public id."""
    return f"{one.path.rpartition('/')[0]}/{name}.md"


def _forbidden(rules: Rules, entries: Sequence[tuple[Entry, str]]) -> Iterator[str]:
    public = {entry.id for entry, _ in entries}
    yield from (name for name in rules.internal if name not in public and (_long(name) or len(name) > 7))
    yield from (name for name in rules.people if " " in name)
    yield from rules.customers
    yield from (host for host in rules.hosts if "*" not in host and len(host) > 4)
