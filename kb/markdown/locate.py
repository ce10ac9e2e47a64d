"""Where something of an entry stands in its text."""

from __future__ import annotations

from kb.markdown.parse import read_text


def locate(text: str, where: str) -> int:
    """The line (from 1) of a key, a section's field or an item's id; the title's line when it is not there."""
    reading = read_text(text)
    for key in reading.keys:
        if key.name == where:
            return key.line + 1
    for section in reading.sections:
        if section.field and section.field.attr == where:
            return section.part.line + 1
        for item in section.items:
            if item.value.id == where:
                return item.start + 1
    return (reading.document.title_line or 0) + 1
