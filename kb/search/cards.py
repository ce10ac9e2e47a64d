"""The card of an entry: what a hit shows of it, and what filters ask of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.model import OPEN_STATUSES, Card, Deployment, Entry, Incident, Moment, PastQuestion, System, Verdict
from kb.model.names import slug

LIBRARY = "entries/library/"
"""Well-known incidents of others lie here."""
_PARAGRAPH = re.compile(r"\n\s*\n")


def card(entry: Entry, path: str) -> Card:
    """What a hit shows of an entry."""
    from kb.markdown import front_matter  # only indexing needs it, and it loads a Markdown parser

    services, systems = served(entry)
    incident = entry if isinstance(entry, Incident) else None
    start = began(entry)
    cracked = next((q.text for q in entry.questions if q.verdict is Verdict.CRACKED), None)
    return Card(
        id=entry.id,
        kind=entry.kind,
        title=entry.title,
        path=path,
        status=str(getattr(entry, "status", "")),
        severity=str(incident.severity) if incident else "",
        started=start.local(entry.timezone) if start else "",
        visibility=str(entry.visibility),
        library=path.startswith(LIBRARY),
        company=entry.company,
        services=services,
        systems=systems,
        tags=entry.tags,
        looked_like=_looked_like(entry),
        cracked_by=cracked,
        what_it_was=_first(incident.root_cause) if incident else None,
        fixed_by=_first(incident.resolution) if incident else None,
        questions=tuple(asked(entry)),
        open_actions=tuple(action.text for action in entry.actions if not action.done),
        front_matter=front_matter(entry),
    )


def aside(card: Card) -> str:
    """Why an entry has less to tell than a past one of one's own: `library`, `open`, or nothing."""
    return "library" if card.library else "open" if card.status in OPEN_STATUSES else ""


def facets(card: Card) -> Iterator[str]:
    """What filters ask for: the whole name as a slug, and each of its words."""
    single = {"kind": card.kind, "status": card.status, "severity": card.severity, "visibility": card.visibility}
    many = {"service": card.services, "system": card.systems, "tag": card.tags, "company": (card.company,)}
    found: dict[str, None] = {}
    yield f"id:{card.id}"
    if standing := aside(card):
        yield f"aside:{standing}"
    for key, value in single.items():
        if value:
            found[f"{key}:{slug(value)}"] = None
    for key, values in many.items():
        for value in values:
            if value.strip():
                whole = slug(value)
                found.update(dict.fromkeys(f"{key}:{name}" for name in (whole, *whole.split("-"))))
    for key in ("useful", "not_useful"):
        named = card.front_matter.get(key)
        found.update(dict.fromkeys(f"{key}:{name}" for name in (named if isinstance(named, list) else ())))
    yield from found


def served(entry: Entry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the services and of the systems an entry is about."""
    if isinstance(entry, Incident):
        return entry.services, entry.systems
    if isinstance(entry, Deployment):
        return entry.names, entry.systems
    if isinstance(entry, System):
        return entry.services, (entry.id, *entry.hosts)
    return (), ()


def began(entry: Entry) -> Moment | None:
    """When an incident or a deployment began, as far as it is known."""
    if isinstance(entry, Incident):
        return entry.started or entry.detected
    if isinstance(entry, Deployment):
        return entry.started or entry.window_start
    return None


def _looked_like(entry: Entry) -> tuple[str, ...]:
    if isinstance(entry, Incident) and entry.symptoms:
        return tuple(item.text for item in entry.symptoms)
    first = _first(entry.summary or entry.lead)
    return (first,) if first else ()


def _first(text: str) -> str | None:
    paragraph = " ".join(_PARAGRAPH.split(text.strip())[0].split())
    return paragraph or None


def asked(entry: Entry) -> Iterator[PastQuestion]:
    """The questions of an entry, each with how long into it the question was asked."""
    start = began(entry)
    exact = start if start and start.precision != "day" else None
    for question in entry.questions:
        known = exact and question.at and question.at.precision != "day"
        seconds = question.at.seconds_since(exact) if known and question.at and exact else None
        yield PastQuestion(question.text, question.verdict, seconds)
