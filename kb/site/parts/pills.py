"""Small signs with one meaning each: status, severity, verdict, relation."""

from __future__ import annotations

from kb.model import (
    OPEN_STATUSES,
    DeploymentStatus,
    Incident,
    IncidentStatus,
    Relation,
    RiskOutcome,
    Severity,
    Verdict,
)
from kb.site.parts.html import Html, el, icon, join

_SEVERITY = {
    Severity.SEV1: "everything is down",
    Severity.SEV2: "a large part is down",
    Severity.SEV3: "a small part is down",
    Severity.SEV4: "hardly noticed",
}
VERDICTS = {
    Verdict.CRACKED: ("cracked", "Cracked it", "Cracked it"),
    Verdict.LEAD: ("lead", "A lead", "Gave a lead"),
    Verdict.OPEN: ("open", "Open", "Still open"),
    Verdict.DEAD_END: ("dead", "Dead end", "Led nowhere"),
}
"""What a question may turn out to be worth, the best first: its colours in kb.css, its sign, and what it did."""
_DEPLOYMENT = {
    DeploymentStatus.SUCCEEDED: "ok",
    DeploymentStatus.FAILED: "bad",
    DeploymentStatus.ROLLED_BACK: "bad",
    DeploymentStatus.PROVISIONAL: "wait",
    DeploymentStatus.IN_PROGRESS: "blue",
    DeploymentStatus.PLANNED: "blue",
    DeploymentStatus.CANCELLED: "quiet",
}
_OUTCOME = {
    RiskOutcome.DID_NOT_HAPPEN: ("quiet", "Did not happen"),
    RiskOutcome.HELD: ("ok", "Happened, the mitigation held"),
    RiskOutcome.HAPPENED: ("bad", "Happened"),
}
_RELATION = {
    Relation.CAUSED: ("bad", "caused"),
    Relation.CONTRIBUTING: ("bad", "contributed to"),
    Relation.SUSPECTED: ("wait", "is suspected of"),
    Relation.RULED_OUT: ("quiet", "ruled out for"),
}


def pill(kind: str, *children: Html | str, hint: str = "") -> Html:
    """A rounded sign; `kind` names its colours in kb.css."""
    return el("span", *children, class_=f"kb-pill kb-pill--{kind}", title=hint or None)


def incident_status(incident: Incident) -> Html:
    """Open incidents glow; a closed one has a tick."""
    if incident.status in OPEN_STATUSES:
        word = "Open" if incident.status is IncidentStatus.INVESTIGATING else f"Open, {incident.status}"
        return pill("open", el("i"), word)
    return pill("ok", icon("check"), incident.status.capitalize())


def severity(incident: Incident) -> Html | None:
    """`SEV1`; nothing while nobody has said."""
    if incident.severity is Severity.NONE:
        return None
    return pill(incident.severity.value, incident.severity.upper(), hint=_SEVERITY[incident.severity])


def deployment_status(status: DeploymentStatus) -> Html:
    """Green when it succeeded, amber while provisional, red when it failed or was rolled back."""
    return pill(_DEPLOYMENT[status], status.capitalize())


def verdict(value: Verdict) -> Html:
    """What a question turned out to be worth; amber and a star only for the one that cracked it."""
    kind, word, _ = VERDICTS[value]
    star = icon("star") if value is Verdict.CRACKED else None
    return el("span", star, word, class_=f"kb-verdict kb-verdict--{kind}")


def relation(value: Relation) -> Html:
    """What a deployment had to do with an incident, to be read from the deployment: *caused*, *ruled out for*."""
    kind, word = _RELATION[value]
    return pill(kind, word.capitalize())


def outcome(value: RiskOutcome) -> Html | None:
    """What became of a risk; nothing where that is not known."""
    return pill(*_OUTCOME[value]) if value in _OUTCOME else None


def stale() -> Html:
    """The mark of an entry whose file cannot be read now."""
    return el(
        "p",
        join(icon("warning"), "The file of this entry has a fault just now. This is its last good version."),
        class_="kb-stale",
    )
