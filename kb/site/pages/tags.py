"""The page of tags."""

from __future__ import annotations

from collections.abc import Sequence

from kb.model import Entry
from kb.model.dating import newest
from kb.site.parts.frame import Frame, compose, section, title
from kb.site.parts.html import Child, Html, el
from kb.site.parts.pieces import date_of
from kb.site.parts.words import anchor

_OF_TAG = 15
"""So many entries of a tag are shown, the newest ones."""


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
