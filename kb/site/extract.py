"""What a page may show of all entries, and a mark that changes when any of that does.

A page is made from this extract alone, so a page whose mark is the same as last time is the same, too, and need not be
made again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TypeVar

from kb.files import digest
from kb.journeys.edition import Article, Edition
from kb.journeys.paper import Paper
from kb.journeys.services import Service
from kb.journeys.themes import Themes
from kb.model import Deployment, Entry, Incident, Match, System

_T = TypeVar("_T")
_ID = re.compile(r"[a-z0-9-]+")
_FILE = re.compile(r"([a-z0-9-]+)\.md")
_TIMELINE, _SECTION = "\n## Timeline\n", "\n## "
_HIDING = re.compile(r"```|~~~|<!--(?![^\n]*-->)|\r")
"""Where headings may stand that are none."""


def extract(edition: Edition, article: Article) -> tuple[Edition, str]:
    """The part of an edition that the page of an entry is made from, and its mark."""
    name = article.entry.id
    part = replace(
        _part(edition, {name, *_others(edition, article)}),
        similar=_only(edition.similar, name),
        ask_next=_only(edition.ask_next, name),
        suspects=_only(edition.suspects, name),
        briefs=_only(edition.briefs, name),
    )
    advice = [_match(match) for match in edition.similar.get(name, ())]
    advised = advice, edition.ask_next.get(name), edition.suspects.get(name)
    return part, _mark(edition, part, name, *advised, name in edition.briefs)


def brief_extract(edition: Edition, article: Article, page: Paper) -> tuple[Edition, str]:
    """The part of an edition that the brief of a deployment is made from, and its mark."""
    named = (name for part in page.parts for line in part.lines for name in line.entries)
    deployment = article.entry
    assert isinstance(deployment, Deployment)
    part = _part(edition, {deployment.id, *named, *_hosts(edition, deployment)})
    return part, _mark(edition, part, deployment.id, page)


def service_extract(edition: Edition, service: Service) -> tuple[Edition, str]:
    """The part of an edition that the page of a service is made from, and its mark."""
    blaming = (name for entry in service.entries for name in _blaming(edition, entry))
    part = _part(edition, {*(entry.id for entry in service.entries), *blaming})
    return part, _mark(edition, part, service.name)


def overviews(edition: Edition) -> Mapping[bool, tuple[Edition, str]]:
    """What the pages that tell of all entries are made from, and its mark: everything but timelines, which change most.

    Returns:
        With what entries are about, which a timeline may change, and without.
    """
    articles = tuple(replace(one, entry=_without_timeline(one.entry)) for one in edition.articles)
    part = replace(edition, as_of=_day(edition), articles=articles, similar={}, suspects={}, index={}, problems=())
    told = (
        edition.name, part.as_of.date().isoformat(), edition.edit_base, edition.site_url, edition.indexing,
        edition.freezes, sorted(edition.ask_next.items()), sorted(edition.standings.items()), sorted(edition.briefs),
        [(one.path, _outline(edition, one), one.stale) for one in edition.articles],
    )  # fmt: skip
    return {
        True: (part, mark_of((told, edition.themes))),
        False: (replace(part, themes=Themes()), mark_of(told)),
    }


def _without_timeline(entry: Entry) -> Entry:
    return replace(entry, timeline=()) if entry.timeline else entry


def _outline(edition: Edition, article: Article) -> str:
    """Tells an entry's text from every other but for its timeline, where it is plain to see which lines that is."""
    before, heading, after = article.text.partition(_TIMELINE)
    if not heading or heading in f"\n{after}" or _HIDING.search(article.text):
        return edition.digests[article.entry.id]
    _, next_heading, rest = f"\n{after}".partition(_SECTION)
    return mark_of(before + next_heading + rest)


def mark_of(told: object) -> str:
    """Tells what a page is made from, as Python writes it, from everything else."""
    return digest(repr(told).encode("utf-8", "surrogatepass"))


def _day(edition: Edition) -> datetime:
    """Ages are counted in days, so pages are made as of that day's midnight."""
    return datetime.combine(edition.as_of.date(), time(), UTC)


def _part(edition: Edition, names: set[str]) -> Edition:
    """Only these entries."""
    return replace(
        edition,
        as_of=_day(edition),
        articles=tuple(edition.by_id[name] for name in sorted(names & edition.by_id.keys())),
        standings={name: edition.standings[name] for name in sorted(names & edition.standings.keys())},
        similar={},
        ask_next={},
        suspects={},
        briefs={},
        themes=Themes(),
        freezes=(),
        index={},
        problems=(),
    )


def _mark(edition: Edition, part: Edition, *shown: object) -> str:
    entries = [(one.path, edition.digests[one.entry.id], one.stale) for one in part.articles]
    return mark_of((part.as_of.date().isoformat(), edition.edit_base, *shown, entries, part.standings))


def _only(found: Mapping[str, _T], name: str) -> dict[str, _T]:
    return {name: found[name]} if name in found else {}


def _match(match: Match) -> tuple[str, str, tuple[str, ...]]:
    """What a card shows that does not stand in the other entry itself."""
    return match.entry.id, match.fit, match.reasons


def _others(edition: Edition, article: Article) -> Iterator[str]:
    """The ids of the entries a page may name: an entry names others in its front matter, and by the names of files."""
    entry = article.entry
    front, _, body = article.text.partition("\n---\n")
    yield from edition.by_id.keys() & {*_ID.findall(front), *(_FILE.findall(body) if ".md" in body else ())}
    yield from (match.entry.id for match in edition.similar.get(entry.id, ()))
    yield from (suspect.id for suspect in edition.suspects.get(entry.id, ()))
    for suggestion in edition.ask_next.get(entry.id, ()):
        yield from suggestion.asked_in
    if isinstance(entry, Incident | Deployment):
        yield from _hosts(edition, entry)
    if isinstance(entry, Deployment):
        yield from _blaming(edition, entry)
    if isinstance(entry, Incident):
        yield from _of_one_cause(edition, entry)
    if isinstance(entry, System):
        for other in (other for name in (entry.id, *entry.hosts) for other in edition.on_system.get(name, ())):
            yield other.id
            yield from _blaming(edition, other)


def _blaming(edition: Edition, entry: Entry) -> Iterator[str]:
    """The incidents that name a deployment."""
    return (incident.id for incident, _ in edition.incidents_of.get(entry.id, ()))


def _hosts(edition: Edition, entry: Incident | Deployment) -> Iterator[str]:
    """The ids of the systems an entry names, by themselves or by a host of theirs."""
    return (edition.by_host[name].id for name in entry.systems if name in edition.by_host)


def _of_one_cause(edition: Edition, incident: Incident) -> Iterator[str]:
    """The incidents an incident came back from, and those it came back in.

    Every step between two of them is among them, so that the part of the edition says the same as the whole.
    """
    back = edition.came_back.get(incident.id)
    yield from (prior.incident.id for prior in back.earlier) if back else ()
    yield from (later.incident.id for later in edition.returned.get(incident.id, ()))
