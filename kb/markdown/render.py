"""An entry written as a file, in the canonical form: `parse(render(entry))` gives the entry again."""

from __future__ import annotations

import re
from typing import Any

from kb.markdown import frontmatter
from kb.markdown.fields import FRONT, SECTIONS, SectionField
from kb.model import Entry, LessonKind


def front_matter(entry: Entry) -> dict[str, Any]:
    """What the front matter of an entry says, as text and lists, in the order it is written."""
    values: dict[str, Any] = {"id": entry.id, "kind": entry.kind}
    for front in FRONT[entry.kind]:
        value = front.write(entry)
        if value is not None:
            values[front.key] = value
    return values | dict(entry.extra)


def render(entry: Entry) -> str:
    """An entry as the text of its file: front matter, title, lead, sections."""
    front = [line for key, value in front_matter(entry).items() for line in frontmatter.lines(key, value)]
    blocks = [heading(1, entry.title)]
    if entry.lead:
        blocks.append(entry.lead)
    for place in SECTIONS[entry.kind]:
        if body := section_body(entry, place):
            blocks.append(f"## {place.heading}\n\n{body}")
    blocks += [f"{heading(2, section.heading)}\n\n{section.body}".rstrip() for section in entry.sections]
    return "\n".join(["---", *front, "---", ""]) + "\n" + "\n\n".join(blocks) + "\n"


def heading(level: int, text: str) -> str:
    """A heading; hashes at its end are kept from being read as its closing."""
    closing = f" {'#' * level}" if re.search(r"(?:^|\s)#+$", text) else ""
    return f"{'#' * level} {text}{closing}"


def section_body(entry: Entry, place: SectionField) -> str:
    """What stands below a section's heading; empty when the entry has nothing for it."""
    value = getattr(entry, place.attr)
    if not place.items:
        return str(value)
    return "\n".join(line for item in value for line in item_lines(place, item, entry.timezone))


def item_lines(
    place: SectionField, item: Any, timezone: str, lesson_kind: LessonKind = LessonKind.LEARNED
) -> list[str]:
    """An item of a list section as lines."""
    assert place.items
    return place.items.write(item, timezone, lesson_kind)
