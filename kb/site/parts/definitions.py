"""What each figure means and who defined it so, on the page of measures."""

from __future__ import annotations

from kb.model.definitions import DEFINITIONS, Definition
from kb.site.parts.html import Html, el, join


def definitions() -> Html:
    """Every figure of the page of measures, what it counts, and where the definition comes from."""
    return el("dl", map(_definition, DEFINITIONS), class_="kb-defs")


def _definition(one: Definition) -> Html:
    link = el("a", one.source, href=one.address, rel="noopener noreferrer") if one.source else None
    return el("div", el("dt", one.name), el("dd", one.text, join(" ", link) if link else None))
