"""What a complete and consistent entry has: rules over one entry, and over all of them together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from kb.model.entry import (
    OPEN_STATUSES,
    Deployment,
    DeploymentStatus,
    Entry,
    Incident,
    IncidentStatus,
    Severity,
    Verdict,
)
from kb.model.meeting import Decision, decided
from kb.model.moment import Moment
from kb.model.recurrence import came_before
from kb.model.standing import ENDED

MILESTONES = ("started", "detected", "acknowledged", "mitigated", "resolved")
"""The milestones of an incident in the order they are reached."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something missing or inconsistent in an entry.

    Args:
        where: the key, the field of a section or the id of an item it is about; empty for the whole entry.
    """

    where: str
    message: str
    hint: str


def check(entry: Entry, library: bool = False) -> Iterator[Doubt]:
    """What an entry lacks, taken by itself.

    Args:
        library: a well-known incident of another company, which owes nobody its actions.
    """
    if isinstance(entry, Incident):
        yield from _milestones(entry)
        if entry.status not in OPEN_STATUSES:
            yield from _closed(entry, library)
        elif entry.resolved:
            yield Doubt("status", f"status is {entry.status}, but it has a resolved time", "kb set status=resolved")
        if entry.severity is Severity.NONE:
            yield Doubt("status", "no severity", "add 'severity: sev1' (all down) to sev4 (hardly noticed)")
    if isinstance(entry, Deployment):
        yield from _deployment(entry)
    if library and not entry.source:
        yield Doubt(
            "", "an entry of the library has no source", "add 'source:' with the address of the original report"
        )
    if not library:
        yield from _actions(entry)


def _milestones(incident: Incident) -> Iterator[Doubt]:
    reached = [(name, at) for name in MILESTONES if (at := getattr(incident, name))]
    for (before, first), (after, second) in pairwise(reached):
        if earlier(second, first):
            yield Doubt(after, f"{after} is before {before}", "mend one of the two times")
    if incident.started is None and incident.detected is None:
        yield Doubt("status", "neither started nor detected is known", "add 'started: 2019-03-12 09:00'")


def earlier(one: Moment, other: Moment) -> bool:
    """Whether a moment is surely before another, as well as both are known."""
    if "day" in (one.precision, other.precision):
        return one.at.date() < other.at.astimezone(one.at.tzinfo).date()
    return one.at < other.at


def _closed(incident: Incident, library: bool) -> Iterator[Doubt]:
    for name, what in (("summary", "summary"), ("root_cause", "root cause"), ("resolution", "resolution")):
        if not getattr(incident, name):
            yield Doubt(name, f"a {incident.status} incident has no {what}", f"write the section, or kb set {name}=…")
    if not incident.lessons:
        yield Doubt("lessons", f"a {incident.status} incident has no lesson", 'kb lesson "what we learned"')
    if incident.resolved is None and not library:
        yield Doubt("status", f"status is {incident.status}, but no resolved time is given", "add 'resolved:'")
    if not any(question.verdict is Verdict.CRACKED for question in incident.questions):
        hint = 'which question was it? kb answer QUESTION "what was found" --verdict cracked'
        yield Doubt("questions", "no question is marked as the one that cracked it", hint)
    if incident.status is IncidentStatus.REVIEWED and not library:
        for question in incident.questions:
            if question.verdict is Verdict.OPEN and not question.answers:
                yield Doubt(
                    question.id, "a question is still open after the review", "answer it, or call it a dead end"
                )


def _deployment(deployment: Deployment) -> Iterator[Doubt]:
    for before, after in (("window_start", "window_end"), ("started", "finished")):
        first, second = getattr(deployment, before), getattr(deployment, after)
        if first and second and earlier(second, first):
            where = "window" if before == "window_start" else after
            yield Doubt(where, f"{after.replace('_', ' ')} is before {before.replace('_', ' ')}", "mend one of the two")
    if deployment.status in ENDED and deployment.finished is None:
        yield Doubt("status", f"status is {deployment.status}, but no finished time is given", "add 'finished:'")
    if not deployment.services:
        yield Doubt("status", "no services", "add 'services:' with what is deployed")
    if not deployment.rollback_plan:
        yield Doubt("rollback_plan", "no rollback plan", "write the section 'Rollback plan', even if it says why not")
    yield from _decision(deployment)
    if deployment.status in ENDED:
        yield from _left_open(deployment)


def _decision(deployment: Deployment) -> Iterator[Doubt]:
    decision, ran = decided(deployment.decision), (DeploymentStatus.IN_PROGRESS, *ENDED)
    if deployment.decision and decision is Decision.NONE:
        hint = "say go, no-go, or go with conditions; more words may follow after a colon"
        yield Doubt("decision", f"'{deployment.decision}' is no decision", hint)
    if decision is Decision.NO_GO and deployment.status in ran:
        hint = "mend the decision or the status, or say in the timeline why it went ahead"
        yield Doubt("decision", f"decided no-go, but status is {deployment.status}", hint)


def _left_open(deployment: Deployment) -> Iterator[Doubt]:
    """What a finished deployment should know of itself."""
    for risk in deployment.risks:
        if not risk.outcome:
            hint = f"kb risk became {risk.id} did-not-happen, held or happened"
            yield Doubt(risk.id, "nobody wrote down what became of this risk", hint)
    for check in deployment.checks:
        if not check.result:
            yield Doubt(check.id, "a check has no result", f'kb verify done {check.id} --result "…"')


def _actions(entry: Entry) -> Iterator[Doubt]:
    for action in entry.actions:
        if action.done:
            continue
        missing = [name for name, value in (("owner", action.owner), ("due date", action.due)) if not value]
        if missing:
            hint = "add (owner: @who; due: 2030-01-31) at the end of the line"
            yield Doubt(action.id, f"an action has no {' and no '.join(missing)}", hint)


def check_links(entry: Entry, ids: Collection[str]) -> Iterator[Doubt]:
    """Links of an entry that lead nowhere.

    Args:
        ids: the ids of all deployments there are.
    """
    if isinstance(entry, Incident):
        for link in entry.deployments:
            if link.id not in ids:
                hint = "mend the id, or record it: kb new deployment"
                yield Doubt("deployments", f"no deployment '{link.id}' is recorded", hint)


def check_recurrence(entry: Entry, incidents: Mapping[str, Entry]) -> Iterator[Doubt]:
    """Whether what an incident is said to have come back from is an incident, and came before it.

    Args:
        incidents: all incidents there are, by their ids.
    """
    if not isinstance(entry, Incident):
        return
    for name in entry.recurrence_of:
        other = incidents.get(name)
        if not isinstance(other, Incident):
            yield Doubt("recurrence_of", f"no incident '{name}' is recorded", "mend the id: 'kb list incidents'")
        elif other.id == entry.id or not came_before(other, entry):
            hint = "name the earlier one in the later one, or mend a 'started:'"
            yield Doubt("recurrence_of", f"'{name}' did not come before this incident", hint)
