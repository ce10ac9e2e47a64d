"""Entries written to their files: what is recorded and not yet in this checkout. Never over somebody's save."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kb import files
from kb.errors import AlreadyExists, InvalidEntry
from kb.journeys.intake import BY_HAND, Held, Incoming, Intake, Taken, understand
from kb.journeys.record import Changed, Clash
from kb.journeys.workspace import Workspace
from kb.model import Problem
from kb.store import Mark, Stored

_TRIES = 20


@dataclass(slots=True)
class Outbox:
    """Writes files under the lock; what cannot be written waits, recorded, for the next command.

    Args:
        held: paths of files that are left alone, and ids of the entries they belong to.
    """

    work: Workspace
    held: frozenset[str] = frozenset()
    written: list[Changed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    _marks: list[tuple[str, str, int, str]] = field(default_factory=list)
    _gone: list[str] = field(default_factory=list)

    def write(self, ids: Iterable[str]) -> None:
        """Brings the files of some entries up to date, and notes it."""
        try:
            for entry_id in ids:
                self._bring(entry_id)
        finally:
            self._note()

    def _note(self) -> None:
        if not self._marks and not self._gone:
            return
        with self.work.store.writing() as writer:
            for mark in self._marks:
                writer.mark_file(*mark)
            for entry_id in self._gone:
                writer.unmark_file(entry_id)
        self._marks.clear()
        self._gone.clear()

    def _bring(self, entry_id: str) -> None:
        for _ in range(_TRIES):
            with self.work.store.reading() as reader:
                stored, mark = reader.entry(entry_id), reader.mark(entry_id)
            if stored is None or mark is None or {mark.path, entry_id} & self.held:
                return
            try:
                if not (self._remove(mark) if mark.deleted else self._put(stored, mark)):
                    return
            except OSError as error:
                hint = "it is kept in the database; the next command writes it"
                self.problems.append(Problem(mark.path, 1, f"the file cannot be written: {error.strerror}", hint))
                return
            except InvalidEntry as error:
                self.problems.append(Problem(mark.path, 1, error.message, error.hint))
                return

    def _remove(self, mark: Mark) -> bool:
        if files.remove(self.work.root, mark.path, mark.sha256):
            self._gone.append(mark.id)
        return False

    def _put(self, stored: Stored, mark: Mark) -> bool:
        """Writes one file; whether a save came in between, so that there is more to write."""
        saved = self._exchange(mark, stored.text.encode("utf-8"), stored.sha256)
        if isinstance(saved, bytes):
            return self._take_save(mark, saved)
        if saved:
            self._marks.append((stored.id, mark.path, stored.rev, stored.sha256))
            self.written.append(Changed(stored.id, mark.path, "written"))
        return False

    def _exchange(self, mark: Mark, data: bytes, sha: str) -> bytes | bool:
        """True when the file holds the data, False when its place is taken, or what somebody has just saved there."""
        root = self.work.root
        try:
            if mark.file_rev:
                saved = files.replace(root, mark.path, data, mark.sha256)
                return True if saved is None else saved
        except FileNotFoundError:
            pass
        try:
            files.create(root, mark.path, data)
        except AlreadyExists:
            there = files.read(root, mark.path)
            if there is not None and files.digest(there) == sha:
                return True
            hint = f"move one of the two files; {mark.id} is kept in the database"
            self.problems.append(Problem(mark.path, 1, f"another file is where {mark.id} belongs", hint))
            return False
        return True

    def _take_save(self, mark: Mark, saved: bytes) -> bool:
        """Somebody saved the file in the instant it was to be written: their change is taken in too."""
        found = understand(mark.path, saved)
        if isinstance(found, Incoming) and found.entry.id != mark.id:
            return False
        taken: Taken | Held = found if isinstance(found, Held) else self._taken(found, mark)
        if isinstance(taken, Held):
            self.problems += taken.problems
            return False
        self.clashes += taken.clashes
        return True

    def _taken(self, found: Incoming, mark: Mark) -> Taken | Held:
        files.unsettle(self.work.root)
        with self.work.store.writing() as writer:
            taken = Intake(writer, self.work.root, self.work.store.checkout, self.work.origin(BY_HAND)).take(
                found, mark
            )
            if isinstance(taken, Taken):
                writer.mark_file(mark.id, mark.path, taken.file_rev, found.sha256)
        return taken
