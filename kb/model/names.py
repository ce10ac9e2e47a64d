"""Ids: of entries (date and slug, given once) and of the items inside them (six characters)."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from datetime import date

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.ASCII)
ENTRY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,95}", re.ASCII)
"""What an entry's id looks like: lower-case ASCII letters, digits and hyphens."""


KEPT_ASIDE = "Kept aside from "
"""How the heading begins of what an import understood nothing of; nobody looks for that."""


def slug(title: str, length: int = 64) -> str:
    """A file name made from a title: ASCII lower case, digits and hyphens, never empty, never a device name."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    cut = words if len(words) <= length else words[: length + 1].rpartition("-")[0] or words[:length]
    name = cut.strip("-") or "untitled"
    return f"{name}-x" if _RESERVED.fullmatch(name) else name


def entry_id(day: date | None, title: str) -> str:
    """The id of a new entry: `2019-03-12-all-applications-down`, without the date for a system."""
    return f"{day.isoformat()}-{slug(title)}" if day else slug(title)


def new_item_id() -> str:
    """A fresh id for an item: six random characters of base 32."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(6))


def derived_item_id(*parts: str) -> str:
    """The id of an item typed by hand without one: the same text gives the same id in every checkout."""
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).digest()
    return "".join(_ALPHABET[byte & 31] for byte in digest[:6])
