"""What several entries say, told once: questions and lessons, each with the entries it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from kb.model import Entry
from kb.site.parts.frame import Frame
from kb.site.parts.html import Child, Html, el, icon, join
from kb.site.parts.words import anchor, count, short

T = TypeVar("T")
_NAMED = 3
"""So many entries are named below a text."""


def merged(items: Iterable[T], text: Callable[[T], str], repeated: Mapping[str, str]) -> list[list[T]]:
    """Things that say the same side by side, in the order in which each was said first.

    Args:
        repeated: see `Themes`.
    """
    found: dict[str, list[T]] = {}
    for item in items:
        said = text(item)
        found.setdefault(repeated.get(said, said), []).append(item)
    return list(found.values())


def said_row(frame: Frame, text: str, place: str, entries: Iterable[Entry], *notes: Child) -> Html:
    """A text that leads to where it stands, and below it the entries that say it.

    Args:
        place: the text's place in the page of the first entry; empty when it has none.
        notes: what stands before the entries.
    """
    every = list({entry.id: entry for entry in entries}.values())
    more = f" and {len(every) - _NAMED} more" if len(every) > _NAMED else None
    names = [join(", " if at else None, _named(frame, entry)) for at, entry in enumerate(every[:_NAMED])]
    return el(
        "li",
        el("a", short(text, 300), href=frame.entry(every[0].id, place), class_="kb-said__t"),
        el("small", *notes, names, more),
    )


def _named(frame: Frame, entry: Entry) -> Html:
    company = f" ({entry.company})" if entry.company else None
    return join(frame.link(entry.id, short(entry.title, 80)), company)


def said_list(frame: Frame, rows: Sequence[Html], left_out: int = 0, noun: str = "") -> Html | None:
    """The rows, and where those are that are left out; None without any."""
    if not rows:
        return None
    text = f"{count(left_out, noun)} more: on the pages of their entries, and found by "
    rest = el("p", text, el("a", "searching", href=frame.page("search")), ".", class_="kb-rest") if left_out else None
    return join(el("ul", rows, class_="kb-said"), rest)


def part(kind: str, name: str, body: Child, *, star: bool = False) -> Html:
    """A group below a section's heading, which `jumps` leads to.

    Args:
        star: the group is of what cracked it.
    """
    head = el("h3", icon("star") if star else None, name, id=_place(kind, name), class_="kb-starred" if star else None)
    return el("section", head, body)


def jumps(frame: Frame, page: str, kind: str, groups: Mapping[str, int]) -> Html | None:
    """Ways to the groups of a page, each with how much stands there; None when there is only one."""
    if len(groups) < 2:
        return None
    links = (
        el("a", name, " ", el("b", f"{number:,}"), href=frame.page(page, _place(kind, name)))
        for name, number in groups.items()
    )
    return el("div", el("p", links), class_="kb-tags kb-jumps")


def _place(kind: str, name: str) -> str:
    return f"{kind}-{anchor(name)}"
