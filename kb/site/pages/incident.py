"""The page of an incident: open, it says what to ask next; closed, what cracked it."""

from __future__ import annotations

from collections.abc import Iterable

from kb.journeys.edition import Article
from kb.markdown.html import to_text
from kb.model import OPEN_STATUSES, Deployment, Incident, Question, Relation, Suspect, Verdict
from kb.model.dating import began
from kb.site.parts.again import came_back, returned
from kb.site.parts.frame import Frame, compose, eyebrow, section, source, title
from kb.site.parts.html import Child, Html, el, icon, join
from kb.site.parts.pieces import (
    ask_list,
    cards,
    cracking,
    fact,
    item_list,
    lasted,
    lesson_list,
    link_list,
    listed,
    question_list,
    tags,
)
from kb.site.parts.pills import incident_status, pill, severity, stale
from kb.site.parts.timeline import phase_bar, phases, timeline
from kb.site.parts.todo import action_list, task_list, undone
from kb.site.parts.words import clock, day, gist, period, sentence, short, when

_ENOUGH = 150
"""Characters that a lead should have at least."""


def incident_page(frame: Frame, article: Article) -> str:
    """The page of an own incident or of one from the library."""
    incident = article.entry
    assert isinstance(incident, Incident)
    going_on = incident.status in OPEN_STATUSES and not article.library
    body = _open(frame, incident) if going_on else _closed(frame, incident)
    parts = [_head(frame, article, incident), _lead(frame, incident, going_on), *body, source(frame, incident)]
    return compose(to_text(incident.title), parts, about=incident.summary or incident.lead)


def _head(frame: Frame, article: Article, incident: Incident) -> Html:
    place = ("library", "Library") if article.library else ("incidents", "Incidents")
    return join(
        eyebrow(frame, *place, incident.id),
        title(frame.inline(incident.title)),
        el("div", _facts(frame, article, incident), class_="kb-meta"),
        stale() if article.stale else None,
    )


def _facts(frame: Frame, article: Article, incident: Incident) -> Iterable[Html | None]:
    yield None if article.library else incident_status(incident)
    yield severity(incident)
    yield pill("quiet", "Near miss") if incident.near_miss else None
    yield fact("company", incident.company) if incident.company else None
    yield _dates(incident)
    yield fact("timer", lasted(incident)) if lasted(incident) else None
    affected = _affected(frame, article, incident)
    yield fact("system", listed(affected)) if affected else None
    yield fact("alert", f"Noticed by {incident.detected_by}") if incident.detected_by else None


def _affected(frame: Frame, article: Article, incident: Incident) -> list[Html]:
    """What it hit; a service of another company is not ours, though it may be called alike."""
    if article.library:
        return [el("span", name) for name in (*incident.services, *incident.systems)]
    return [*map(frame.service, incident.services), *map(frame.system, incident.systems)]


def _dates(incident: Incident) -> Html | None:
    start, zone = began(incident), incident.timezone
    if start is None:
        return None
    if incident.status in OPEN_STATUSES:
        time = clock(start, zone)
        return fact("calendar", day(start, zone) + (f", since {time}" if time else ""))
    end = incident.mitigated or incident.resolved
    return fact("calendar", period(start, end, zone) if end and start <= end else when(start, zone))


def _lead(frame: Frame, incident: Incident, going_on: bool) -> Html | None:
    """The first sentences large, the rest of the summary as usual text; a lead beside a summary is a note on it."""
    note = incident.lead if incident.summary else ""
    text = incident.summary or incident.lead or (incident.impact if going_on else "")
    large, more = _opening(text)
    return join(
        el("div", frame.blocks(note), class_="kb-remark") if note else None,
        el("div", frame.blocks(large), class_="kb-lead") if large else None,
        el("div", frame.blocks(more), class_="kb-more") if more else None,
    )


def _opening(text: str) -> tuple[str, str]:
    """The first sentences of a text, until they say something, and what follows; a text of lists or code is not cut."""
    first, _, later = text.partition("\n\n")
    if not first or not first[0].isalnum():
        return "", text
    large, rest = "", " ".join(first.split())
    while rest and len(large) < _ENOUGH:
        one, rest = sentence(rest)
        large = f"{large} {one}".strip()
    return large, "\n\n".join(filter(None, [rest, later]))


def _closed(frame: Frame, incident: Incident) -> Iterable[Child]:
    yield _answer(frame, incident)
    yield from _again(frame, incident)
    yield from section("Impact", frame.blocks(incident.impact))
    yield from section("Where the time went", phase_bar(phases(incident, _changes(frame, incident))))
    yield from section("Symptoms", item_list(frame, incident.symptoms))
    yield from section("Timeline", timeline(frame, incident))
    yield from section("Questions asked", join(question_list(frame, incident), _ruled_out(frame, incident)))
    yield from _causes(frame, incident)
    yield from section("Lessons", lesson_list(frame, incident.lessons))
    yield from _rest(frame, incident)
    own, others = _similar(frame, incident), _elsewhere(frame, incident)
    if frame.edition.by_id[incident.id].library:
        yield from section("Similar incidents", join(own, others))
    else:
        yield from section("Similar incidents", own)
        yield from section("From the public library", others)


def _open(frame: Frame, incident: Incident) -> Iterable[Child]:
    suggestions = frame.edition.ask_next.get(incident.id, ())
    yield from section("Ask these next", ask_list(frame, suggestions) if suggestions else None)
    yield from section("Seen before", _similar(frame, incident))
    yield from section("Deployments to suspect", _suspects(frame, incident))
    yield from _again(frame, incident)
    yield from section("Left undone by its likes", _left_undone(frame, incident))
    yield from section("Symptoms", item_list(frame, incident.symptoms))
    yield from section("So far", timeline(frame, incident) or el("p", "Nothing is logged yet.", class_="kb-none"))
    yield from section("Questions asked", join(question_list(frame, incident), _ruled_out(frame, incident)))
    yield from section("Impact", frame.blocks(incident.impact) if incident.summary or incident.lead else None)
    yield from _causes(frame, incident)
    yield from section("Lessons", lesson_list(frame, incident.lessons))
    yield from section("From the public library", _elsewhere(frame, incident))
    yield from _rest(frame, incident)


def _again(frame: Frame, incident: Incident) -> Iterable[Child]:
    yield from section("Came back", came_back(frame, incident))
    yield from section("Returned", returned(frame, incident))


def _answer(frame: Frame, incident: Incident) -> Html | None:
    """The question that cracked it, what it was and what fixed it: what a reader came for."""
    question = cracking(incident)
    asked = frame.inline(f"“{question.text}”") if question else None
    was, fixed = gist(incident.root_cause), gist(incident.resolution)
    if not (question or was or fixed):
        return None
    return el(
        "div",
        _part("star", "The question that cracked it", asked, "kb-answer__c") if asked else None,
        _part("bug", "What it was", frame.inline(was)) if was else None,
        _part("wrench", "What fixed it", frame.inline(fixed)) if fixed else None,
        class_="kb-answer",
    )


def _part(picture: str, label: str, text: Html, kind: str | None = None) -> Html:
    head = el("p", icon(picture), label, class_="kb-h")
    return el("section", head, el("div", text, class_="kb-answer__t"), class_=kind)


def _causes(frame: Frame, incident: Incident) -> Iterable[Child]:
    """Cause and resolution, where the answer block above has not said all of them."""
    yield from section("Trigger", frame.blocks(incident.trigger))
    if gist(incident.root_cause) != " ".join(incident.root_cause.split()):
        yield from section("Root cause", frame.blocks(incident.root_cause))
    yield from section("Contributing factors", item_list(frame, incident.contributing_factors))
    if gist(incident.resolution) != " ".join(incident.resolution.split()):
        yield from section("Resolution", frame.blocks(incident.resolution))


def _ruled_out(frame: Frame, incident: Incident) -> Html | None:
    """What was suspected and cleared, and what led nowhere: struck through, so that nobody looks there again."""
    cleared = [link.id for link in incident.deployments if link.relation is Relation.RULED_OUT]
    ends = [question for question in incident.questions if question.verdict is Verdict.DEAD_END]
    if not cleared and not ends:
        return None
    chips = [frame.link(name, class_="kb-ruled__x") for name in cleared]
    chips += [_dead_end(frame, incident, question) for question in ends]
    return el("p", el("b", "Ruled out"), chips, class_="kb-ruled")


def _dead_end(frame: Frame, incident: Incident, question: Question) -> Html:
    place = frame.entry(incident.id, f"q-{question.id}") if question.id else None
    return el("a" if place else "span", short(question.text, 70), href=place, class_="kb-ruled__x")


def _rest(frame: Frame, incident: Incident) -> Iterable[Child]:
    yield from section("Action items", action_list(frame, incident))
    yield from section("Deployments", _linked_deployments(frame, incident))
    for other in incident.sections:
        yield from section(other.heading, frame.blocks(other.body))
    yield from section("Links", link_list(frame, incident))
    yield tags(frame, incident)


def _linked_deployments(frame: Frame, incident: Incident) -> Html | None:
    """The deployments the incident names; neither those it ruled out nor those suspected further up."""
    known = {suspect.id for suspect in frame.edition.suspects.get(incident.id, ())}
    rows = [
        el("li", _blamed(link.relation), el("div", frame.link(link.id), _ran(frame, link.id)))
        for link in incident.deployments
        if link.relation is not Relation.RULED_OUT and link.id not in known
    ]
    return el("ul", rows, class_="kb-blame") if rows else None


def _blamed(relation: Relation) -> Html:
    return pill("wait" if relation is Relation.SUSPECTED else "bad", relation.capitalize())


def _ran(frame: Frame, name: str) -> Html | None:
    """When the deployment ran, as far as that is known."""
    article = frame.edition.by_id.get(name)
    moment = began(article.entry) if article else None
    return el("small", when(moment, article.entry.timezone)) if article and moment else None


def _changes(frame: Frame, incident: Incident) -> list[Deployment]:
    named = (frame.edition.by_id.get(link.id) for link in incident.deployments)
    return [one.entry for one in named if one and isinstance(one.entry, Deployment)]


def _similar(frame: Frame, incident: Incident) -> Html | None:
    """The team's own past incidents that resemble this one."""
    own = [match for match in frame.edition.similar.get(incident.id, ()) if not match.entry.library]
    return cards(frame, own) if own else None


def _left_undone(frame: Frame, incident: Incident) -> Html | None:
    """What was to be done after the incidents it resembles, and is not: perhaps that is why it is back."""
    alike = (frame.edition.by_id.get(match.entry.id) for match in frame.edition.similar.get(incident.id, ()))
    return task_list(frame, undone(frame.edition, (one.entry for one in alike if one and not one.library)))


def _elsewhere(frame: Frame, incident: Incident) -> Html | None:
    """What resembles it in the public library, in fewer words."""
    others = [match for match in frame.edition.similar.get(incident.id, ()) if match.entry.library]
    return cards(frame, others, compact=True) if others else None


def _suspects(frame: Frame, incident: Incident) -> Html | None:
    found = frame.edition.suspects.get(incident.id, ())
    return el("ul", (_suspect(frame, incident, one) for one in found), class_="kb-suspects") if found else None


def _suspect(frame: Frame, incident: Incident, one: Suspect) -> Html:
    """How long before comes first, then the other reasons; one that was cleared is struck through."""
    relation = next((link.relation for link in incident.deployments if link.id == one.id), None)
    when, *others = [reason for reason in one.reasons if reason != relation] or [""]
    cleared = relation is Relation.RULED_OUT
    return el(
        "li",
        icon("deploy"),
        el(
            "div",
            frame.link(one.id, one.title),
            pill("quiet", "Cleared" if cleared else relation.capitalize()) if relation else None,
            el("p", el("b", when), (el("span", reason) for reason in others), class_="kb-reasons") if when else None,
        ),
        class_="is-cleared" if cleared else None,
    )
