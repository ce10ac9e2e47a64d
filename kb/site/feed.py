"""The feed: what was recorded last, for those who read it elsewhere; and what robots are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from kb.journeys.edition import Article, Edition
from kb.model import Deployment, Incident, Lesson, Moment
from kb.model.dating import newest
from kb.site.parts.frame import address
from kb.site.parts.pieces import cracking
from kb.site.parts.words import gist, short

FEED, ROBOTS, SITEMAP = "feed.xml", "robots.txt", "sitemap.xml"
MOST = 50
"""How many things the feed tells of."""
_RELATIVE = "Addresses are relative: site_url is not set in mkdocs.yml."
_MAP = re.compile("<urlset[^>]*>")
_NO_XML = re.compile("[^\t\n\r\u0020-\u007e\u0080-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _News:
    """One thing to tell; `key` is what its id is made of, and never changes."""

    key: str
    kind: str
    title: str
    link: str
    published: datetime
    updated: datetime
    summary: str = ""


def feed(edition: Edition) -> bytes:
    """An Atom feed (RFC 4287) of the team's own incidents, lessons and deployments, the last changed first."""
    news = sorted(_news(edition), key=lambda one: (one.updated, one.key), reverse=True)[:MOST]
    root = ElementTree.Element("feed", xmlns="http://www.w3.org/2005/Atom")
    _add(root, "title", edition.name)
    if not edition.site_url:
        _add(root, "subtitle", _RELATIVE)
    _add(root, "id", edition.site_url or _urn(f"feed/{edition.name}"))
    _add(root, "updated", _stamp(news[0].updated if news else edition.as_of))
    _add(root, "link", rel="self", href=edition.site_url + FEED)
    _add(root, "link", rel="alternate", href=f"{edition.site_url}index.html")
    _add(_add(root, "author"), "name", edition.name)
    for one in news:
        _entry(root, one)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def robots(edition: Edition) -> str:
    """Whether robots may read the site; postmortems are internal until somebody says otherwise."""
    if not edition.indexing:
        return "User-agent: *\nDisallow: /\n"
    sitemap = f"Sitemap: {edition.site_url}{SITEMAP}\n" if edition.site_url else ""
    return f"User-agent: *\nAllow: /\n{sitemap}"


def sitemap(pages: str, *, indexing: bool) -> str:
    """The map of the site as MkDocs makes it; where robots are to stay away it is none that they could read.

    The theme needs it to change pages in place, and looks for nothing but the addresses in it.
    """
    if indexing:
        return pages
    return _MAP.sub("<pages>", pages).replace("</urlset>", "</pages>")


def _news(edition: Edition) -> Iterator[_News]:
    for article in edition.articles:
        entry = article.entry
        if article.library or not isinstance(entry, Incident | Deployment):
            continue
        published, updated = _times(edition, entry)
        link = f"{edition.site_url}{address(article)}.html"
        yield _News(entry.id, entry.kind, short(entry.title, 300), link, published, updated, _summary(article))
        for lesson in entry.lessons:
            yield _lesson(entry.id, lesson, link, published, updated)


def _lesson(name: str, lesson: Lesson, link: str, published: datetime, updated: datetime) -> _News:
    text = short(lesson.text, 300)
    place = f"{link}#l-{lesson.id}" if lesson.id else link
    return _News(f"{name}/{lesson.id or lesson.text}", "lesson", text, place, published, updated)


def _summary(article: Article) -> str:
    """How it stands, and what cracked it or what it is about."""
    entry = article.entry
    question = cracking(entry)
    about = f"Cracked by “{short(question.text, 300)}”" if question else short(gist(entry.summary or entry.lead), 300)
    return " ".join(filter(None, [f"{str(getattr(entry, 'status', '')).capitalize()}.", about]))


def _times(edition: Edition, entry: Incident | Deployment) -> tuple[datetime, datetime]:
    """When it began and when something of it was last written down; never later than the site."""
    began = datetime.fromtimestamp(newest(entry)[0], UTC)
    last = max((moment.at for moment in _moments(entry)), default=began)
    return min(began, edition.as_of), min(max(began, last), edition.as_of)


def _moments(entry: Incident | Deployment) -> Iterator[Moment]:
    if isinstance(entry, Incident):
        known = [entry.started, entry.detected, entry.acknowledged, entry.mitigated, entry.resolved]
    else:
        known = [entry.meeting, entry.window_start, entry.started, entry.finished]
    every = (*known, *(event.at for event in entry.timeline), *(question.at for question in entry.questions))
    return (moment for moment in every if moment)


def _entry(root: ElementTree.Element, one: _News) -> None:
    made = _add(root, "entry")
    _add(made, "title", f"{one.kind.capitalize()}: {one.title}")
    _add(made, "id", _urn(one.key))
    _add(made, "link", rel="alternate", href=one.link)
    _add(made, "published", _stamp(one.published))
    _add(made, "updated", _stamp(one.updated))
    _add(made, "category", term=one.kind)
    _add(made, "summary", one.summary or one.title)


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, name, attributes)
    made.text = _NO_XML.sub("", text) or None
    return made


def uid(key: str) -> str:
    """What a thing is called by those who read of it elsewhere; it never changes."""
    return str(uuid5(NAMESPACE_URL, f"postmortem-kb/{key}".encode("utf-8", "replace").decode()))


def plain(text: str) -> str:
    """A text on one line, without characters that no XML and no calendar may hold."""
    return " ".join(_NO_XML.sub("", text).split())


def _urn(key: str) -> str:
    return f"urn:uuid:{uid(key)}"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
