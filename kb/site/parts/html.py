"""HTML made of values: what is not marked as HTML is escaped, so that no text of an entry can become markup."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from kb.model.visible import readable

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SPECIAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069&<>\"']")


class Html(str):
    """Text that is HTML already; everything else is escaped where it is put into a page."""

    __slots__ = ()


Child = str | None | Iterable["Child"]
"""What an element may hold: text (escaped), `Html`, nothing, or several of these."""


def escape(text: str) -> Html:
    """The text as HTML that shows just that text, also inside an attribute."""
    return Html(html.escape(readable(_CONTROL.sub("", text))) if _SPECIAL.search(text) else text)


def join(*children: Child) -> Html:
    """The children one after the other; texts are escaped, None is left out."""
    return Html("".join(_flat(children)))


def el(name: str, *children: Child, **attributes: str | int | bool | None) -> Html:
    """An element.

    Args:
        name: the tag's name.
        attributes: None and False leave an attribute out, True gives it no value. A trailing underscore is dropped
            (`class_`), other underscores become hyphens (`data_id`).
    """
    opened = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Html(opened if name in _VOID else f"{opened}{join(*children)}</{name}>")


def _attribute(key: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def _flat(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, str):
            yield child if isinstance(child, Html) else escape(child)
        else:
            yield from _flat(child)


@cache
def icon(name: str) -> Html:
    """A picture from `kb/site/icons`, for the eye only: the words beside it say the same."""
    svg = (files("kb.site") / "icons" / f"{name}.svg").read_text("utf-8").strip()
    shape = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    return Html(f'<svg class="kb-i" viewBox="0 0 24 24" aria-hidden="true">{shape}</svg>')


def hidden(text: str) -> Html:
    """Words for screen readers, where others see a colour or a picture."""
    return el("span", text, class_="kb-sr")
