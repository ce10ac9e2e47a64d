"""What every page is put into: its front matter, its title, its sections; and how pages find each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from kb.journeys.edition import Article, Edition
from kb.journeys.services import service_slug
from kb.markdown.html import to_html, to_inline, to_text
from kb.model import Entry
from kb.site.parts.html import Child, Html, el, escape, hidden, join
from kb.site.parts.words import anchor, short

_FOLDERS = {"incident": "incidents", "deployment": "deployments", "system": "systems"}
HEADING = "## "
"""How the line of a section's heading begins."""
_PLAIN_HEADING = re.compile(r"\w[\w ,.?'’()/-]*")


@dataclass(frozen=True, slots=True)
class Frame:
    """A page's place among the others.

    Args:
        up: from the page to the site's top: empty, or `../` for a page in a folder.
    """

    edition: Edition
    up: str = ""

    def page(self, name: str, place: str = "") -> str:
        """The address of a page (`questions`), perhaps at a place in it."""
        return f"{self.up}{name}.html{'#' + quote(place) if place else ''}"

    def search(self, words: str) -> str:
        """The address of the search for some words."""
        return f"{self.page('search')}#q={quote(words)}"

    def entry(self, name: str, place: str = "") -> str | None:
        """The address of an entry's page; None when there is no such entry."""
        article = self.edition.by_id.get(name)
        return self.page(address(article), place) if article else None

    def link(self, name: str, text: Child = None, **attributes: str) -> Html:
        """A link to an entry; its title if no text is given, the bare text when there is no such entry."""
        article = self.edition.by_id.get(name)
        if article is None:
            return el("span", text or name, **attributes)
        return el("a", text or to_text(article.entry.title), href=self.page(address(article)), **attributes)

    def service(self, name: str, **attributes: str) -> Html:
        """A service's name as a link to its page; the bare name when the team has no such service."""
        found = self.edition.services.get(service_slug(name))
        href = self.page(f"services/{found.slug}") if found else None
        return el("a" if href else "span", name, href=href, **attributes)

    def system(self, name: str) -> Html:
        """The name of a system or host as a link to the system's page; the bare name when there is none."""
        found = self.edition.by_host.get(name)
        return self.link(found.id, name) if found else el("span", name)

    def blocks(self, text: str) -> Html:
        """Markdown of an entry as safe HTML blocks."""
        return Html(to_html(text, self.resolve))

    def inline(self, text: str) -> Html:
        """Markdown of an entry as safe HTML inside a line; what needs more room (code blocks, lists) becomes blocks."""
        return Html(to_html(text, self.resolve) if "\n" in text.strip() else to_inline(text.strip(), self.resolve))

    def resolve(self, target: str) -> str:
        """What an address written in an entry is on the site: another entry's file becomes its page."""
        found = re.fullmatch(r"(?:[\w./-]*/)?([a-z0-9-]+)\.md(?:#.*)?", target)
        if found and "://" not in target:
            return self.entry(found[1]) or ""
        return target


def address(article: Article) -> str:
    """Where an article's page stands: `incidents/2019-03-12-all-applications-down`."""
    folder = "library" if article.library else _FOLDERS[article.entry.kind]
    return f"{folder}/{article.entry.id}"


def compose(title: str, parts: Iterable[Child], *, wide: bool = False, home: bool = False, about: str = "",
            listed: bool = True) -> str:  # fmt: skip
    """A page as Markdown: front matter, then raw HTML blocks between Markdown headings.

    Args:
        title: plain text; it is escaped here, because MkDocs puts it into the page as it is.
        parts: HTML, and headings from `heading`.
        wide: without the table of contents beside it.
        about: plain text for search engines and previews.
        listed: found by the search of the theme.
    """
    head = [] if home else [f"title: {_quoted(title)}"]
    if about:
        head.append(f"description: {_quoted(short(about, 160))}")
    head += ["hide:", "  - navigation"] + (["  - toc"] if wide else [])
    head += [] if listed else ["search:", "  exclude: true"]
    lines = ["---", *head, "---", ""]
    for part in parts:
        text = part if isinstance(part, Heading) else join(part)
        if text:
            lines += [text if isinstance(part, Heading) else _block(text), ""]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return json.dumps(escape(" ".join(text.split())), ensure_ascii=False)


def _block(markup: str) -> str:
    """HTML on a line of its own, so that Python-Markdown takes it as one raw block and reads nothing into it."""
    return f"<div>{markup}</div>".replace("\r", "").replace("\n", "&#10;").replace("\t", "&#9;")


class Heading(str):
    """A Markdown heading, so that it comes into the table of contents."""

    __slots__ = ()


def heading(text: str) -> Heading | Html:
    """A section's heading; one that Markdown could read something into is written as HTML."""
    if _PLAIN_HEADING.fullmatch(text):
        return Heading(HEADING + text)
    return el("h2", text, id=anchor(text))


def section(name: str, body: Child) -> Iterable[Child]:
    """A heading and what stands below it; nothing at all when there is nothing to stand there."""
    if body:
        yield heading(name)
        yield body


def title(text: str, *, hero: bool = False) -> Html:
    """The page's heading."""
    return el("h1", text, id=None if hero else "top", class_="kb-hero" if hero else None)


def eyebrow(frame: Frame, page: str, name: str, here: str) -> Html:
    """The line above a title: where the page belongs, and its id."""
    return el("p", el("a", name, href=frame.page(page)), " ", el("span", here), class_="kb-eyebrow")


def source(frame: Frame, entry: Entry) -> Html:
    """The last line of an entry's page: its file, to read or to mend."""
    article = frame.edition.by_id[entry.id]
    where = el("code", article.path)
    if frame.edition.edit_base:
        where = el("a", where, href=frame.edition.edit_base + quote(article.path.partition("/")[2]), rel="noopener")
    return el("p", hidden("This page is made from "), where, class_="kb-source")
