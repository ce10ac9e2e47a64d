"""Everything the site shows, gathered once: the entries, what resembles them, what to ask next, what to suspect.

The pages are pure functions of an `Edition`, so two builds of the same edition are the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kb import files
from kb.config import Settings
from kb.journeys.base import KnowledgeBase
from kb.journeys.brief import brief
from kb.journeys.obstacles import ahead
from kb.journeys.paper import Paper, paper
from kb.journeys.publishing import Published
from kb.journeys.record import Progress
from kb.journeys.services import Service, services
from kb.journeys.suspects import suspects
from kb.journeys.themes import Themes, themes
from kb.model import (
    OPEN_STATUSES,
    Deployment,
    DeploymentLink,
    Entry,
    Incident,
    Match,
    Problem,
    Standing,
    Suggestion,
    Suspect,
    System,
)
from kb.model.dating import newest
from kb.model.recurrence import Recurrence, came_back
from kb.model.standing import said_of, standing
from kb.search import export, finder, likes, questions, vocabulary
from kb.search.cards import LIBRARY
from kb.search.likes import Everyone
from kb.search.source import Memory

if TYPE_CHECKING:
    from kb.freeze import Freeze

_MOST = 6
_BRIEFS = 24
"""So many briefs at most: whoever plans more has no meeting for each."""
_FORGOTTEN = timedelta(days=7)
"""A planned deployment whose time is over since so long is not to come any more."""


@dataclass(frozen=True, slots=True)
class Article:
    """One entry as the site shows it.

    Args:
        path: its file, relative to the knowledge base.
        stale: the file is faulty now; this is its last good version.
        text: the exact text it is made from; what the entry says, if not given.
    """

    entry: Entry
    path: str
    stale: bool = False
    text: str = ""

    def __post_init__(self) -> None:
        """An entry that was never written down is told from others by what it says."""
        if not self.text:
            object.__setattr__(self, "text", repr(self.entry))

    @property
    def library(self) -> bool:
        """A well-known incident of another company: shown apart and never counted."""
        return self.path.startswith(LIBRARY)


@dataclass(frozen=True)
class Edition:
    """What is published, as of one moment.

    Args:
        name: the site's name.
        as_of: an aware datetime; ages are counted to it.
        articles: sorted by id.
        similar: by an incident's id, the past incidents that resemble it.
        ask_next: by an open incident's id, the questions worth asking now.
        suspects: by an open incident's id, the deployments that may be behind it.
        standings: by a deployment's id, how it stands; `standing` gives it.
        briefs: by the id of a deployment that is to come, the page for its risk meeting.
        themes: what entries and lessons are about, and which questions and lessons say the same.
        edit_base: where the files under entries/ can be edited, ending in a slash; empty when unknown.
        site_url: where the site is published, ending in a slash; empty when unknown.
        freezes: when nothing is to be deployed.
        indexing: search engines may list the site.
        index: the search index for the browser, scripts by name.
        problems: faults in the entries' files.
    """

    name: str
    as_of: datetime
    articles: tuple[Article, ...] = ()
    similar: Mapping[str, tuple[Match, ...]] = field(default_factory=dict)
    ask_next: Mapping[str, tuple[Suggestion, ...]] = field(default_factory=dict)
    suspects: Mapping[str, tuple[Suspect, ...]] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)
    briefs: Mapping[str, Paper] = field(default_factory=dict)
    themes: Themes = field(default_factory=Themes)
    edit_base: str = ""
    site_url: str = ""
    freezes: tuple[Freeze, ...] = ()
    indexing: bool = False
    index: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Article]:
        """Every article by its entry's id."""
        return {article.entry.id: article for article in self.articles}

    @cached_property
    def incidents(self) -> tuple[Incident, ...]:
        """The team's own incidents, newest first."""
        own = [a.entry for a in self.articles if isinstance(a.entry, Incident) and not a.library]
        return tuple(sorted(own, key=newest, reverse=True))

    @cached_property
    def open(self) -> tuple[Incident, ...]:
        """The team's incidents that are still going on, newest first."""
        return tuple(incident for incident in self.incidents if incident.status in OPEN_STATUSES)

    @cached_property
    def library(self) -> tuple[Incident, ...]:
        """Well-known incidents of other companies, newest first."""
        others = [a.entry for a in self.articles if isinstance(a.entry, Incident) and a.library]
        return tuple(sorted(others, key=newest, reverse=True))

    @cached_property
    def deployments(self) -> tuple[Deployment, ...]:
        """Deployments, newest first."""
        found = [a.entry for a in self.articles if isinstance(a.entry, Deployment)]
        return tuple(sorted(found, key=newest, reverse=True))

    @cached_property
    def coming(self) -> tuple[Deployment, ...]:
        """The team's deployments that are to come and have a brief, the next one first."""
        return tuple(one for one in reversed(self.deployments) if one.id in self.briefs)

    @cached_property
    def systems(self) -> tuple[System, ...]:
        """Systems by name."""
        found = [a.entry for a in self.articles if isinstance(a.entry, System)]
        return tuple(sorted(found, key=lambda system: (system.title.casefold(), system.id)))

    @cached_property
    def own(self) -> tuple[Entry, ...]:
        """The team's incidents, then its deployments, newest first, then its systems by name."""
        every = (*self.incidents, *self.deployments, *self.systems)
        return tuple(entry for entry in every if not self.by_id[entry.id].library)

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """By an entry's id, what tells its text from every other."""
        return {
            name: files.digest(article.text.encode("utf-8", "surrogatepass")) for name, article in self.by_id.items()
        }

    @cached_property
    def on_system(self) -> Mapping[str, tuple[Incident | Deployment, ...]]:
        """By a system's id or host, the team's incidents and deployments that name it; newest first."""
        found: dict[str, list[Incident | Deployment]] = {}
        entries: tuple[Incident | Deployment, ...] = (*self.incidents, *self.deployments)
        for entry in entries:
            for name in dict.fromkeys(entry.systems):
                found.setdefault(name, []).append(entry)
        return {name: tuple(entries) for name, entries in found.items()}

    @cached_property
    def incidents_of(self) -> Mapping[str, tuple[tuple[Incident, DeploymentLink], ...]]:
        """By a deployment's id, the incidents that name it and as what."""
        found: dict[str, list[tuple[Incident, DeploymentLink]]] = {}
        for incident in self.incidents:
            for link in incident.deployments:
                found.setdefault(link.id, []).append((incident, link))
        return {name: tuple(pairs) for name, pairs in found.items()}

    @cached_property
    def came_back(self) -> Mapping[str, Recurrence]:
        """By an incident's id, the team's earlier incidents of the same cause."""
        return {one.incident.id: one for one in came_back(self.incidents)}

    @cached_property
    def returned(self) -> Mapping[str, tuple[Recurrence, ...]]:
        """By an incident's id, the team's later incidents of the same cause, newest first."""
        found: dict[str, list[Recurrence]] = {}
        for one in self.came_back.values():
            for prior in one.earlier:
                found.setdefault(prior.incident.id, []).append(one)
        return {name: tuple(several) for name, several in found.items()}

    def standing(self, deployment: Deployment) -> Standing:
        """How a deployment stands; without a word on soak times, as if there were none."""
        return self.standings.get(deployment.id) or standing(deployment, said_of(self.incidents), self.as_of, 0)

    @cached_property
    def services(self) -> Mapping[str, Service]:
        """The team's services by slug, in the order of their names; newest entries first."""
        return services(self.own)

    @cached_property
    def by_host(self) -> Mapping[str, System]:
        """Systems by their id and by the name of each of their hosts."""
        hosts = {host: system for system in reversed(self.systems) for host in system.hosts}
        return hosts | {system.id: system for system in self.systems}


def gather(
    settings: Settings,
    as_of: datetime | None = None,
    edit_base: str = "",
    site_url: str = "",
    keep: str = "",
    phase: Callable[[str], Progress] = lambda _: lambda done, total: None,
    only: Published | None = None,
) -> Edition:
    """The edition of a knowledge base as it is now, after taking in what was changed by hand.

    Args:
        as_of: the moment it is made for; `SOURCE_DATE_EPOCH` or the clock if not given.
        edit_base, site_url: see `Edition`.
        keep: names the code that runs; what it finds out about each entry is then kept for the next time.
        phase: told the name of each phase of the work; what it gives is told how many of how many are done.
        only: all that may be shown, if not everything may: then nothing else is looked at.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    if only is not None:
        articles = tuple(Article(entry, path) for entry, path in sorted(only.entries, key=lambda one: one[0].id))
        strangers = replace(settings, vocabulary="", freeze=())
        return _edition(strangers, articles, as_of or moment_of_build(), phase, site_url=site_url)
    with KnowledgeBase.open(settings.root, settings) as base:
        problems = base.sync(strict=False, progress=phase("Reading entries")).problems
        records = base.records()
    articles = tuple(Article(one.entry, one.path, one.stale, one.text) for one in records)
    moment = as_of or moment_of_build()
    return _edition(settings, articles, moment, phase, keep, edit_base=edit_base, site_url=site_url, problems=problems)


def _edition(
    settings: Settings,
    articles: tuple[Article, ...],
    as_of: datetime,
    phase: Callable[[str], Progress],
    keep: str = "",
    **shown: Any,
) -> Edition:
    """The edition of these articles: everything in it comes from them."""
    plain = bare(settings, articles, as_of, **shown)
    own = [(entry, plain.by_id[entry.id].path) for entry in plain.own]
    hours = settings.suspect_hours, settings.soak_hours
    found = {incident.id: tuple(suspects(incident, own, *hours)[:_MOST]) for incident in plain.open}
    return replace(_advised(plain, settings, keep, phase("Finding what is alike")), suspects=found)


def bare(settings: Settings, articles: tuple[Article, ...], as_of: datetime, **shown: Any) -> Edition:
    """The edition of these articles without what search, or a comparison of them, has to say."""
    plain = Edition(settings.name, as_of, articles, freezes=settings.freeze, indexing=settings.indexing, **shown)
    said = said_of(plain.incidents)
    stand = {one.id: standing(one, said, as_of, settings.soak_hours) for one in plain.deployments}
    return replace(plain, standings=stand)


def _advised(edition: Edition, settings: Settings, keep: str, told: Progress) -> Edition:
    """What search has to say: what resembles each incident, and what to ask in those that are going on."""
    words = vocabulary.load(settings.words, cache=settings.state / "vocabulary.json")
    own = settings.words.read_text("utf-8") if settings.words else ""
    everyone = Everyone(settings.state / "site" / "likes.pickle" if keep else None, keep + own)
    items = [(article.entry, article.path, edition.digests[name]) for name, article in edition.by_id.items()]
    asking = {one.id for one in (*edition.incidents, *edition.library)} - {one.id for one in edition.open}
    source = everyone.update(items, asking, words, lambda done: told(done, 2 * len(items)))
    made = {one.card.id: one for one in source.documents}
    advised = replace(
        edition,
        similar={name: everyone.matches(name) for name in sorted(asking)}
        | {one.id: everyone.hits(_asked(source, words, one), one.id) for one in edition.open},
        index=export.scripts(source, words),
        themes=themes((*edition.own, *edition.library), made, lambda text: everyone.concepts(text, words), words),
        ask_next={one.id: tuple(questions.suggest(source, words, one, _MOST)) for one in edition.open},
        briefs={
            one.id: _paper(edition, settings, one, everyone.hits(_asked(source, words, one), one.id))
            for one in _coming(edition)
        },
    )
    everyone.keep()
    return advised


def _coming(edition: Edition) -> list[Deployment]:
    """The team's deployments that are planned or running; of those long past nobody said what became of them."""
    lately = edition.as_of - _FORGOTTEN
    own = (one for one in reversed(edition.deployments) if not edition.by_id[one.id].library)
    return [one for one in own if ahead(one, lately)][:_BRIEFS]


def _paper(edition: Edition, settings: Settings, plan: Deployment, matches: tuple[Match, ...]) -> Paper:
    """The page for the risk meeting of a deployment that is to come."""
    return paper(brief(plan, edition.own, matches, edition.as_of, settings.soak_hours, edition.freezes))


def _asked(source: Memory, words: vocabulary.Vocabulary, entry: Entry) -> tuple[likes.Like, ...]:
    """The likes of an entry that is going on or to come, of which nothing is kept: it changes all the time."""
    return likes.likes(source, words, *finder.ranked(source, words, entry, likes.LOOKED_AT))


def moment_of_build() -> datetime:
    """`SOURCE_DATE_EPOCH` (seconds since 1970), or else now, to the second."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal():
        return datetime.fromtimestamp(int(given), UTC)
    return datetime.now(UTC).replace(microsecond=0)
