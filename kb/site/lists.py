"""The pages that list entries: incidents, the library, tags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.journeys.edition import began
from kb.model import OPEN_STATUSES, Entry, Incident
from kb.site.box import nothing
from kb.site.frame import Frame, compose, section, title
from kb.site.html import Child, Html, el, icon, join
from kb.site.pieces import cracking, date_of, lasted
from kb.site.pills import incident_status, severity
from kb.site.words import anchor, count, short


def incidents_page(frame: Frame) -> str:
    """The team's incidents: open ones first, then by year."""
    edition = frame.edition
    parts: list[Child] = [title("Incidents"), el("p", _counted(frame), class_="kb-intro")]
    parts += section("Open now", _incidents(frame, edition.open))
    closed = [incident for incident in edition.incidents if incident.status not in OPEN_STATUSES]
    for year, several in _by_year(closed).items():
        parts += section(year, _incidents(frame, several))
    if not edition.incidents:
        parts.append(nothing())
    return compose("Incidents", parts)


def _counted(frame: Frame) -> Html:
    edition = frame.edition
    text = f"{count(len(edition.incidents), 'incident')}, {len(edition.open)} open. Others are in the "
    return join(text, el("a", "library", href=frame.page("library")), ".")


def _by_year(incidents: Iterable[Incident]) -> dict[str, list[Incident]]:
    years: dict[str, list[Incident]] = {}
    for incident in incidents:
        moment = began(incident)
        years.setdefault(str(moment.at.year) if moment else "Without a date", []).append(incident)
    return years


def _incidents(frame: Frame, incidents: Sequence[Incident]) -> Html | None:
    return el("ul", (_incident(frame, one) for one in incidents), class_="kb-list") if incidents else None


def _incident(frame: Frame, incident: Incident) -> Html:
    question = cracking(incident)
    notes = [date_of(incident), incident.company, lasted(incident), ", ".join(incident.services[:4])]
    own = not frame.edition.by_id[incident.id].library
    return el(
        "li",
        el(
            "div",
            frame.link(incident.id, class_="kb-list__t"),
            incident_status(incident) if own else None,
            severity(incident),
            class_="kb-list__h",
        ),
        el("small", " · ".join(filter(None, notes))),
        el("p", icon("star"), el("span", f"“{short(question.text, 200)}”"), class_="kb-list__q") if question else None,
    )


def library_page(frame: Frame) -> str:
    """Well-known incidents of other companies, each made from its public report; never counted as the team's own."""
    found = frame.edition.library
    companies = len({incident.company for incident in found if incident.company})
    intro = (
        f"{count(len(found), 'well-known incident')} of {count(companies, 'other company', 'other companies')}, told "
        "from their public reports. Questions retell what a report found out; severities and lessons are our reading. "
        "They are found when you search, and never counted in our own figures."
    )
    parts: list[Child] = [title("Library"), el("p", intro, class_="kb-intro")]
    parts.append(_incidents(frame, found) or el("p", "The library is empty.", class_="kb-none"))
    return compose("Library", parts, wide=True)


def tags_page(frame: Frame) -> str:
    """Every tag with what has it; those used once stand together at the end."""
    found = by_tag(frame)
    often = {name: entries for name, entries in found.items() if len(entries) > 1}
    once = [
        el("li", el("b", name), " ", frame.link(entries[0].id), id=f"tag-{anchor(name)}")
        for name, entries in found.items()
        if len(entries) == 1
    ]
    parts: list[Child] = [title("Tags"), tag_cloud(frame, often) if often else None]
    parts += [_tag(frame, name, entries) for name, entries in often.items()]
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


def _tag(frame: Frame, name: str, entries: Sequence[Entry]) -> Html:
    rows = (el("li", frame.link(one.id), el("small", _whose(one))) for one in entries)
    return el("section", el("h2", name, id=f"tag-{anchor(name)}"), el("ul", rows, class_="kb-tagged"))


def _whose(entry: Entry) -> str:
    return " · ".join(filter(None, [entry.company, date_of(entry)]))
