"""The box *What are you seeing?*: the words go to `kb-site.js`, which answers from the index on the page."""

from __future__ import annotations

from kb.site.parts.frame import Frame
from kb.site.parts.html import Html, el, icon, join

EXAMPLES = ("high CPU after deploy", "certificate expired", "disk full", "everything times out")
"""What people type, to show how little is enough."""


def box(frame: Frame, *, limit: int, focus: bool = False) -> Html:
    """The box with its examples, and the place where the answers go.

    Args:
        limit: how many past incidents it shows.
        focus: ready to type into when the page opens.
    """
    field = el(
        "textarea",
        id="kb-q",
        rows=1,
        placeholder="What happens? Type it, or paste log lines",
        autocomplete="off",
        spellcheck="false",
        aria_describedby="kb-said",
        autofocus=focus,
    )
    examples = [el("button", text, type="button") for text in EXAMPLES]
    return el(
        "div",
        el("label", "What are you seeing?", for_="kb-q", class_="kb-box__l"),
        el("div", icon("search"), field, class_="kb-box__f"),
        el("p", el("span", "Try"), examples, class_="kb-box__x"),
        el("p", id="kb-said", class_="kb-sr", role="status"),
        el("noscript", el("p", "This box needs scripts. The lists below do not.", class_="kb-none")),
        el("div", class_="kb-results"),
        class_="kb-box",
        data_kb_box=True,
        data_limit=limit,
        data_up=frame.up or "./",
    )


def nothing() -> Html:
    """What an empty knowledge base says."""
    line = join("Nothing is written down yet. ", el("code", "kb new incident"), " makes the first entry.")
    return el("p", line, class_="kb-none")
