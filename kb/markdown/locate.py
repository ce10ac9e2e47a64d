"""Where something of an entry stands in its text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from kb.markdown.parse import read_text


def locate(text: str, where: str) -> int:
    """The line (from 1) of a key, a section's field or an item's id; the title's line when it is not there."""
    lines = _lines(text)
    return lines.get(where, lines[""])


@lru_cache(maxsize=2)  # a check asks for many places of one entry after the other
def _lines(text: str) -> Mapping[str, int]:
    reading = read_text(text)
    lines = {"": (reading.document.title_line or 0) + 1}
    for key in reading.keys:
        lines.setdefault(key.name, key.line + 1)
    for section in reading.sections:
        if section.field:
            lines.setdefault(section.field.attr, section.part.line + 1)
        for item in section.items:
            lines.setdefault(item.value.id, item.start + 1)
    return lines
