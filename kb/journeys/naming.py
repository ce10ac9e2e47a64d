"""Which entry somebody means by a part of its id."""

from __future__ import annotations

from collections.abc import Sequence

from kb.errors import Ambiguous, NotFound

_LISTED = 8
_LONGEST = 4_000
"""Characters; nothing that is looked for has so many."""


def wanted(fragment: str) -> str:
    """What an id has to hold: the fragment in lower case; of a path the name of the file."""
    plain = fragment[:_LONGEST].encode("utf-8", "replace").decode("utf-8")  # a database takes no lone surrogate
    return plain.strip().replace("\\", "/").rpartition("/")[2].removesuffix(".md").lower()


def not_one(fragment: str, kind: str | None, found: Sequence[tuple[str, str]]) -> NotFound:
    """What to say when no entry, or more than one, is meant.

    Args:
        found: id and title of each that fits.
    """
    what = kind or "entry"
    if not found:
        return NotFound(f"no {what} '{fragment}'", "'kb list' shows what there is")
    shown = [f"  {entry_id}  {title}" for entry_id, title in found[:_LISTED]]
    more = [f"  and {len(found) - _LISTED} more"] if len(found) > _LISTED else []
    lines = "\n".join([f"'{fragment}' fits {len(found)} entries:", *shown, *more])
    return Ambiguous(lines, "give more of the id")
