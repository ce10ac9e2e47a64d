"""The pages of systems: what should run on it, what was found on it, and what has happened to it."""

from __future__ import annotations

from collections.abc import Iterable

from kb.journeys.edition import Article, Edition
from kb.markdown.html import to_text
from kb.model import Deployment, Incident, System, SystemStatus
from kb.model.dating import newest
from kb.site.pages.deployments import deployment_rows
from kb.site.parts.frame import Frame, compose, eyebrow, section, source, title
from kb.site.parts.html import Child, Html, el, join
from kb.site.parts.pieces import fact, first, item_list, lesson_list, link_list, listed, question_list, tags
from kb.site.parts.pills import pill, stale
from kb.site.parts.rows import incident_list
from kb.site.parts.timeline import timeline
from kb.site.parts.todo import action_list, task_list, undone
from kb.site.parts.words import count, short


def system_page(frame: Frame, article: Article) -> str:
    """The page of a host, a database or a service."""
    system = article.entry
    assert isinstance(system, System)
    parts = [_head(frame, article, system), *_sections(frame, system), tags(frame, system), source(frame, system)]
    return compose(to_text(system.title), parts, about=system.summary or system.lead)


def systems_page(frame: Frame) -> str:
    """Every system, with what was found on it that should not be there, and what is left to do."""
    found = frame.edition.systems
    intro = "What is expected to run, and where. What is not on these lists and runs all the same is worth a question."
    parts: list[Child] = [title("Systems"), el("p", intro, class_="kb-intro")]
    rows = (_overview(frame, one) for one in found)
    parts.append(
        el("ul", rows, class_="kb-list") if found else first("No system is written down yet.", "kb new system")
    )
    return compose("Systems", parts, wide=True)


def _overview(frame: Frame, system: System) -> Html:
    events = on(frame.edition, system)
    left = undone(frame.edition, (system, *events))
    late = sum(task.late > 0 for task in left)
    notes = [
        system.environment, system.owner, f"{len(system.expected)} expected to run",
        count(sum(isinstance(one, Incident) for one in events), "incident"),
        count(sum(isinstance(one, Deployment) for one in events), "deployment"),
    ]  # fmt: skip
    to_do = [
        f" · {count(len(left), 'open action')}",
        [", ", el("b", f"{late} overdue", class_="kb-late")] if late else None,
    ]
    return el(
        "li",
        el("div", frame.link(system.id, class_="kb-list__t"), _status(system), class_="kb-list__h"),
        el("small", " · ".join(filter(None, notes)), to_do if left else None),
        el("p", short(system.summary, 200), class_="kb-list__p") if system.summary else None,
        item_list(frame, system.unexpected, "kb-items--bad"),
    )


def on(edition: Edition, system: System) -> list[Incident | Deployment]:
    """The incidents, then the deployments that name the system by its id or one of its hosts; newest first."""
    names = dict.fromkeys((system.id, *system.hosts))
    found = {one.id: one for name in names for one in edition.on_system.get(name, ())}
    return sorted(found.values(), key=lambda one: (isinstance(one, Incident), newest(one)), reverse=True)


def _status(system: System) -> Html | None:
    """Only what is out of use is said in the list."""
    return pill("quiet", system.status.capitalize()) if system.status is not SystemStatus.ACTIVE else None


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
    yield fact("deploy", listed(map(frame.service, system.services))) if system.services else None


def _sections(frame: Frame, system: System) -> Iterable[Child]:
    events = on(frame.edition, system)
    rows = deployment_rows(frame, [one for one in events if isinstance(one, Deployment)])
    yield from section("Found but unexpected", item_list(frame, system.unexpected, "kb-items--bad"))
    yield from section("Expected to run", item_list(frame, system.expected, "kb-items--ok"))
    yield from section("Incidents on it", incident_list(frame, (one for one in events if isinstance(one, Incident))))
    yield from section("Deployments to it", el("ul", rows, class_="kb-dl kb-dl--all") if rows else None)
    yield from section("Left to do after these", task_list(frame, undone(frame.edition, events)))
    yield from section("Timeline", timeline(frame, system))
    yield from section("Questions asked", question_list(frame, system))
    yield from section("Lessons", lesson_list(frame, system.lessons))
    yield from section("Action items", action_list(frame, system))
    for other in system.sections:
        yield from section(other.heading, frame.blocks(other.body))
    yield from section("Links", link_list(frame, system))
