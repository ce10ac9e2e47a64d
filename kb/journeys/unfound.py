"""What people searched and did not find: kept in `.kb/`, on this machine alone, unless the option `searches` is off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kb import files
from kb.config import Settings
from kb.model import Match
from kb.private import private

FILE = "searches.jsonl"
MOST = 1_000
"""So many are kept, the newest."""
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Unfound:
    """Words that found nothing.

    Args:
        times: how often.
        last: when they were searched last, ISO 8601, UTC.
    """

    words: str
    times: int
    last: str


@private()
def note(settings: Settings, words: str, hits: Sequence[Match], at: datetime) -> None:
    """Keeps the words of a search that found nothing, or nothing better than chance; secrets are masked.

    Args:
        at: when, UTC.
    """
    plain = " ".join(words.split())[:_LONGEST]
    if not settings.searches or not plain or any(hit.fit != "none" for hit in hits):
        return
    file = files.state_folder(settings.root) / FILE
    from kb.secrets import masked

    with suppress(OSError):  # a search is answered whatever becomes of the note
        kept = _lines(file)[-MOST + 1 :]
        kept.append(json.dumps({"at": at.isoformat(timespec="seconds"), "words": masked(plain)}, ensure_ascii=False))
        fresh = file.with_suffix(".new")
        fresh.write_text("\n".join(kept) + "\n", "utf-8", "backslashreplace")
        fresh.replace(file)


def unfound(settings: Settings) -> list[Unfound]:
    """What was searched and not found: what was searched most first, then what was searched last."""
    found: dict[str, Unfound] = {}
    for line in _lines(settings.state / FILE):
        with suppress(ValueError, KeyError, TypeError):
            told = json.loads(line)
            words, at = str(told["words"]), str(told["at"])
            times = found[words.lower()].times if words.lower() in found else 0
            found[words.lower()] = Unfound(words, times + 1, at)
    latest = sorted(found.values(), key=lambda one: one.last, reverse=True)
    return sorted(latest, key=lambda one: -one.times)


def _lines(file: Path) -> list[str]:
    try:
        return [line for line in file.read_text("utf-8", "replace").split("\n") if line]
    except OSError:
        return []
