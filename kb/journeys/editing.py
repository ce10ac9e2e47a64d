"""An entry edited whole in somebody's editor: a draft in `.kb/`, checked when it is saved, kept when it is faulty."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kb.config import Settings
from kb.journeys.base import KnowledgeBase
from kb.journeys.intake import Held, understand
from kb.journeys.record import Record
from kb.model import Problem
from kb.private import private

_NAME = re.compile(r"(?P<id>.+)\.rev(?P<rev>\d+)\.md")


@dataclass(frozen=True, slots=True)
class Drafted:
    """What became of an edit.

    Args:
        record: the entry as it is now; None when the draft is faulty.
        problems: the faults of the draft.
        path: where a faulty draft is kept.
    """

    record: Record | None
    changed: bool = False
    problems: tuple[Problem, ...] = ()
    path: Path | None = None


def edit(base: KnowledgeBase, settings: Settings, record: Record, editor: Callable[[Path], None]) -> Drafted:
    """Lets `editor` change a draft of the entry, and records it if it can be understood.

    A faulty draft of an earlier edit is taken up again. What was recorded while the editor was open is merged in.

    Args:
        editor: changes the file it is given, and returns when the person is done.
    """
    draft = _draft(settings, record)
    editor(draft)
    found = _NAME.fullmatch(draft.name)
    assert found
    path = draft.relative_to(settings.root).as_posix()
    read = understand(path, draft.read_bytes())
    if isinstance(read, Held):
        return Drafted(None, True, read.problems, draft)
    if read.entry.id != record.entry.id:
        changed_id = Problem(path, 2, "the id has changed", f"set it back to {record.entry.id}")
        return Drafted(None, True, (changed_id,), draft)
    text = read.text
    changed = text != base.text_at(record.entry.id, int(found["rev"]))
    saved = base.save(record.entry.id, text, int(found["rev"]), via="kb edit") if changed else record
    draft.unlink()
    return Drafted(saved, changed)


@private()
def _draft(settings: Settings, record: Record) -> Path:
    """The draft left from last time, or a new one."""
    folder = settings.state / "drafts"
    folder.mkdir(mode=0o700, exist_ok=True)
    for kept in sorted(folder.glob("*.md")):
        if (found := _NAME.fullmatch(kept.name)) and found["id"] == record.entry.id:
            return kept
    draft = folder / f"{record.entry.id}.rev{record.rev}.md"
    draft.write_bytes(record.text.encode("utf-8"))
    return draft
