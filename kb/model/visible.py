"""Characters that nobody sees, or that drive a terminal, written out."""

from __future__ import annotations

import re

_INVISIBLE = re.compile(
    "[\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\ud800-\udfff\ufff9-\ufffc\U000e0000-\U000e007f]"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")


def visible(text: str) -> str:
    """A text with control, bidirectional and zero-width characters written out; line ends are line feeds."""
    text = re.sub(r"\r\n?|\x85", "\n", text)
    text = _CONTROL.sub(lambda found: chr(0x2400 + ord(found.group())), text)
    return _INVISIBLE.sub(lambda found: _named(found.group()), text)


def _named(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
