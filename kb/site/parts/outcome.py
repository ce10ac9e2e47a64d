"""What became of a deployment: how it ended, and what was found out about it later."""

from __future__ import annotations

from collections.abc import Mapping

from kb.journeys.edition import Edition
from kb.model import Deployment, Relation
from kb.model.metrics import FAILED
from kb.site.parts.frame import Frame
from kb.site.parts.html import Html, el, hidden, join
from kb.site.parts.pills import deployment_status, pill

_WORDS = {
    Relation.CAUSED: "caused",
    Relation.CONTRIBUTING: "contributed to",
    Relation.SUSPECTED: "suspected of",
    Relation.RULED_OUT: "cleared of",
}
"""From the heaviest to the lightest."""

_TURNS: Mapping[Relation | None, str] = {
    Relation.CAUSED: "Caused an incident",
    Relation.CONTRIBUTING: "Had a part in an incident",
}


def _heaviest(edition: Edition, deployment: Deployment) -> Relation | None:
    """The worst that an incident says of it; None when none names it."""
    said = {link.relation for _, link in edition.incidents_of.get(deployment.id, ())}
    return next((relation for relation in _WORDS if relation in said), None)


def hurt(edition: Edition, deployment: Deployment) -> bool:
    """Whether it failed, was rolled back, or is known to have had a part in an incident."""
    return deployment.status in FAILED or _heaviest(edition, deployment) in _TURNS


def ended(edition: Edition, deployment: Deployment, *, brief: bool = False) -> Html:
    """Its status; where an incident turned that, what it was taken for at first is struck through.

    Args:
        brief: without what it turned into, where `aftermath` stands beside it and says so.
    """
    turn = _TURNS.get(_heaviest(edition, deployment))
    if turn is None or deployment.status in FAILED:
        return deployment_status(deployment)
    at_first = pill("quiet", el("s", hidden("At first: "), deployment.status.capitalize()))
    return at_first if brief else el("span", at_first, " ", pill("bad", turn), class_="kb-ended")


def aftermath(frame: Frame, deployment: Deployment) -> Html | None:
    """The incidents that name it, each with what it had to do with it; None when there are none."""
    found = frame.edition.incidents_of.get(deployment.id, ())
    lines = (
        el("span", f"{_WORDS[link.relation]} ", frame.link(one.id), class_=f"kb-after kb-after--{link.relation}")
        for one, link in found
    )
    return join(*lines) if found else None
