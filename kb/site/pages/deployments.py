"""The page that lists deployments with what came of them, and their calendar; and the short list for other pages."""

from __future__ import annotations

from collections.abc import Iterable

from kb.markdown.html import to_text
from kb.model import Deployment
from kb.model.dating import began
from kb.model.metrics import FEW, change_failures
from kb.model.spoken import percent
from kb.site.pages.months import latest
from kb.site.parts.frame import Frame, compose, section, title
from kb.site.parts.html import Child, Html, el
from kb.site.parts.outcome import aftermath, brief_link, ended
from kb.site.parts.pieces import date_of, first
from kb.site.parts.table import Cell, Column, Row, table
from kb.site.parts.words import clock, count

_COLUMNS = (
    Column("Deployment", "text"), Column("When", "number"), Column("How it ended", "text"),
    Column("Found out later", "text"),
)  # fmt: skip


def deployments_page(frame: Frame) -> str:
    """Every deployment with what was found out about it later, below a calendar of the last months."""
    found = frame.edition.deployments
    every = table(_COLUMNS, (_row(frame, one) for one in found), label="Filter deployments") if found else None
    none = first("No deployment is written down yet.", "kb new deployment")
    parts: list[Child] = [title("Deployments"), el("p", _intro(frame), class_="kb-intro") if found else none]
    parts += section("Coming up", _coming(frame))
    parts += section("Calendar", latest(frame, 6))
    parts += section("Every deployment", every)
    return compose("Deployments", parts, wide=True)


def _coming(frame: Frame) -> Html | None:
    """What is planned or running, each with the way to its brief."""
    rows = [
        el(
            "li",
            el("time", date_of(one)),
            el("div", frame.link(one.id), el("small", _about(one))),
            brief_link(frame, one),
        )
        for one in reversed(frame.edition.coming)
    ]
    return el("ul", rows, class_="kb-dl kb-dl--all") if rows else None


def _intro(frame: Frame) -> str:
    edition = frame.edition
    failed = change_failures(edition.deployments, edition.incidents)
    text = f"{count(len(edition.deployments), 'deployment')}."
    if not failed.whole:
        return text
    text += f" {failed.part} of the {failed.whole} that reached production hurt, which is {percent(failed)}."
    return text + (f" Of fewer than {FEW}, a single one can change that." if failed.whole < FEW else "")


def _row(frame: Frame, one: Deployment) -> Row:
    moment, later = began(one), aftermath(frame, one)
    time = clock(moment, one.timezone) if moment else ""
    stamp = [date_of(one), el("small", time) if time else None]
    cells = (
        Cell([frame.link(one.id, class_="kb-t__t"), el("small", _about(one))], to_text(one.title)),
        Cell(stamp, int(moment.at.timestamp()) if moment else ""),
        Cell(ended(frame.edition, one)),
        Cell(el("div", later, class_="kb-t__w") if later else None),
    )
    return Row(cells)


def _about(one: Deployment) -> str:
    services = ", ".join(f"{service.name} {service.version}".strip() for service in one.services)
    return " · ".join(filter(None, [one.tool, services]))


def deployment_rows(frame: Frame, deployments: Iterable[Deployment]) -> list[Html]:
    """Deployments in short: day, what, how it ended, and which incidents name it."""
    return [_short(frame, one) for one in deployments]


def _short(frame: Frame, one: Deployment) -> Html:
    moment, later = began(one), aftermath(frame, one)
    time = clock(moment, one.timezone) if moment else ""
    return el(
        "li",
        el("time", date_of(one), el("br"), time) if moment else el("span"),
        el("div", frame.link(one.id, el("b", to_text(one.title))), el("small", _about(one))),
        ended(frame.edition, one, brief=True),
        el("div", later, class_="kb-dl__i") if later else None,
    )
