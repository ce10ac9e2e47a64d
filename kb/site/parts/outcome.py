"""What became of a deployment: how it stands, and what was found out about it later."""

from __future__ import annotations

from kb.journeys.edition import Edition
from kb.model import Deployment, DeploymentStatus, Moment, Relation
from kb.model.standing import BLAMED, FINISHED
from kb.site.parts.frame import Frame
from kb.site.parts.html import Html, el, hidden, join
from kb.site.parts.pills import deployment_status, pill
from kb.site.parts.words import when

_WORDS = {
    Relation.CAUSED: "caused",
    Relation.CONTRIBUTING: "contributed to",
    Relation.SUSPECTED: "suspected of",
    Relation.RULED_OUT: "cleared of",
}
"""From the heaviest to the lightest."""

_TURNS = {Relation.CAUSED: "Caused an incident", Relation.CONTRIBUTING: "Had a part in an incident"}


def hurt(edition: Edition, deployment: Deployment) -> bool:
    """Whether it failed, was rolled back, or is known to have had a part in an incident."""
    return edition.standing(deployment).status in (DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK)


def ended(edition: Edition, deployment: Deployment, *, brief: bool = False) -> Html:
    """How it stands; where an incident turned that, what it was taken for at first is struck through.

    Args:
        brief: without what it turned into, where `aftermath` stands beside it and says so.
    """
    stands = edition.standing(deployment)
    if stands.verdict in BLAMED and deployment.status in FINISHED:
        at_first = pill("quiet", el("s", hidden("At first: "), deployment.status.capitalize()))
        return at_first if brief else el("span", at_first, " ", pill("bad", _TURNS[stands.verdict]), class_="kb-ended")
    return deployment_status(stands.status)


def aftermath(frame: Frame, deployment: Deployment) -> Html | None:
    """The incidents that name it, each with what it had to do with it; None when there are none."""
    found = frame.edition.incidents_of.get(deployment.id, ())
    lines = (
        el("span", f"{_WORDS[link.relation]} ", frame.link(one.id), class_=f"kb-after kb-after--{link.relation}")
        for one, link in found
    )
    return join(*lines) if found else None


def waiting(frame: Frame, deployment: Deployment) -> Html | None:
    """Why the last word on it is not spoken: its soak time is not over, or an incident suspects it."""
    stands = frame.edition.standing(deployment)
    if stands.status is not DeploymentStatus.PROVISIONAL:
        return None
    until = when(Moment(stands.until), deployment.timezone) if stands.until else ""
    if stands.verdict is Relation.SUSPECTED:
        text = "Green, but an incident suspects it; until that is settled it counts as neither failed nor succeeded."
    elif until:
        text = f"Green so far; its soak time is not over: provisional until {until}."
    else:
        text = "Green so far; nobody wrote down when it ended, so nobody knows when its soak time is over."
    return el("p", text, class_="kb-note")


def brief_link(frame: Frame, deployment: Deployment) -> Html | None:
    """The way to the brief of a deployment that is to come; None when there is none."""
    if deployment.id not in frame.edition.briefs:
        return None
    return el(
        "p", el("a", "The brief for its risk meeting", href=frame.page(f"briefs/{deployment.id}"), class_="kb-more")
    )
