"""The pages that list entries: deployments, systems, tags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.journeys.edition import began, newest
from kb.markdown.html import to_text
from kb.model import Deployment, Entry, Relation, System
from kb.site.box import nothing
from kb.site.frame import Frame, compose, section, title
from kb.site.html import Child, Html, el
from kb.site.pieces import date_of
from kb.site.pills import deployment_status
from kb.site.system import incidents_on
from kb.site.words import anchor, clock, count, short

_OF_TAG = 15
"""So many entries of a tag are shown, the newest ones."""


def deployments_page(frame: Frame) -> str:
    """Every deployment, and what was found about it later."""
    found = frame.edition.deployments
    parts: list[Child] = [title("Deployments"), el("p", f"{count(len(found), 'deployment')}.", class_="kb-intro")]
    parts.append(el("ul", deployment_rows(frame, found), class_="kb-dl kb-dl--all") if found else nothing())
    return compose("Deployments", parts, wide=True)


def deployment_rows(frame: Frame, deployments: Iterable[Deployment]) -> list[Html]:
    """Deployments in short: day, what, how it ended, and which incidents name it."""
    return [_deployment(frame, one) for one in deployments]


def _deployment(frame: Frame, deployment: Deployment) -> Html:
    moment = began(deployment)
    time = clock(moment, deployment.timezone) if moment else ""
    stamp = el("time", date_of(deployment), el("br"), time) if moment else el("span")
    services = ", ".join(f"{one.name} {one.version}".strip() for one in deployment.services)
    about = [deployment.tool, services]
    return el(
        "li",
        stamp,
        el(
            "div",
            frame.link(deployment.id, el("b", to_text(deployment.title))),
            el("small", " · ".join(filter(None, about))),
        ),
        deployment_status(deployment),
        _aftermath(frame, deployment),
    )


def _aftermath(frame: Frame, deployment: Deployment) -> Html | None:
    found = frame.edition.incidents_of.get(deployment.id, ())
    words = {
        Relation.CAUSED: "caused", Relation.CONTRIBUTING: "contributed to", Relation.SUSPECTED: "suspected of",
        Relation.RULED_OUT: "ruled out for",
    }  # fmt: skip
    lines = (
        el("span", f"{words[link.relation]} ", frame.link(incident.id), class_=f"kb-after kb-after--{link.relation}")
        for incident, link in found
    )
    return el("div", lines, class_="kb-dl__i") if found else None


def systems_page(frame: Frame) -> str:
    """Every system, with what was found on it that should not be there."""
    found = frame.edition.systems
    intro = "What is expected to run, and where. What is not on these lists and runs all the same is worth a question."
    parts: list[Child] = [title("Systems"), el("p", intro, class_="kb-intro")]
    parts.append(el("ul", (_system(frame, one) for one in found), class_="kb-list") if found else nothing())
    return compose("Systems", parts, wide=True)


def _system(frame: Frame, system: System) -> Html:
    notes = [
        system.environment, system.owner, f"{len(system.expected)} expected to run",
        f"{len(system.unexpected)} found but unexpected" if system.unexpected else "",
        count(len(incidents_on(frame.edition, system)), "incident"),
    ]  # fmt: skip
    return el(
        "li",
        el("div", frame.link(system.id, class_="kb-list__t"), class_="kb-list__h"),
        el("small", " · ".join(filter(None, notes))),
        el("p", short(system.summary, 200), class_="kb-list__p") if system.summary else None,
    )


def tags_page(frame: Frame) -> str:
    """Every tag with what has it; those used once stand together at the end."""
    found = by_tag(frame)
    first = {anchor(name): name for name in reversed(found)}  # `c` and `c++` would be one place
    place = {name: f"tag-{anchor(name)}" if first[anchor(name)] == name else None for name in found}
    often = {name: entries for name, entries in found.items() if len(entries) > 1}
    once = [
        el("li", el("b", name), " ", frame.link(entries[0].id), id=place[name])
        for name, entries in found.items()
        if len(entries) == 1
    ]
    parts: list[Child] = [title("Tags"), tag_cloud(frame, often) if often else None]
    parts += [_tag(frame, name, place[name], entries) for name, entries in often.items()]
    parts += section("Used once", el("ul", once, class_="kb-tagged") if once else None)
    if not found:
        parts.append(el("p", "No entry has a tag yet.", class_="kb-none"))
    return compose("Tags", parts, wide=True)


def by_tag(frame: Frame) -> dict[str, list[Entry]]:
    """Entries by tag, tags in the order of the alphabet."""
    found: dict[str, list[Entry]] = {}
    for article in frame.edition.articles:
        for name in article.entry.tags:
            found.setdefault(name, []).append(article.entry)
    return dict(sorted(found.items(), key=lambda pair: (pair[0].casefold(), pair[0])))


def tag_cloud(frame: Frame, found: dict[str, list[Entry]]) -> Html:
    """Tags with how many entries have each."""
    links = (
        el("a", name, " ", el("b", str(len(entries))), href=frame.page("tags", f"tag-{anchor(name)}"))
        for name, entries in found.items()
    )
    return el("div", el("p", links), class_="kb-tags")


def _tag(frame: Frame, name: str, place: str | None, entries: Sequence[Entry]) -> Html:
    """A tag with the newest entries that have it."""
    shown = sorted(entries, key=newest, reverse=True)[:_OF_TAG]
    rows = (el("li", frame.link(one.id), el("small", _whose(one))) for one in shown)
    left = len(entries) - len(shown)
    more = el("p", el("a", f"{left:,} more", href=frame.search(name)), class_="kb-rest") if left else None
    return el("section", el("h2", name, id=place), el("ul", rows, class_="kb-tagged"), more)


def _whose(entry: Entry) -> str:
    return " · ".join(filter(None, [entry.company, date_of(entry)]))
