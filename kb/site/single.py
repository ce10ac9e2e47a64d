"""The page of one entry as one file that needs nothing else: no script, no request, and no other page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from html.parser import HTMLParser
from importlib.resources import files

from kb.config import Settings
from kb.errors import NotFound
from kb.journeys.edition import Article, bare
from kb.journeys.record import Record
from kb.markdown.elsewhere import Address
from kb.markdown.html import to_text
from kb.site.book import ENTRY_PAGES, STYLE, assets
from kb.site.parts.frame import HEADING, Frame, address
from kb.site.parts.html import Html, el, join
from kb.site.parts.words import anchor, date_words

_LEADS = ("http://", "https://", "mailto:", "#")
_OWN_STYLE = "single.css"


def page(settings: Settings, records: Sequence[Record], name: str, as_of: datetime) -> bytes:
    """The page of an entry as the site shows it, alone; what search would say of it is left out.

    Args:
        records: all that is recorded.
        name: the entry's id.
    """
    articles = tuple(Article(one.entry, one.path, one.stale, one.text) for one in records)
    edition = bare(settings, articles, as_of)
    article = edition.by_id.get(name)
    if article is None:
        raise NotFound(f"there is no entry {name}")
    frame = Frame(edition, settings.site_url)
    alone = _Alone(frame.page(address(article)))
    alone.feed(_body(ENTRY_PAGES[article.entry.kind](frame, article)))
    return _whole(
        to_text(article.entry.title), Html("".join(alone.done)), f"{settings.name}, {date_words(as_of.date())}"
    )


def addresses(settings: Settings, records: Sequence[Record]) -> Address:
    """Where the pages of entries are on the web; nowhere, when the site's address is not known."""
    known = {one.entry.id: address(Article(one.entry, one.path, text="-")) for one in records}
    return lambda name: f"{settings.site_url}{known[name]}.html" if settings.site_url and name in known else ""


def _whole(title: str, body: Html, told: str) -> bytes:
    style = assets()[STYLE].decode("utf-8") + (files("kb.site") / _OWN_STYLE).read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; font-src data:; img-src data:; base-uri 'none'"
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name_="robots", content="noindex"),
        el("title", title),
        el("style", Html(style)),
    )
    shown = el("main", body, el("p", told, class_="kb-told"), class_="md-typeset")
    text = join(
        Html("<!doctype html>\n"),
        el("html", head, el("body", shown, data_md_color_scheme="default", dir="ltr"), lang="en"),
    )
    return f"{text}\n".encode("utf-8", "replace")


def _body(composed: str) -> str:
    """What `compose` wrote, as HTML."""
    lines = filter(None, composed.partition("\n---\n")[2].split("\n"))
    return "\n".join(
        el("h2", line.removeprefix(HEADING), id=anchor(line.removeprefix(HEADING)))
        if line.startswith(HEADING) else line for line in lines
    )  # fmt: skip


class _Alone(HTMLParser):
    """HTML of the site, in which links to its pages become words, and those to places on this page stay here."""

    def __init__(self, own: str) -> None:
        super().__init__(convert_charrefs=False)
        self.done: list[str] = []
        self._own = own
        self._links: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps the tag, or makes it one that leads nowhere."""
        text = self.get_starttag_text() or ""
        if tag == "a":
            given = dict(attrs)
            here, sign, place = (given.get("href") or "").partition("#")
            href = f"#{place}" if sign and here == self._own else given.get("href") or ""
            self._links.append(href.lower().startswith(_LEADS))
            rest = {("class_" if name == "class" else name): value or "" for name, value in given.items()}
            rest.pop("href", None)
            link = el("a", **rest, href=href) if self._links[-1] else el("span", **rest)
            text = link.rpartition("</")[0]
        self.done.append(text)

    def handle_endtag(self, tag: str) -> None:
        """Closes what was opened."""
        self.done.append("</span>" if tag == "a" and not self._links.pop() else f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Keeps it."""
        self.done.append(data)

    def handle_entityref(self, name: str) -> None:
        """Keeps it."""
        self.done.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Keeps it."""
        self.done.append(f"&#{name};")
