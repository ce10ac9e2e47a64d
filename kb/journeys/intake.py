"""One file as somebody left it, taken into the record: recognised, compared with what it grew from, merged, or held."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb import files
from kb.errors import InvalidEntry
from kb.files import git
from kb.journeys.nearest import AS_SAVED, BY_HAND, MERGE, grew_from, made_by_hand, nearest
from kb.journeys.record import Clash
from kb.markdown import parse, render, revise
from kb.markdown.limits import beyond
from kb.markdown.merge import Merged, merge, written_ids
from kb.model import Entry, Problem
from kb.model.names import ENTRY_ID
from kb.store import Draft, Mark, Origin, Revision, Stored, Writer

_ID_LINE = re.compile(rf"^id: *({ENTRY_ID.pattern})\s*$", re.MULTILINE | re.ASCII)
_FRONT_CHARACTERS = 1 << 16
_MANY_ITEMS = 3
_MANY_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that can be read."""

    path: str
    sha256: str
    text: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Held:
    """A file that cannot be taken in, and why; the entry's last good version stays."""

    path: str
    sha256: str
    problems: tuple[Problem, ...]
    id: str | None = None


def newly_held(held: Held, mark: Mark | None) -> Held:
    """A held file with the entry it belongs to, as far as it is known."""
    return replace(held, id=mark.id) if mark else held


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file.

    Args:
        what: added, edited, merged, moved, revived, behind, or empty when there was nothing to do.
        rev: the entry's newest revision now.
        file_rev: the revision the file holds.
    """

    what: str
    rev: int
    file_rev: int
    clashes: tuple[Clash, ...] = ()


def look(root: Path, path: str) -> Incoming | Held | None:
    """A file read and understood; None when it is gone."""
    data = files.read(root, path)
    return None if data is None else understand(path, data)


def understand(path: str, data: bytes) -> Incoming | Held:
    """What some bytes say as an entry."""
    sha = files.digest(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem(path, line, f"byte {data[error.start]:#04x} is not UTF-8", "save the file as UTF-8")
        return Held(path, sha, (problem,))
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return Held(path, sha, (Problem(path, line, "a NUL character", "delete it"),))
    if too_much := beyond(text, path):
        return Held(path, sha, (too_much,), _claimed(text[:_FRONT_CHARACTERS]))
    parsed = parse(text, path)
    if parsed.entry is None or not parsed.ok:
        errors = tuple(problem for problem in parsed.problems if problem.level == "error")
        return Held(path, sha, errors, parsed.entry.id if parsed.entry else _claimed(text))
    return Incoming(path, sha, text, parsed.entry)


def _claimed(text: str) -> str | None:
    """The id a text says it has, though nothing else in it can be read."""
    found = _ID_LINE.search(text)
    return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes files in within one transaction.

    Args:
        accept_deletions: believe a file from which much has disappeared.
    """

    writer: Writer
    root: Path
    checkout: str
    origin: Origin
    accept_deletions: bool = False

    def take(self, found: Incoming, mark: Mark | None) -> Taken | Held:
        """Records what a file says; `mark` is what is known of this checkout's file."""
        old = self.writer.lock(found.entry.id)
        if old is None:
            new = self.writer.save(Draft(found.entry, found.text, found.path), None, self.origin)
            return Taken("added", new.rev, new.rev)
        moved = "moved" if mark and mark.file_rev is not None and mark.path != found.path else ""
        if found.sha256 == old.sha256 and old.deleted_at is None:
            return self._moved(found, old) if moved and old.path != found.path else Taken(moved, old.rev, old.rev)
        revisions = self.writer.revisions(old.id)
        same = [revision for revision in revisions if revision.sha256 == found.sha256]
        if same and old.deleted_at is None and not self._undone(revisions, same[-1]):
            return Taken("behind", old.rev, same[-1].rev)
        return self._changed(found, old, revisions, mark)

    def _undone(self, revisions: Sequence[Revision], back_to: Revision) -> bool:
        """Whether a file equal to an older revision undoes only what was done to the file by hand."""
        later = [revision for revision in revisions if revision.rev > back_to.rev]
        return all(made_by_hand(revision, self.checkout) for revision in later)

    def _moved(self, found: Incoming, old: Stored) -> Taken:
        new = self.writer.save(Draft(found.entry, found.text, found.path), old, self.origin)
        return Taken("moved", new.rev, new.rev)

    def _changed(self, found: Incoming, old: Stored, revisions: Sequence[Revision], mark: Mark | None) -> Taken | Held:
        had = mark.file_rev if mark and mark.file_rev else 0
        _, base = nearest(revisions, lambda rev: self.writer.text(old.id, rev) or "", found.text, had, self.checkout)
        if not had and old.deleted_at is None and not grew_from(base, found.text):
            base = render(type(found.entry)(id=old.id, title=found.entry.title))  # two machines made it, each its own
        elif self._from_elsewhere(found, base):
            base = _without(base, found.entry)
        if problems := tuple(self._doubts(found, old, base)):
            return Held(found.path, found.sha256, problems, old.id)
        try:
            merged = Merged(found.text) if base == old.text else merge(base, old.text, found.text)
        except InvalidEntry as error:
            problem = Problem(found.path, 1, error.message, "take in by hand what 'kb history' shows, then save again")
            return Held(found.path, found.sha256, (problem,), old.id)
        what = "revived" if old.deleted_at else "edited"
        if merged.text == found.text:
            new = self.writer.save(Draft(found.entry, found.text, found.path), old, self.origin)
            return Taken(what, new.rev, new.rev)
        return self._save_merged(found, old, merged)

    def _from_elsewhere(self, found: Incoming, base: str) -> bool:
        """Whether git brought the file from a branch that never held the base: what it lacks nobody has deleted."""
        entry = parse(base).entry
        if entry is None or _items(entry) <= _items(found.entry) or self.accept_deletions:
            return False
        history = git.committed(self.root, found.path)
        return git.content_name(found.text) in history[:1] and git.content_name(base) not in history

    def _save_merged(self, found: Incoming, old: Stored, merged: Merged) -> Taken:
        """Keeps the file as it was saved, as what its editor still shows, and then the merged text."""
        entry = parse(merged.text).entry
        assert entry is not None
        self.writer.keep(old.id, old.rev + 1, found.text, replace(self.origin, via=AS_SAVED))
        new = self.writer.save(Draft(entry, merged.text, found.path), old, replace(self.origin, via=MERGE), skip=1)
        clashes = tuple(Clash(old.id, found.path, c.where, c.kept, c.other) for c in merged.conflicts)
        return Taken("merged", new.rev, old.rev + 1, clashes)

    def _doubts(self, found: Incoming, old: Stored, base: str) -> Iterator[Problem]:
        if old.kind != found.entry.kind:
            message = f"kind was {old.kind} and is now {found.entry.kind}"
            yield Problem(found.path, 1, message, "set it back, or use a new id")
            return
        before = parse(base).entry
        if before is None or self.accept_deletions:
            return
        known = _items(before) & written_ids(base)
        lost = known - _items(found.entry)
        swallowed = [item for item in lost if item in written_ids(found.text)]
        if swallowed:
            line = _line_of(found.text, min(swallowed, key=lambda item: _line_of(found.text, item)))
            message = f"{len(swallowed)} items from here on are no longer read as items"
            yield Problem(found.path, line, message, "is a closing fence, or a heading above them, missing?")
        elif len(lost) > _MANY_ITEMS and len(lost) > _MANY_SHARE * len(known):
            message = f"{len(lost)} of {len(known)} items have disappeared"
            yield Problem(found.path, 1, message, "if that is meant, run 'kb sync --accept-deletions'")


_LISTS = (
    "timeline", "questions", "lessons", "actions", "links", "symptoms", "contributing_factors", "risks", "checks",
    "expected", "unexpected",
)  # fmt: skip


def _items(entry: Entry) -> frozenset[str]:
    """The ids of all items."""
    return frozenset(item.id for name in _LISTS for item in getattr(entry, name, ()))


def _without(base: str, entry: Entry) -> str:
    """A base without the items that an entry lacks, so that they are not missed."""
    before = parse(base).entry
    assert before is not None
    kept = _items(entry)
    lists = {name: tuple(i for i in getattr(before, name) if i.id in kept) for name in _LISTS if hasattr(before, name)}
    return revise(base, replace(before, **lists))  # type: ignore[arg-type]


def _line_of(text: str, item: str) -> int:
    at = text.find(f":{item} ")
    return text.count("\n", 0, max(at, 0)) + 1


__all__ = ["BY_HAND", "Held", "Incoming", "Intake", "Taken", "look", "newly_held", "understand"]
