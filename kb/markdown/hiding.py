"""What is hidden in an entry: HTML comments, and whatever somebody marked as internal with `<!-- internal -->`."""

from __future__ import annotations

import re

from kb.markdown.fields import plain_heading, section_for

INTERNAL = re.compile(r"<!--\s{0,5}internal\b[^>]{0,100}-->", re.IGNORECASE)
"""The mark. It stands in an item or a paragraph, or behind or below a heading for the whole section."""

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HEADING = re.compile(
    r"^##[ \t]+(?P<name>[^\n<]{1,300}?)[ \t#]*(?:\n\s*)?<!--\s{0,5}internal\b[^>]{0,100}-->",
    re.MULTILINE | re.IGNORECASE,
)
_FENCE = re.compile(r"\s{0,8}(`{3,}|~{3,})")


def comments_out(text: str) -> str:
    """A text without its comments; one that is never closed reaches to the end."""
    return _COMMENT.sub("", text)


def marked_sections(kind: str, text: str) -> frozenset[str]:
    """The sections marked as a whole: the name of the field each is, or its heading in small letters."""
    found = set()
    for match in _HEADING.finditer(text):
        known = section_for(kind, match["name"])
        found |= {known.attr if known else plain_heading(match["name"])}
    return frozenset(found)


def paragraphs(text: str) -> list[str]:
    """A text in pieces between blank lines; a fence is one piece."""
    found: list[list[str]] = [[]]
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        if line.strip() or fence:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(lines) for lines in found if lines]


def stray_marks(kind: str, text: str) -> list[int]:
    """Lines on which a mark stands where nothing tells what it is about: in the front matter, in the title, between
    items, alone above the first section.
    """
    found, section, items, fresh, front = [], False, False, False, text.startswith("---")
    for number, line in enumerate(text.split("\n"), 1):
        if front and number > 1 and line.rstrip() == "---":
            front = False
        heading = re.match(r"##[ \t]+(.+?)[ \t#]*$", line)
        if heading and not front:
            known = section_for(kind, heading[1])
            section, items, fresh = True, bool(known and known.items), True
        elif INTERNAL.search(line):
            alone = not INTERNAL.sub("", line).strip()
            if front or line.startswith("# ") or (alone and not fresh and (items or not section)):
                found.append(number)
        fresh = fresh and (heading is not None or not line.strip())
    return found
