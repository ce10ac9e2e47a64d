"""The page of a deployment: what changed, what was feared, what came of it."""

from __future__ import annotations

from collections.abc import Iterable

from kb.journeys.edition import Article
from kb.markdown.html import to_text
from kb.model import Check, Deployment, Incident, Risk, ServiceVersion
from kb.model.delivery import delay
from kb.model.meeting import further, risk_outcome
from kb.model.standing import ENDED
from kb.site.parts.frame import Frame, compose, eyebrow, section, source, title
from kb.site.parts.html import Child, Html, el, hidden, icon, join
from kb.site.parts.outcome import brief_link, ended, waiting
from kb.site.parts.pieces import date_of, fact, lesson_list, link_list, listed, question_list, tags
from kb.site.parts.pills import outcome, relation, stale
from kb.site.parts.timeline import timeline
from kb.site.parts.todo import action_list
from kb.site.parts.words import span, stretch, when


def deployment_page(frame: Frame, article: Article) -> str:
    """The page of a deployment."""
    deployment = article.entry
    assert isinstance(deployment, Deployment)
    parts = [
        _head(frame, article, deployment),
        _incidents(frame, deployment),
        *_sections(frame, deployment),
        tags(frame, deployment),
        source(frame, deployment),
    ]
    return compose(to_text(deployment.title), parts, about=deployment.summary or deployment.lead)


def _head(frame: Frame, article: Article, deployment: Deployment) -> Html:
    return join(
        eyebrow(frame, "deployments", "Deployments", deployment.id),
        title(frame.inline(deployment.title)),
        el("div", _facts(frame, deployment), class_="kb-meta"),
        stale() if article.stale else None,
        waiting(frame, deployment),
        _override(deployment),
        el("p", brief_link(frame, deployment)) if deployment.id in frame.edition.briefs else None,
        el("div", frame.blocks(deployment.lead), class_="kb-lead") if deployment.lead else None,
        el("div", frame.blocks(deployment.summary), class_="kb-lead") if deployment.summary else None,
        el("p", (_service(frame, one) for one in deployment.services), class_="kb-versions")
        if deployment.services
        else None,
    )


def _facts(frame: Frame, deployment: Deployment) -> Iterable[Html | None]:
    yield ended(frame.edition, deployment)
    yield _dates(deployment)
    yield fact("deploy", deployment.tool) if deployment.tool else None
    yield fact("system", listed(map(frame.system, deployment.systems))) if deployment.systems else None
    yield fact("note", deployment.environment) if deployment.environment else None


def _dates(deployment: Deployment) -> Html | None:
    start, end = deployment.started or deployment.window_start, deployment.finished or deployment.window_end
    if start is None:
        return None
    text = stretch(start, end, deployment.timezone)
    return fact("calendar", text if deployment.started else f"planned for {text}")


def _override(deployment: Deployment) -> Html | None:
    """That it went ahead although something stood in its way, and why."""
    if not deployment.override:
        return None
    return el("p", icon("warning"), el("b", "Overridden"), " ", deployment.override, class_="kb-override")


def _service(frame: Frame, one: ServiceVersion) -> Html:
    version = f"{one.previous} → {one.version}" if one.previous else one.version
    return el("span", el("b", frame.service(one.name)), " ", version, class_="kb-version")


def _incidents(frame: Frame, deployment: Deployment) -> Html | None:
    """The incidents that name it, each with what it had to do with it; a cleared one says so."""
    found = frame.edition.incidents_of.get(deployment.id, ())
    rows = (
        el("li", relation(link.relation), el("div", frame.link(incident.id), el("small", _later(deployment, incident))))
        for incident, link in found
    )
    return el("ul", rows, class_="kb-blame") if found else None


def _later(deployment: Deployment, incident: Incident) -> str:
    """The day of an incident, and how long after the deployment it began."""
    seconds = delay(deployment, incident)
    after = "" if seconds is None else f"{span(seconds)} later" if seconds else "while it ran"
    return ", ".join(filter(None, (date_of(incident), after)))


def _sections(frame: Frame, deployment: Deployment) -> Iterable[Child]:
    yield from section("Risk meeting", _meeting(frame, deployment))
    yield from section("Risks", _risks(frame, deployment))
    yield from section("Rollback plan", frame.blocks(deployment.rollback_plan))
    yield from section("Checks", _checks(frame, deployment))
    yield from section("Timeline", timeline(frame, deployment))
    yield from section("Questions asked", question_list(frame, deployment))
    yield from section("Lessons", lesson_list(frame, deployment.lessons))
    yield from section("Action items", action_list(frame, deployment))
    for other in deployment.sections:
        yield from section(other.heading, frame.blocks(other.body))
    yield from section("Links", link_list(frame, deployment))


def _meeting(frame: Frame, deployment: Deployment) -> Html | None:
    facts = [
        fact("calendar", when(deployment.meeting, deployment.timezone)) if deployment.meeting else None,
        fact("person", ", ".join(deployment.attendees)) if deployment.attendees else None,
        fact("check", f"Decision: {deployment.decision}") if deployment.decision else None,
    ]
    if not any(facts) and not deployment.discussion:
        return None
    return join(el("div", facts, class_="kb-meta") if any(facts) else None, frame.blocks(deployment.discussion))


def _risks(frame: Frame, deployment: Deployment) -> Html | None:
    rows = (_risk(frame, risk, deployment.status in ENDED) for risk in deployment.risks)
    return el("ul", rows, class_="kb-risks") if deployment.risks else None


def _risk(frame: Frame, risk: Risk, over: bool) -> Html:
    """What was feared, what was done about it, and what became of it; beside each other where there is room.

    Args:
        over: the deployment has ended, so that what became of it could be known.
    """
    odds = [f"{name} {word}" for name, word in (("likelihood", risk.likelihood), ("impact", risk.impact)) if word]
    became = _outcome(risk) or ("nobody has written it down" if over else None)
    return el(
        "li",
        el(
            "div",
            el("div", frame.inline(risk.text), class_="kb-risk__t"),
            el("small", " · ".join([*odds, *([risk.owner] if risk.owner else [])])) if odds or risk.owner else None,
        ),
        _line("Against it", risk.mitigation or None),
        _line("What became of it", became, "kb-risk__was"),
    )


def _line(label: str, said: Child, kind: str | None = None) -> Html | None:
    return el("p", el("b", label), " ", said, class_=kind) if said else None


def _outcome(risk: Risk) -> Html | None:
    """The sign of what became of it, and what else a person said."""
    if not risk.outcome:
        return None
    sign, more = outcome(risk_outcome(risk.outcome)), further(risk.outcome)
    return join(sign, " " if sign and more else None, more)


def _checks(frame: Frame, deployment: Deployment) -> Html | None:
    rows = (_check(frame, check) for check in deployment.checks)
    return el("ul", rows, class_="kb-todo") if deployment.checks else None


def _check(frame: Frame, check: Check) -> Html:
    notes = [check.result, check.by] if check.done else [check.result or "not done", check.by]
    return el(
        "li",
        icon("done" if check.done else "todo"),
        hidden("Done: " if check.done else "Not done: "),
        el("span", frame.inline(check.text), class_="kb-todo__t"),
        el("small", " · ".join(filter(None, notes))),
        class_="is-checked" if check.done else None,
    )
