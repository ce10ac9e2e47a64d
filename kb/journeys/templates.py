"""Templates: entries with blanks. A knowledge base's own copy wins over the one that comes with kb."""

from __future__ import annotations

from pathlib import Path

import kb
from kb.config import Settings
from kb.errors import InvalidEntry
from kb.markdown import parse, revise
from kb.model import Entry

FOLDER = "templates"


def supplied(inside: str = FOLDER, beside: str = FOLDER) -> Path:
    """A folder that comes with kb, the templates if no other is named: inside the package, or beside it in a checkout.

    Args:
        inside, beside: its names there.
    """
    package = Path(kb.__file__).parent
    return package / inside if (package / inside).is_dir() else package.parent / beside


def blank(settings: Settings, kind: str) -> tuple[Entry, str]:
    """The template of a kind of entry: what it says already, and its text.

    Raises:
        InvalidEntry: the knowledge base's own template is not an entry; the message names file and line.
    """
    own = settings.root / FOLDER / f"{kind}.md"
    path = own if own.is_file() else supplied() / f"{kind}.md"
    shown = f"{FOLDER}/{path.name}"
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidEntry(f"{shown} cannot be read: {error}", "mend it, or delete it to use kb's own") from None
    parsed = parse(text, shown)
    if parsed.entry is None or not parsed.ok or parsed.entry.kind != kind:
        problem = next((str(p) for p in parsed.problems if p.level == "error"), f"{shown}:1: it is not of kind {kind}")
        raise InvalidEntry(problem, "mend it, or delete it to use kb's own")
    return parsed.entry, text


def filled_in(text: str, template: Entry, entry: Entry) -> str:
    """A template's text as the file of a new entry: blanks that stay empty keep their hints."""
    return revise(text.replace(f"id: {template.id}\n", f"id: {entry.id}\n", 1), entry)
