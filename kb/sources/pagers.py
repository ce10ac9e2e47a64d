"""Incidents as PagerDuty, Opsgenie and Statuspage give them through their APIs.

PagerDuty REST v2 `GET /incidents` (with `/log_entries` and `/notes` beside them), Opsgenie `GET /v1/incidents`,
`GET /v2/alerts` and the timelines, Statuspage `GET /v1/pages/ID/incidents` and `/api/v2/incidents.json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from kb.markdown import clean
from kb.model import (
    Deployment,
    DeploymentStatus,
    Incident,
    IncidentStatus,
    Item,
    Section,
    Severity,
    TimelineEvent,
)
from kb.sources.found import Found, Sheet, item_ids, lowered, moment, named, names

Thing = dict[str, Any]
_SEVERITY = {
    "p1": Severity.SEV1, "p2": Severity.SEV2, "p3": Severity.SEV3, "p4": Severity.SEV4, "p5": Severity.SEV4,
    "sev1": Severity.SEV1, "sev2": Severity.SEV2, "sev3": Severity.SEV3, "sev4": Severity.SEV4, "sev5": Severity.SEV4,
    "critical": Severity.SEV1, "major": Severity.SEV2, "minor": Severity.SEV3, "none": Severity.SEV4,
}  # fmt: skip
_STATUS = {
    "triggered": IncidentStatus.INVESTIGATING, "acknowledged": IncidentStatus.INVESTIGATING,
    "open": IncidentStatus.INVESTIGATING, "investigating": IncidentStatus.INVESTIGATING,
    "identified": IncidentStatus.IDENTIFIED, "monitoring": IncidentStatus.MITIGATED,
    "resolved": IncidentStatus.RESOLVED, "closed": IncidentStatus.RESOLVED, "postmortem": IncidentStatus.REVIEWED,
}  # fmt: skip
_ENTRY_KIND = {
    "trigger_log_entry": "detection", "acknowledge_log_entry": "observation", "resolve_log_entry": "recovery",
    "escalate_log_entry": "escalation", "assign_log_entry": "escalation", "annotate_log_entry": "note",
    "notify_log_entry": "communication", "status_update_log_entry": "communication",
}  # fmt: skip
_UPDATE_KIND = {
    "investigating": "detection",
    "identified": "finding",
    "monitoring": "mitigation",
    "resolved": "recovery",
}


def pagerduty(told: Thing, timezone: str) -> Iterator[Found]:
    """Each incident of PagerDuty, with the log entries and notes that belong to it."""
    every = dicts(told.get("incidents")) or dicts([told.get("incident")])
    left = {part: dicts(told.get(part)) for part in ("log_entries", "notes")}
    for number, one in enumerate(every, 1):
        mine = {}
        for part, all_ in left.items():
            mine[part] = [each for each in all_ if _id(each.get("incident")) == one.get("id") or len(every) == 1]
            left[part] = [each for each in all_ if each not in mine[part]]
        found = _pagerduty(one, mine["log_entries"], mine["notes"], timezone)
        others = {part: all_ for part, all_ in left.items() if all_ and number == len(every)}
        yield replace(found, aside={**found.aside, **others})


def _pagerduty(one: Thing, entries: list[Thing], notes: list[Thing], timezone: str) -> Found:
    sheet, key = Sheet(one, timezone), f"pagerduty/{_id(one)}"
    sheet.seen("id", "type", "self", "summary", "incident_key", "first_trigger_log_entry", "last_status_change_by")
    sheet.seen("last_status_change_at", "is_mergeable", "alert_counts", "updated_at", "acknowledgements")
    status = sheet.choice("status", _STATUS, IncidentStatus.RESOLVED)
    severity = _severity(sheet, "priority", ("urgency", {"high": Severity.SEV2, "low": Severity.SEV4}))
    resolved = sheet.time("resolved_at") or _when(entries, "resolve_log_entry", timezone)
    if resolved is None and status is IncidentStatus.RESOLVED:
        resolved = moment(one.get("last_status_change_at"), timezone)
        sheet.guess("resolved from last_status_change_at")
    acknowledged = _when(entries, "acknowledge_log_entry", timezone) or _first(one.get("acknowledgements"), timezone)
    started = sheet.time("created_at")
    sheet.guess("started from created_at")
    title = sheet.line("title", "description", "summary") or key
    ids = item_ids(key)
    kinds = [_ENTRY_KIND.get(str(entry.get("type")), "note") for entry in entries]
    events = [
        _event(e, "created_at", kind, ("summary",), "agent", timezone, next(ids))
        for e, kind in zip(entries, kinds, strict=True)
    ]
    events += [_event(n, "created_at", "note", ("content",), "user", timezone, next(ids)) for n in notes]
    number, link = sheet.line("incident_number"), sheet.line("html_url")
    entry = Incident(
        id="", title=title, timezone=timezone, status=status, severity=severity, started=started,
        detected=_when(entries, "trigger_log_entry", timezone), acknowledged=acknowledged, resolved=resolved,
        services=names(sheet.raw("service")), summary=_described(sheet, title), timeline=_sorted(events),
        links=_links(link, f"PagerDuty #{number}" if number else "PagerDuty", next(ids)),
    )  # fmt: skip
    return Found(key, entry, tuple(sheet.guessed), sheet.aside)


def _described(sheet: Sheet, title: str) -> str:
    body = sheet.values.get("body")
    details = body.get("details") if isinstance(body, dict) else None
    if isinstance(details, str):
        sheet.seen("body")
        return clean(details)
    said = sheet.text("description")
    return "" if said == title else said


def opsgenie(told: Thing, timezone: str) -> Iterator[Found]:
    """Each incident or alert of Opsgenie, with the entries of its timeline where they are given."""
    data = told.get("data")
    timelines = told.get("timelines") if isinstance(told.get("timelines"), dict) else {}
    for one in dicts(data if isinstance(data, list) else [data]):
        entries = dicts(one.get("timeline")) or dicts(timelines.get(_id(one)) if timelines else None)
        yield _opsgenie(one, entries, timezone)


def _opsgenie(one: Thing, entries: list[Thing], timezone: str) -> Found:
    sheet, key = Sheet(one, timezone), f"opsgenie/{_id(one)}"
    sheet.seen(
        "id", "alias", "tinyId", "acknowledged", "isSeen", "snoozed", "count", "lastOccurredAt", "updatedAt", "timeline"
    )
    status = sheet.choice("status", _STATUS, IncidentStatus.RESOLVED)
    began, closed = sheet.time("impactStartDate", "createdAt"), sheet.time("impactEndDate")
    if closed is None and status is IncidentStatus.RESOLVED:
        closed = moment(one.get("updatedAt"), timezone)
        sheet.guess("resolved from updatedAt")
    ids = item_ids(key)
    events = tuple(_opsgenie_event(entry, timezone, next(ids)) for entry in entries)
    links = sheet.raw("links")
    web = links.get("web") if isinstance(links, dict) else ""
    entry = Incident(
        id="", title=sheet.line("message", "alias") or key, timezone=timezone, status=status,
        severity=_severity(sheet, "priority"), started=began, detected=moment(one.get("createdAt"), timezone),
        resolved=closed, services=names(sheet.raw("impactedServices")), tags=names(sheet.raw("tags")),
        detected_by=sheet.line("source"), summary=sheet.text("description"), timeline=_sorted(events),
        links=_links(named(web), "Opsgenie", next(ids)),
    )  # fmt: skip
    sheet.seen("createdAt")
    return Found(key, entry, tuple(sheet.guessed), sheet.aside)


def _opsgenie_event(entry: Thing, timezone: str, item_id: str) -> TimelineEvent:
    parts = [
        named(part.get("name")) if isinstance(part, dict) else named(part)
        for part in (entry.get("title"), entry.get("description"))
    ]
    text = ": ".join(filter(None, parts)) or named(entry.get("type")) or "(an entry without words)"
    return TimelineEvent(
        clean(text), moment(entry.get("eventTime"), timezone), "note", named(entry.get("actor")), item_id
    )


def statuspage(told: Thing, timezone: str) -> Iterator[Found]:
    """Each incident of a Statuspage; a scheduled maintenance is a deployment."""
    for one in dicts(told.get("incidents")) + dicts(told.get("scheduled_maintenances")):
        planned = one.get("impact") == "maintenance" or bool(one.get("scheduled_for"))
        yield (_maintenance if planned else _statuspage)(one, timezone)


def _statuspage(one: Thing, timezone: str) -> Found:
    sheet, key = Sheet(one, timezone), f"statuspage/{_id(one)}"
    _seen(sheet)
    ids = item_ids(key)
    started = sheet.time("started_at", "created_at")
    reviewed = str(one.get("postmortem_body") or "")
    sections = (Section("Published postmortem", clean(lowered(reviewed))),) if reviewed.strip() else ()
    sheet.seen("postmortem_body", "created_at")
    entry = Incident(
        id="", title=sheet.line("name") or key, timezone=timezone,
        status=sheet.choice("status", _STATUS, IncidentStatus.RESOLVED),
        severity=sheet.choice("impact", _SEVERITY, Severity.NONE), started=started,
        mitigated=sheet.time("monitoring_at"), resolved=sheet.time("resolved_at"),
        services=_components(sheet, one), timeline=_updates(sheet, one, timezone, ids), sections=sections,
        links=_links(sheet.line("shortlink"), "Statuspage", next(ids)),
    )  # fmt: skip
    sheet.guess("severity from impact")
    return Found(key, entry, tuple(sheet.guessed), sheet.aside)


def _maintenance(one: Thing, timezone: str) -> Found:
    sheet, key = Sheet(one, timezone), f"statuspage/{_id(one)}"
    _seen(sheet)
    sheet.seen("impact", "created_at", "started_at")
    states = {"scheduled": DeploymentStatus.PLANNED, "in_progress": DeploymentStatus.IN_PROGRESS,
              "verifying": DeploymentStatus.IN_PROGRESS, "completed": DeploymentStatus.SUCCEEDED}  # fmt: skip
    ids = item_ids(key)
    entry = Deployment(
        id="", title=sheet.line("name") or key, timezone=timezone, tool="Statuspage",
        status=sheet.choice("status", states, DeploymentStatus.SUCCEEDED),
        window_start=sheet.time("scheduled_for"), window_end=sheet.time("scheduled_until"),
        finished=sheet.time("resolved_at"), timeline=_updates(sheet, one, timezone, ids),
        links=_links(sheet.line("shortlink"), "Statuspage", next(ids)),
    )  # fmt: skip
    sheet.guess("a deployment, because it is a scheduled maintenance")
    return Found(key, entry, tuple(sheet.guessed), sheet.aside)


def _seen(sheet: Sheet) -> None:
    sheet.seen("id", "page_id", "updated_at", "impact_override", "metadata", "reminder_intervals", "incident_impacts")


def _components(sheet: Sheet, one: Thing) -> tuple[str, ...]:
    sheet.seen("components")
    return names([component.get("name") for component in dicts(one.get("components"))])


def _updates(sheet: Sheet, one: Thing, timezone: str, ids: Iterator[str]) -> tuple[TimelineEvent, ...]:
    sheet.seen("incident_updates")
    events = []
    for update in dicts(one.get("incident_updates")):
        when = "display_at" if update.get("display_at") else "created_at"
        kind = _UPDATE_KIND.get(str(update.get("status")), "communication")
        events.append(_event(update, when, kind, ("body", "status"), "", timezone, next(ids)))
    return _sorted(events)


def _severity(sheet: Sheet, name: str, other: tuple[str, Mapping[str, Severity]] | None = None) -> Severity:
    """Severity from a priority called `P1`, or else from a rougher word."""
    if found := severity_of(sheet.values.get(name)):
        sheet.seen(name)
        sheet.guess(f"severity from {name}")
        return found
    if other and (rougher := other[1].get(named(sheet.values.get(other[0])).lower())):
        sheet.seen(other[0])
        sheet.guess(f"severity from {other[0]}")
        return rougher
    return Severity.NONE


def severity_of(value: Any) -> Severity:
    """The severity a word stands for: `P1`, `SEV-2`, `critical`; none where it stands for none."""
    word = named(value).lower().replace("-", "").replace(" ", "")
    return (
        _SEVERITY.get(word)
        or _SEVERITY.get(f"sev{word}")
        or _SEVERITY.get(word[:4])
        or _SEVERITY.get(word[:2])
        or Severity.NONE
    )


def _event(
    one: Thing, when: str, kind: str, words: tuple[str, ...], who: str, timezone: str, item_id: str
) -> TimelineEvent:
    text = next((str(one[word]) for word in words if one.get(word)), "") or named(one.get("type")) or "(without words)"
    return TimelineEvent(clean(text), moment(one.get(when), timezone), kind, named(one.get(who)), item_id)


def _sorted(events: Iterable[TimelineEvent]) -> tuple[TimelineEvent, ...]:
    return tuple(sorted(events, key=lambda event: event.at.at.timestamp() if event.at else 0))


def _when(entries: list[Thing], kind: str, timezone: str) -> Any:
    times = [
        found for entry in entries if entry.get("type") == kind and (found := moment(entry.get("created_at"), timezone))
    ]
    return min(times, key=lambda at: at.at, default=None)


def _first(acknowledgements: Any, timezone: str) -> Any:
    times = [found for one in dicts(acknowledgements) if (found := moment(one.get("at"), timezone))]
    return min(times, key=lambda at: at.at, default=None)


def _links(address: str, label: str, item_id: str) -> tuple[Item, ...]:
    return (Item(f"[{label}]({address})", item_id),) if address.startswith(("https://", "http://")) else ()


def _id(one: Any) -> str:
    return named(one.get("id")) if isinstance(one, dict) else ""


def dicts(value: Any) -> list[Thing]:
    """The mappings in a list; nothing else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
