"""What Material's own search knows of the site: one short record a page.

Left to itself it would keep every section of every page, which takes a browser seconds to read in.
"""

from __future__ import annotations

from pathlib import Path

from kb.journeys.edition import Edition
from kb.model import Entry, Incident
from kb.site.book import PAGES
from kb.site.parts.frame import address
from kb.site.parts.html import escape
from kb.site.parts.pieces import cracking
from kb.site.parts.words import short
from kb.site.stage import read_json, write_json

_LENGTH = 300
"""Characters of an entry that its record holds at most; the box on the pages searches all of them."""


RECORDS = "records.json"
"""The file that keeps them."""


def kept_records(edition: Edition, path: Path, mark: str) -> list[dict[str, str]]:
    """The records, from the last time where they are the same.

    Args:
        path: where they are kept.
        mark: as long as it is the same, they are.
    """
    found = read_json(path).get(mark)
    if isinstance(found, list):
        return found
    made = records(edition)
    write_json(path, {mark: made})
    return made


def records(edition: Edition) -> list[dict[str, str]]:
    """The records in the order of the pages, as Material's search takes them: HTML, so texts are escaped."""
    made = [_record(f"{page}.html", name, "") for page, (name, _) in PAGES.items()]
    for article in edition.articles:
        made.append(_record(f"{address(article)}.html", article.entry.title, _about(article.entry)))
    made += [_record(f"services/{slug}.html", one.name, "Service") for slug, one in edition.services.items()]
    made += [_record(f"briefs/{name}.html", page.title, page.lead) for name, page in edition.briefs.items()]
    return made


def _record(location: str, title: str, text: str) -> dict[str, str]:
    return {"location": location, "title": escape(short(title, 200)), "text": escape(text)}


def _about(entry: Entry) -> str:
    said = [entry.summary or entry.lead]
    if isinstance(entry, Incident):
        question = cracking(entry)
        said = [question.text if question else "", *(item.text for item in entry.symptoms), *said]
    return short(" · ".join(filter(None, (*said, *entry.tags))), _LENGTH)
