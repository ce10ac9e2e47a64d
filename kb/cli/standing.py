"""How a deployment stands, for people and for programs; and what a command answers that may have changed it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kb.cli import output
from kb.cli.options import capture_json, captured, now
from kb.config import Settings
from kb.model import Deployment, Moment, Standing
from kb.model.standing import words

if TYPE_CHECKING:
    from kb.journeys.base import KnowledgeBase
    from kb.journeys.capture import Captured


def as_json(stands: Standing) -> dict[str, Any]:
    """The same for programs; `until` is in UTC."""
    verdict = str(stands.verdict) if stands.verdict else None
    until = Moment(stands.until).iso() if stands.until else None
    return {"status": str(stands.status), "verdict": verdict, "until": until, "incidents": list(stands.incidents)}


def answered(
    base: KnowledgeBase, chosen: Settings, done: Captured, json: bool, deployment: Deployment | None = None
) -> None:
    """What a command answers: what was kept, and how a deployment stands now.

    Args:
        json: for programs.
        deployment: which one; the entry that was changed, if that is one.
    """
    from kb.journeys import deploying

    entry = deployment or done.record.entry
    if not isinstance(entry, Deployment):
        captured(done, json, base)
        return
    stands = deploying.stands(base, chosen, entry, now())
    if json:
        output.print_json({**capture_json(done, base), "standing": as_json(stands)})
        return
    said = done.said or ", ".join(done.changed)
    then = "; then succeeded by itself" if stands.until else ""
    captured(replace(done, said=f"{said}: {words(stands, entry.timezone)}{then}"), json, base)
