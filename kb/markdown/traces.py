"""A text found however it was written down: escaped, quoted, in an address, indented with its item, or line by line."""

from __future__ import annotations

import re
from html.entities import codepoint2name
from urllib.parse import quote

LONG_LINE = 16
"""Characters of a line that is found alone: a shorter one of a text of several stands in other texts too."""

_TAIL = r"((?: \([^\n]*\))?(?: <!-- [a-z]:[^\n]*-->)?)"
"""What kb writes at the end of an item's first line. It is kept, as a group of its own."""
_BREAK = rf"(?:{_TAIL}[ \t]*(?:\r?\n|\\r\\n|\\n)[ \t>]*)"
_GAP = rf"(?:[ \t]+|{_BREAK}|%20|\+|&nbsp;|\\ )"
_MARKER = re.compile(r"-----\w")


def replaced(pattern: re.Pattern[str], word: str, text: str) -> str:
    """A text with another word wherever a pattern of `traces` finds something."""
    while (made := pattern.sub(lambda found: word + "".join(filter(None, found.groups())), text)) != text:
        text = made  # again, for it may stand in what is kept too
    return made


def traces(text: str) -> re.Pattern[str]:
    """Finds a text of one or more lines in Markdown, YAML, JSON, HTML and addresses; see `replaced`.

    A line of a longer text (of a key, say) is found alone too, unless it only begins or ends it.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    whole = _BREAK.join(map(_line, lines))
    alone = (line for line in lines if len(lines) > 1 and len(line) >= LONG_LINE and not _MARKER.match(line))
    return re.compile("|".join([whole, *map(_line, sorted(alone, key=len, reverse=True))]))


def _line(line: str) -> str:
    return _GAP.join("".join(map(_sign, word)) for word in line.split())


def _sign(sign: str) -> str:
    """One character, in every way it is written."""
    if sign.isalnum() and sign.isascii():
        return sign
    number = ord(sign)
    ways = [
        rf"\\?{re.escape(sign)}",
        *(f"&{name};" for name in (codepoint2name.get(number), "apos" if sign == "'" else None) if name),
        rf"&#0*{number};", rf"&#[xX]0*(?i:{number:x});", rf"\\[uU]0*(?i:{number:x})", rf"\\x(?i:{number:02x})",
        f"(?i:{re.escape(quote(sign, safe=''))})",
    ]  # fmt: skip
    if sign == "'":
        ways.insert(0, "''")
    return f"(?:{'|'.join(ways)})"
