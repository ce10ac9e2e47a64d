"""The page that searches everything: `kb-search.js` answers from the index on the page; without scripts it says so."""

from __future__ import annotations

from collections.abc import Iterable

from kb.site.parts.box import nothing
from kb.site.parts.frame import Frame, compose, title
from kb.site.parts.html import Html, el, icon
from kb.site.parts.words import count


def search_page(frame: Frame) -> str:
    """One field, buttons that narrow what is found, and before anything is typed what there is to find."""
    field = el(
        "input",
        type="search",
        id="kb-s",
        placeholder="Words, names, an error message",
        autocomplete="off",
        spellcheck="false",
        aria_describedby="kb-s-said",
        autofocus=True,
    )
    place = el(
        "div",
        el("label", "Search everything", for_="kb-s", class_="kb-box__l"),
        el("div", icon("search"), field, class_="kb-box__f"),
        el("p", id="kb-s-said", class_="kb-said-n", role="status"),
        el("noscript", el("p", "The search needs scripts. The lists below do not.", class_="kb-none")),
        el("div", class_="kb-narrow"),
        el("div", class_="kb-hits"),
        el("div", _there_is(frame), class_="kb-start"),
        class_="kb-search",
        data_kb_search=True,
    )
    return compose("Search", [title("Search"), place], wide=True, listed=False)


def _there_is(frame: Frame) -> Html:
    """How much there is to find, each kind with its list."""
    edition = frame.edition
    if not edition.articles:
        return nothing()
    return way_list(
        frame,
        [
            ("incidents", count(len(edition.incidents), "incident")),
            ("deployments", count(len(edition.deployments), "deployment")),
            ("systems", count(len(edition.systems), "system")),
            ("library", f"{count(len(edition.library), 'incident')} of others"),
            ("questions", "Questions that were asked"),
            ("lessons", "Lessons"),
            ("tags", "Tags"),
        ],
    )


def way_list(frame: Frame, ways: Iterable[tuple[str, str]]) -> Html:
    """Links to pages, one below the other."""
    return el("ul", (el("li", el("a", name, href=frame.page(page))) for page, name in ways), class_="kb-ways")
