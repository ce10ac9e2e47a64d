"""Characters that nobody sees, or that drive a terminal, written out."""

from __future__ import annotations

import re

_INVISIBLE = re.compile(
    "[\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ud800-\udfff\ufff9-\ufffc\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_JOINERS = re.compile("(?:^|(?<=[\x00-\u024f\\s]))[\u200c\u200d]+|[\u200c\u200d]+(?=[\x00-\u024f\\s]|$)")
"""They shape Persian and Indic words and join emoji; beside a Latin letter or a blank they only hide."""
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")


def visible(text: str) -> str:
    """A text with control, bidirectional and zero-width characters written out; line ends are line feeds."""
    text = re.sub(r"\r\n?|\x85", "\n", text)
    text = _CONTROL.sub(lambda found: chr(0x2400 + ord(found.group())), text)
    text = _INVISIBLE.sub(lambda found: _named(found.group()), text)
    return _JOINERS.sub(lambda found: "".join(map(_named, found.group())), text)


def readable(text: str) -> str:
    """A text in which nothing turns the reading of what stands beside it: signs that do are written out."""
    return _TURNING.sub(lambda found: _named(found.group()), text) if _TURNING.search(text) else text


def _named(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
