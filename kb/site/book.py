"""The whole site as files: pure, from an edition to names and contents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from kb.journeys.edition import Article, Edition
from kb.site.deployment import deployment_page
from kb.site.feed import FEED, ROBOTS, feed, robots
from kb.site.frame import Frame, address
from kb.site.home import handle_page, home_page
from kb.site.incident import incident_page
from kb.site.incidents import incidents_page, library_page
from kb.site.lessons import lessons_page
from kb.site.lists import deployments_page, systems_page, tags_page
from kb.site.measures import measures_page
from kb.site.notfound import NOT_FOUND, not_found_page
from kb.site.questions import questions_page
from kb.site.search import search_page
from kb.site.system import system_page

PAGES: Mapping[str, tuple[str, Callable[[Frame], str]]] = {
    "index": ("Home", home_page),
    "handle": ("Handle an incident", handle_page),
    "incidents": ("Incidents", incidents_page),
    "questions": ("Questions", questions_page),
    "lessons": ("Lessons", lessons_page),
    "deployments": ("Deployments", deployments_page),
    "systems": ("Systems", systems_page),
    "metrics": ("Metrics", measures_page),
    "library": ("Library", library_page),
    "tags": ("Tags", tags_page),
    "search": ("Search", search_page),
    NOT_FOUND: ("Page not found", not_found_page),
}
"""The overview pages in the order of the tabs: file name, name, and what makes it."""
OFF_NAV = ("tags", "search", NOT_FOUND)
"""Those without a tab, to which other pages lead."""

_ENTRY: Mapping[str, Callable[[Frame, Article], str]] = {
    "incident": incident_page,
    "deployment": deployment_page,
    "system": system_page,
}


def book(edition: Edition) -> dict[str, str | bytes]:
    """Every file of the site's sources by its path: Markdown pages, the assets they use, and the feed."""
    top, inner = Frame(edition), Frame(edition, "../")
    done: dict[str, str | bytes] = {f"{name}.md": make(top) for name, (_, make) in PAGES.items()}
    for article in edition.articles:
        done[f"{address(article)}.md"] = _ENTRY[article.entry.kind](inner, article)
    done.update(assets())
    done.update({FEED: feed(edition), ROBOTS: robots(edition)})
    done.update({f"assets/{name}": script for name, script in edition.index.items()})
    return done


def assets() -> dict[str, bytes]:
    """Style, scripts and fonts as they are in the package."""
    return {f"assets/{name}": content for name, content in _walk(files("kb.site") / "assets", "")}


def _walk(folder: Traversable, above: str) -> Iterator[tuple[str, bytes]]:
    for item in sorted(folder.iterdir(), key=lambda one: one.name):
        if item.is_dir():
            yield from _walk(item, f"{above}{item.name}/")
        elif not item.name.startswith("."):
            yield f"{above}{item.name}", item.read_bytes()
