"""The page *not found*: a host serves it for any address, so that its own addresses must begin at the site's top."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from kb.site.pages.search import way_list
from kb.site.parts.box import box
from kb.site.parts.frame import Frame, compose, title
from kb.site.parts.html import el

NOT_FOUND = "404"
"""The name hosts look for."""
_ADDRESS = re.compile(r'(\s(?:href|src)=")([^"#][^"]*)"')
_TOP = re.compile(r'(__md_scope=new URL\("|"base": "|"search": ")([^"]*)"')


def not_found_page(frame: Frame) -> str:
    """What happened, and how to find what was looked for."""
    text = (
        "The address may be mistyped, or the entry was removed or is not published here. An entry keeps its address "
        "as long as it keeps its id, whatever it is called."
    )
    ways = [("index", "Home"), ("incidents", "Incidents"), ("search", "Search everything")]
    parts = [
        title("There is no such page"),
        el("p", text, class_="kb-intro"),
        box(frame, limit=4),
        el("div", way_list(frame, ways), class_="kb-start"),
    ]
    return compose("Page not found", parts, wide=True, listed=False)


def from_top(page: str, top: str) -> str:
    """The built page with addresses that hold wherever it is served.

    Args:
        page: as MkDocs made it; it holds nothing of any entry.
        top: the path of the site's top, such as `/` or `/notes/`.
    """
    page = _ADDRESS.sub(lambda found: f'{found[1]}{urljoin(top, found[2])}"', page)
    return _TOP.sub(lambda found: f'{found[1]}{urljoin(top, found[2])}"', page)
