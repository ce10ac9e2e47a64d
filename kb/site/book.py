"""The whole site as files: pure, from an edition to names and contents."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable

from kb.journeys.edition import Article, Edition
from kb.site.extract import brief_extract, extract, overviews, service_extract
from kb.site.feed import FEED, ROBOTS, feed, robots
from kb.site.pages.actions import actions_page
from kb.site.pages.brief import brief_page
from kb.site.pages.deployment import deployment_page
from kb.site.pages.deployments import deployments_page
from kb.site.pages.home import handle_page, home_page
from kb.site.pages.incident import incident_page
from kb.site.pages.incidents import incidents_page, library_page
from kb.site.pages.lessons import lessons_page
from kb.site.pages.measures import measures_page
from kb.site.pages.months import calendar_page
from kb.site.pages.notfound import NOT_FOUND, not_found_page
from kb.site.pages.questions import questions_page
from kb.site.pages.search import search_page
from kb.site.pages.services import service_page, services_page
from kb.site.pages.system import system_page, systems_page
from kb.site.pages.tags import tags_page
from kb.site.parts.frame import Frame, address

PAGES: Mapping[str, tuple[str, Callable[[Frame], str]]] = {
    "index": ("Home", home_page),
    "handle": ("Handle an incident", handle_page),
    "incidents": ("Incidents", incidents_page),
    "questions": ("Questions", questions_page),
    "lessons": ("Lessons", lessons_page),
    "deployments": ("Deployments", deployments_page),
    "services": ("Services", services_page),
    "systems": ("Systems", systems_page),
    "actions": ("Actions", actions_page),
    "metrics": ("Metrics", measures_page),
    "library": ("Library", library_page),
    "tags": ("Tags", tags_page),
    "calendar": ("Calendar", calendar_page),
    "search": ("Search", search_page),
    NOT_FOUND: ("Page not found", not_found_page),
}
"""The overview pages in the order of the tabs: file name, name, and what makes it."""

OFF_NAV = ("tags", "calendar", "search", NOT_FOUND)
"""Overview pages that have no tab; others lead to them."""

_ABOUT = ("index", "handle", "questions", "lessons")
"""Overview pages that say what entries are about, or each question and lesson once."""

ENTRY_PAGES: Mapping[str, Callable[[Frame, Article], str]] = {
    "incident": incident_page,
    "deployment": deployment_page,
    "system": system_page,
}
"""What makes the page of an entry, by its kind."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of the site's sources.

    Args:
        path: relative to the folder they are staged in.
        make: gives its content.
        mark: where it is the same as last time, the content is, too; empty where that cannot be told.
    """

    path: str
    make: Callable[[], str | bytes]
    mark: str = ""


STYLE, _FONT = "kb.css", "fonts/inter.woff2"


def book(edition: Edition) -> dict[str, str | bytes]:
    """Every file of the site's sources by its path: Markdown pages, the assets they use, and the feeds."""
    return {sheet.path: sheet.make() for sheet in sheets(edition)}


def sheets(edition: Edition) -> Iterator[Sheet]:
    """Every file of the site's sources, yet to be made."""
    from kb.site.agenda import AGENDA, agenda  # it loads a library that nothing but the whole site needs

    outlines = overviews(edition)
    for name, (_, make) in PAGES.items():
        outline, mark = outlines[name in _ABOUT]
        yield Sheet(f"{name}.md", partial(make, Frame(outline)), mark)
    for article in edition.articles:
        part, mark = extract(edition, article)
        yield Sheet(
            f"{address(article)}.md", partial(ENTRY_PAGES[article.entry.kind], Frame(part, "../"), article), mark
        )
    for name, page in edition.briefs.items():
        article = edition.by_id[name]
        part, mark = brief_extract(edition, article, page)
        yield Sheet(f"briefs/{name}.md", partial(brief_page, Frame(part, "../"), article, page), mark)
    for slug, service in edition.services.items():
        part, mark = service_extract(edition, service)
        yield Sheet(f"services/{slug}.md", partial(service_page, Frame(part, "../"), service), mark)
    yield Sheet(FEED, partial(feed, edition))
    yield Sheet(AGENDA, partial(agenda, edition))
    yield Sheet(ROBOTS, partial(robots, edition))
    for name, content in [*assets().items(), *edition.index.items()]:
        yield Sheet(f"assets/{name}", partial(bytes, content))


def assets() -> dict[str, bytes]:
    """Style and scripts as they are in the package; the style holds its font.

    Fetched on its own it would come after the first sight of nearly every page, and either move what one reads or wait
    for the next. In the style it is late once, on the first page.
    """
    carried = walk(files("kb.site") / "assets")
    found = {name: item.read_bytes() for name, item in carried if not item.name.startswith(".")}
    font = b64encode(found.pop(_FONT))
    return found | {STYLE: found[STYLE].replace(_FONT.encode(), b"data:font/woff2;base64," + font)}


def walk(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    """The files that a package carries in a folder, each with its path there, sorted."""
    for item in sorted(folder.iterdir(), key=lambda one: one.name):
        if item.is_dir():
            yield from walk(item, f"{above}{item.name}/")
        else:
            yield f"{above}{item.name}", item
