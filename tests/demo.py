"""A knowledge base to look at: this repository's entries, with an incident going on and one full of hostile text."""

from __future__ import annotations

import shutil
from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import shop

from kb.markdown import render
from kb.model import (
    ActionItem,
    Answer,
    Check,
    Deployment,
    DeploymentLink,
    DeploymentStatus,
    Entry,
    Incident,
    IncidentStatus,
    Item,
    Lesson,
    Moment,
    Question,
    Relation,
    Risk,
    Section,
    ServiceVersion,
    Severity,
    TimelineEvent,
    Verdict,
    Visibility,
)

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
OPEN = "2026-11-23-checkout-and-back-office-time-out"
SUSPECT = "2026-11-23-web-content-4-18-2"
HOSTILE = "2026-11-01-hostile"


def at(hour: int, minute: int) -> Moment:
    """That time of this morning, in UTC."""
    return Moment(datetime(2026, 11, 23, hour, minute, tzinfo=UTC))


def going_on() -> Incident:
    """An incident twenty minutes old, much like the one of 2019."""
    return Incident(
        id=OPEN,
        title="Checkout and back office time out, app-server-02 CPU at 98 %",
        status=IncidentStatus.INVESTIGATING,
        severity=Severity.SEV1,
        visibility=Visibility.PUBLIC,
        started=at(8, 50),
        detected=at(8, 50),
        detected_by="CPU alert",
        services=("checkout", "back office"),
        systems=("app-server-02", "sql-server"),
        deployments=(DeploymentLink(SUSPECT, Relation.SUSPECTED),),
        summary="CPU on app-server-02 has been over 95 % since 08:50. SQL Server is slow for every application.\n"
        "A deployment went out at 06:30 and finished without an error.",
        symptoms=(
            Item("CPU near 98 % on the application server"),
            Item("SQL Server slow"),
            Item("Every application times out, also those not deployed this morning"),
        ),
        timeline=(
            TimelineEvent("Web content 4.18.2 deployed with Octopus Deploy.", at(6, 30), "change", "release team"),
            TimelineEvent("CPU alert on app-server-02. Over 95 % for five minutes.", at(8, 50), "detection", "alert"),
            TimelineEvent("SQL Server slow for every application.", at(8, 56), "observation", "Priya"),
        ),
        questions=(
            Question(
                "Did the 06:30 deployment change anything on app-server-02?", "Priya", at(9, 5), Verdict.DEAD_END,
                (Answer("Only static content. No restart.", "release team", at(9, 8)),),
            ),
        ),
    )  # fmt: skip


def suspect() -> Deployment:
    """A deployment of this morning, whose soak time is not over."""
    return Deployment(
        id=SUSPECT,
        title="Web content 4.18.2",
        status=DeploymentStatus.PROVISIONAL,
        visibility=Visibility.PUBLIC,
        tool="Octopus Deploy",
        services=(ServiceVersion("web content", "4.18.2", "4.18.1"),),
        systems=("app-server-02",),
        started=at(6, 30),
        finished=at(6, 41),
        summary="New pictures for the winter sale.",
        risks=(Risk("The pictures are too large for phones", "low", "low", "looked at on two phones"),),
        checks=(Check("Home page looked at", True, "passed", "release team"),),
    )


PAYLOADS = (
    "<script>window.pwned=1</script>",
    '<img src=x onerror="window.pwned=2">',
    "<svg onload=window.pwned=3>",
    "<details open ontoggle=window.pwned=4>",
    "<input autofocus onfocus=window.pwned=5>",
    "[x](javascript:window.pwned=6)",
    '![x](x){ onerror="window.pwned=7" }',
    "{{ 7*7 }} {% set x = 1 %}",
    '"><script>window.pwned=8</script>',
    "</script></title><script>window.pwned=9</script>",
    "&lt;script&gt;window.pwned=10&lt;/script&gt;",
    "<iframe srcdoc='<script>parent.pwned=11</script>'></iframe>",
)


def hostile() -> Incident:
    """The payloads, in every field that takes text."""
    every = " ".join(PAYLOADS)
    return Incident(
        id=HOSTILE,
        title=f"cpu {every}",
        status=IncidentStatus.RESOLVED,
        severity=Severity.SEV3,
        visibility=Visibility.PUBLIC,
        started=Moment(NOW - timedelta(days=22)),
        resolved=Moment(NOW - timedelta(days=22, minutes=-30)),
        detected_by=PAYLOADS[0],
        environment=PAYLOADS[1],
        services=(PAYLOADS[8], PAYLOADS[2]),
        systems=(PAYLOADS[9],),
        tags=(PAYLOADS[1], PAYLOADS[8]),
        source="javascript:window.pwned=12",
        company=PAYLOADS[9],
        lead=every,
        summary="\n\n".join(PAYLOADS),
        impact=every,
        symptoms=tuple(Item(payload) for payload in PAYLOADS),
        timeline=tuple(TimelineEvent(payload, at(9, n), "finding", payload) for n, payload in enumerate(PAYLOADS)),
        questions=(
            Question(every, PAYLOADS[1], at(9, 1), Verdict.CRACKED, (Answer(every, PAYLOADS[0], None, every),)),
        ),
        root_cause=every,
        resolution=f"```html\n{every}\n```\n\n{every}",
        lessons=(Lesson(every),),
        actions=(ActionItem(every, owner=PAYLOADS[1], ticket=PAYLOADS[8]),),
        links=(Item(every), Item("<javascript:window.pwned=13>")),
        sections=(Section(PAYLOADS[2], every), Section("Notes { onclick=x }", every)),
        extra={"title": PAYLOADS[0], "description": PAYLOADS[8]},
    )


def filled(kind: type[Entry]) -> Entry:
    """An entry of that kind with every payload in every field that takes text, fields of items and links included."""
    made = _filled(kind)
    assert isinstance(made, Entry)
    extra = dict.fromkeys(("title", "description", "author", "template", "icon", "subtitle"), " ".join(PAYLOADS))
    return replace(
        made, id=f"2026-11-02-hostile-{kind.kind}", visibility=Visibility.PUBLIC, timezone="UTC", extra=extra
    )


def _filled(kind: type[Any]) -> Any:
    if kind is ServiceVersion:  # is written as words on a line, so a word is all each can hold
        return ServiceVersion(PAYLOADS[0], PAYLOADS[0], PAYLOADS[0])
    hints = get_type_hints(kind)
    values = {one.name: _payload(hints[one.name]) for one in fields(kind) if one.name != "id"}
    if any(one.name == "id" and one.default is MISSING for one in fields(kind)):
        values["id"] = PAYLOADS[8]
    return kind(**{name: value for name, value in values.items() if value is not None})


def _payload(hint: Any) -> Any:
    """What stands in a field of that type; None leaves it as it is when it is new."""
    if hint is str:
        return " ".join(PAYLOADS)
    if get_origin(hint) is not tuple:
        return None
    inner = get_args(hint)[0]
    return tuple(PAYLOADS) if inner is str else (_filled(inner),)


def make(folder: Path, *, library: bool = True, attacked: bool = True, year: bool = True) -> Path:
    """The demonstration in `folder`, which is made.

    Args:
        library: with the incidents of other companies.
        attacked: with the hostile entry.
        year: with a year of a small shop.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "mkdocs.yml", folder)
    left_out = shutil.ignore_patterns() if library else shutil.ignore_patterns("library")
    shutil.copytree(ROOT / "entries", folder / "entries", ignore=left_out)
    for entry in (
        going_on(),
        suspect(),
        *([*shop.every(), shop.again()] if year else ()),
        *([hostile()] if attacked else ()),
    ):
        path = folder / "entries" / f"{entry.kind}s" / "2026" / f"{entry.id}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(entry), "utf-8")
    return folder
