"""A new knowledge base: settings, templates, an empty folder for entries, and what git shall leave alone."""

from __future__ import annotations

import re
from pathlib import Path

from kb.config import CONFIG_FILE, ENTRIES_FOLDER
from kb.errors import AlreadyExists, NotFound
from kb.files import git
from kb.journeys.templates import FOLDER, supplied
from kb.markdown.frontmatter import scalar

LIBRARY = f"{ENTRIES_FOLDER}/library"
_IGNORED = (".kb/", "/site/", "/public/")
_ATTRIBUTES = f"{ENTRIES_FOLDER}/**/*.md text eol=lf merge=kb"
"""Two branches that each log an event to one incident merge without a clash; see `kb merge-driver`."""


def found(folder: Path, name: str, timezone: str, library: bool = False) -> list[str]:
    """Makes a knowledge base in a folder; files that are there already stay as they are.

    Args:
        timezone: an IANA name.
        library: with the well-known incidents of others, which are told apart from the team's own.

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
    for entry in sorted(supplied("library", LIBRARY).glob("*.md")) if library else ():
        _write(folder, f"{LIBRARY}/{entry.name}", entry.read_text("utf-8"), made)
    _ignore(folder, made)
    _attributes(folder, made)
    settings = (supplied() / CONFIG_FILE).read_text("utf-8")
    _write(folder, CONFIG_FILE, settings.replace("{name}", scalar(name)).replace("{timezone}", timezone), made)
    return [*made, *_merge_driver(folder)] if git.repository(folder) else made


def join_git(folder: Path) -> list[str]:
    """Sets up git for a knowledge base that is there already: what it leaves alone, and how it merges entries.

    Each clone needs it once, because git's settings do not travel.

    Returns: what was made or changed, relative to the folder.

    Raises:
        NotFound: it is no knowledge base, or in no git repository.
        StoreUnavailable: git cannot be run, or its settings not written.
    """
    if not (folder / CONFIG_FILE).is_file():
        raise NotFound(f"no knowledge base in {folder}", "make one with 'kb init'")
    if git.repository(folder) is None:
        raise NotFound(f"{folder} is not in a git repository", "run 'git init' there, then 'kb init --git'")
    made: list[str] = []
    _ignore(folder, made)
    _attributes(folder, made)
    return [*made, *_merge_driver(folder)]


def at_the_top(folder: Path) -> None:
    """Sees that a folder is where GitHub looks for workflows, whether it is there yet or not.

    Raises:
        NotFound: it lies below the top of a repository.
    """
    there = next(place for place in (folder, *folder.parents) if place.is_dir())
    top = git.repository(there)
    if top and top.resolve() != folder.resolve():
        raise NotFound(
            f"GitHub looks for workflows in {top}, not in a folder of it",
            f"copy them there from {supplied() / 'github'}",
        )


def workflows(folder: Path) -> tuple[list[str], list[str]]:
    """Writes what GitHub is to do: check each pull request, and publish the site of what is merged.

    Returns: what was made, and what was there already and is left alone; relative to the folder.
    """
    made: list[str] = []
    wanted = {f".github/workflows/{file.name}": file for file in sorted((supplied() / "github").glob("*.yml"))}
    for path, file in wanted.items():
        _write(folder, path, file.read_text("utf-8"), made)
    return made, [path for path in wanted if path not in made]


def _merge_driver(folder: Path) -> list[str]:
    git.set_merge_driver(folder)
    return [f"git config {git.MERGE_DRIVER}"]


def _write(folder: Path, path: str, text: str, made: list[str]) -> None:
    target = folder / path
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8", newline="\n")
    made.append(path)


def _ignore(folder: Path, made: list[str]) -> None:
    """Tells git to leave the database and the built site alone."""
    before = _lines_of(folder / ".gitignore")
    missing = [
        line for line in _IGNORED if not re.search(rf"^/?{re.escape(line.strip(chr(47)))}/?$", before, re.MULTILINE)
    ]
    _append(folder, ".gitignore", before, missing, made)


def _attributes(folder: Path, made: list[str]) -> None:
    """Tells git that entries are merged by kb."""
    before = _lines_of(folder / ".gitattributes")
    _append(folder, ".gitattributes", before, [] if "merge=kb" in before else [_ATTRIBUTES], made)


def _lines_of(file: Path) -> str:
    return file.read_text("utf-8") if file.is_file() else ""


def _append(folder: Path, name: str, before: str, lines: list[str], made: list[str]) -> None:
    if lines:
        gap = "" if not before or before.endswith("\n") else "\n"
        (folder / name).write_text(f"{before}{gap}{chr(10).join(lines)}\n", "utf-8", newline="\n")
        made.append(name)
