"""The site's sources on disk: only what changed is made and written, and what vanished is removed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from kb.files import digest
from kb.private import private
from kb.site.book import Sheet

MARKS = "staged.json"
"""The file beside the folder that keeps the marks of what was staged last."""


@private()
def stage(
    sheets: Iterable[Sheet], folder: Path, salt: str = "", told: Callable[[int], None] = lambda done: None
) -> dict[str, str]:
    """Makes the folder hold exactly these files; files that are right already keep their time.

    The marks of what is there are taken away before anything is written and put back at the end, so that a page of
    which only a half was written is never taken for a whole one.

    Args:
        salt: names the code that makes the pages; what other code made is made again.
        told: how many files are done.

    Returns:
        For each file a mark that is the same as long as its content is.
    """
    marks_file = folder.parent / MARKS
    known = read_json(marks_file).get(salt, {})
    present = _present(folder)
    marks: dict[str, str] = {}
    for done, sheet in enumerate(sheets, 1):
        told(done)
        marks[sheet.path] = sheet.mark
        if sheet.mark and known.get(sheet.path) == sheet.mark and sheet.path in present:
            continue
        content = _bytes(sheet.make())
        marks[sheet.path] = sheet.mark or digest(content)
        if known.get(sheet.path) != marks[sheet.path] or sheet.path not in present:
            _write(folder / sheet.path, content, marks_file)
    for name in present - marks.keys():
        (folder / name).unlink()
    if known != marks:
        write_json(marks_file, {salt: marks})
    return marks


def read_json(path: Path) -> dict[str, Any]:
    """What was noted; nothing where nothing was, or it cannot be read: then everything is made anew."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@private()
def write_json(path: Path, found: object) -> None:
    """Notes something for the next time, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(found), "utf-8")
    beside.replace(path)


def _present(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8", "replace") if isinstance(content, str) else content


def _write(path: Path, content: bytes, marks_file: Path) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    marks_file.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
