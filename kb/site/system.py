"""The page of a system: what should run on it, what was found on it, and what has happened to it."""

from __future__ import annotations

from collections.abc import Iterable

from kb.journeys.edition import Article, Edition, newest
from kb.markdown.html import to_text
from kb.model import Deployment, Incident, System
from kb.site.frame import Frame, compose, eyebrow, section, source, title
from kb.site.html import Child, Html, el, join
from kb.site.pieces import (
    action_list,
    date_of,
    fact,
    item_list,
    lesson_list,
    link_list,
    listed,
    question_list,
    tags,
)
from kb.site.pills import deployment_status, pill, severity, stale
from kb.site.timeline import timeline


def system_page(frame: Frame, article: Article) -> str:
    """The page of a host, a database or a service."""
    system = article.entry
    assert isinstance(system, System)
    parts = [_head(frame, article, system), *_sections(frame, system), tags(frame, system), source(frame, system)]
    return compose(to_text(system.title), parts, about=system.summary or system.lead)


def incidents_on(edition: Edition, system: System) -> list[Incident]:
    """The incidents that name the system, by its id or one of its hosts; newest first."""
    return [entry for entry in _on(edition, system) if isinstance(entry, Incident)]


def deployments_to(edition: Edition, system: System) -> list[Deployment]:
    """The deployments that went to the system; newest first."""
    return [entry for entry in _on(edition, system) if isinstance(entry, Deployment)]


def _on(edition: Edition, system: System) -> list[Incident | Deployment]:
    found = {entry.id: entry for name in (system.id, *system.hosts) for entry in edition.on_system.get(name, ())}
    return sorted(found.values(), key=newest, reverse=True)


def _head(frame: Frame, article: Article, system: System) -> Html:
    text = "\n\n".join(filter(None, [system.lead, system.summary]))
    return join(
        eyebrow(frame, "systems", "Systems", system.id),
        title(frame.inline(system.title)),
        el("div", _facts(frame, system), class_="kb-meta"),
        stale() if article.stale else None,
        el("div", frame.blocks(text), class_="kb-lead") if text else None,
    )


def _facts(frame: Frame, system: System) -> Iterable[Html | None]:
    yield pill("ok" if system.status == "active" else "quiet", system.status.capitalize())
    yield fact("note", system.environment) if system.environment else None
    yield fact("person", system.owner) if system.owner else None
    yield fact("system", ", ".join(system.hosts)) if system.hosts else None
    yield fact("deploy", listed(frame, system.services)) if system.services else None


def _sections(frame: Frame, system: System) -> Iterable[Child]:
    yield from section("Found but unexpected", item_list(frame, system.unexpected, "kb-items--bad"))
    yield from section("Expected to run", item_list(frame, system.expected, "kb-items--ok"))
    yield from section("Incidents on it", _incidents(frame, system))
    yield from section("Deployments to it", _deployments(frame, system))
    yield from section("Timeline", timeline(frame, system))
    yield from section("Questions asked", question_list(frame, system))
    yield from section("Lessons", lesson_list(frame, system.lessons))
    yield from section("Action items", action_list(frame, system))
    for other in system.sections:
        yield from section(other.heading, frame.blocks(other.body))
    yield from section("Links", link_list(frame, system))


def _incidents(frame: Frame, system: System) -> Html | None:
    found = incidents_on(frame.edition, system)
    rows = (el("li", severity(one), el("div", frame.link(one.id), el("small", date_of(one)))) for one in found)
    return el("ul", rows, class_="kb-blame") if found else None


def _deployments(frame: Frame, system: System) -> Html | None:
    found = deployments_to(frame.edition, system)
    rows = (el("li", deployment_status(one), el("div", frame.link(one.id), el("small", date_of(one)))) for one in found)
    return el("ul", rows, class_="kb-blame") if found else None
