"""An export of kb's own: every entry as data, with the text of its file, so that it comes back to the byte."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kb.errors import InvalidEntry

MARK = "kb_export"
"""The key that says which version of the format a document is of."""
VERSION = 1
FILE = "kb.json"
"""The document's name in an archive of everything."""


def read(told: Any) -> Iterator[tuple[str, str]]:
    """The path and the text of each entry.

    Args:
        told: the document, or a list of entries as JSON Lines hold them.

    Raises:
        InvalidEntry: it is of a later release, or damaged.
    """
    version = told.get(MARK) if isinstance(told, dict) else VERSION
    if version != VERSION:
        raise InvalidEntry(f"it is version {version} of the format; this release reads {VERSION}", "update kb")
    entries = told.get("entries") if isinstance(told, dict) else told
    if not isinstance(entries, list):
        raise InvalidEntry("it has no list of entries", "was it cut off? export it again")
    for number, one in enumerate(entries, 1):
        path, text = (one.get("path"), one.get("text")) if isinstance(one, dict) else (None, None)
        if not isinstance(path, str) or not isinstance(text, str):
            raise InvalidEntry(f"entry {number} has no text", "was it cut off? export it again")
        yield path, text
