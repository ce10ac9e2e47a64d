"""A new knowledge base: settings, templates, an empty folder for entries, and what git shall leave alone."""

from __future__ import annotations

import re
from pathlib import Path

from kb.config import CONFIG_FILE, ENTRIES_FOLDER
from kb.errors import AlreadyExists, NotFound
from kb.journeys.templates import FOLDER, supplied
from kb.markdown.frontmatter import scalar

_IGNORED = (".kb/", "/site/")


def found(folder: Path, name: str, timezone: str) -> list[str]:
    """Makes a knowledge base in a folder; files that are there already stay as they are.

    Args:
        timezone: an IANA name.

    Returns: what was made, relative to the folder.

    Raises:
        AlreadyExists: it is one already; nothing was written.
        NotFound: the folder cannot be made.
    """
    if (folder / CONFIG_FILE).exists():
        raise AlreadyExists(
            f"{folder} has a {CONFIG_FILE} already", "it is a knowledge base, or belongs to another site"
        )
    if folder.exists() and not folder.is_dir():
        raise NotFound(f"{folder} is not a folder")
    made: list[str] = []
    for kind in ("incidents", "deployments", "systems"):
        _write(folder, f"{ENTRIES_FOLDER}/{kind}/.gitkeep", "", made)
    for template in sorted(supplied().glob("*.md")):
        _write(folder, f"{FOLDER}/{template.name}", template.read_text("utf-8"), made)
    _ignore(folder, made)
    settings = (supplied() / CONFIG_FILE).read_text("utf-8")
    _write(folder, CONFIG_FILE, settings.replace("{name}", scalar(name)).replace("{timezone}", timezone), made)
    return made


def _write(folder: Path, path: str, text: str, made: list[str]) -> None:
    target = folder / path
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8", newline="\n")
    made.append(path)


def _ignore(folder: Path, made: list[str]) -> None:
    """Tells git to leave the database and the built site alone."""
    file = folder / ".gitignore"
    before = file.read_text("utf-8") if file.is_file() else ""
    missing = [
        line for line in _IGNORED if not re.search(rf"^/?{re.escape(line.strip(chr(47)))}/?$", before, re.MULTILINE)
    ]
    if missing:
        gap = "" if not before or before.endswith("\n") else "\n"
        file.write_text(f"{before}{gap}{chr(10).join(missing)}\n", "utf-8", newline="\n")
        made.append(".gitignore")
