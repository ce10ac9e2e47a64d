"""Whatever was edited, added, renamed, moved or deleted by hand or by git is taken in; what waits is written out.

Contents decide, never times. A file with a fault is held: it is reported, left alone, and its entry stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from kb import files
from kb.errors import ChangedMeanwhile, ReadOnly
from kb.journeys.intake import BY_HAND, Held, Incoming, Intake, Taken, look, newly_held, understand
from kb.journeys.record import Changed, Clash, Progress, SyncReport
from kb.journeys.workspace import Workspace, usual_path
from kb.journeys.writing import Outbox
from kb.markdown import parse
from kb.model import Problem
from kb.store import Mark, Writer

Deletions = Literal["ask", "accept", "keep"]
MISSING_HINT = "'kb restore' writes them back; if they are to be deleted: 'kb sync --accept-deletions'"
_BATCH = 200
_TRIES = 3
_NAMED = 5
_MANY_FILES = 3
_MANY_SHARE = 0.2


def sync(work: Workspace, deletions: Deletions = "ask", progress: Progress | None = None) -> SyncReport:
    """Takes in what has changed in the files, and writes what they lack. Call it under the lock.

    Args:
        deletions: whether files that have disappeared are deleted entries: *ask* believes it of a few and questions
            many, *accept* believes it of all, *keep* of none.
        progress: told how many of the changed files are done.

    Raises:
        StoreUnavailable: the database cannot be used.
        ConfigurationError: `entries` is not a folder of its own.
    """
    report = _Sync(work, deletions, progress or _silent).run()
    work.problems[:] = report.problems
    return report


def synced(work: Workspace, deletions: Deletions, progress: Progress | None, strict: bool) -> SyncReport:
    """The same, with the lock taken for it.

    Args:
        strict: raise where nothing can be written; otherwise that is only a problem, for what is recorded can be read.

    Raises:
        ReadOnly: nothing can be written there.
    """
    try:
        with work.lock:
            return sync(work, deletions, progress)
    except ReadOnly as error:
        if strict:
            raise
        hint = "what was changed by hand since the last command is not shown"
        work.problems[:] = [Problem(files.ENTRIES, 1, error.message, hint)]
        return SyncReport(problems=tuple(work.problems))


def _silent(_done: int, _total: int) -> None:
    pass


def question(report: SyncReport) -> str:
    """What to ask about the files that have disappeared."""
    names = ", ".join(report.missing[:_NAMED]) + (", …" if len(report.missing) > _NAMED else "")
    return f"{len(report.missing)} entry files have disappeared ({names}); nothing was deleted"


@dataclass(slots=True)
class _Sync:
    work: Workspace
    deletions: Deletions
    progress: Progress
    found: files.Scan = field(default_factory=files.Scan)
    marks: dict[str, Mark] = field(default_factory=dict)
    by_path: dict[str, Mark] = field(default_factory=dict)
    incoming: dict[str, Incoming] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    owner: dict[str, str | None] = field(default_factory=dict)
    changed: list[Changed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)

    def run(self) -> SyncReport:
        self.found = files.scan(self.work.root)
        saves = files.late_saves(self.work.root, self.found.leftovers)
        with self.work.store.reading() as reader:
            self.marks = reader.marks()
            held_before = reader.held()
        self.by_path = {mark.path: mark for mark in self.marks.values() if mark.file_rev is not None}
        self.owner = {path: self.by_path[path].id for path in self.found.files if path in self.by_path}
        new = [path for path, sha in self.found.files.items() if self._differs(path, sha)]
        self._project_again()
        self._read(new)
        self._recognise()
        gone = self._gone()
        missing = self._questioned(gone)
        self._take_in([] if missing or self.deletions == "keep" else gone)
        for saved in saves:
            self._take_late(saved)
        self._note_held(held_before)
        self._write({mark.id for mark in missing}, {mark.id for mark in gone})
        self._tell(missing)
        problems = {*self.problems, *(clash.problem() for clash in self.clashes)}
        return SyncReport(
            tuple(self.changed), tuple(sorted(problems)), tuple(sorted(self.held)), tuple(self.clashes),
            tuple(sorted(mark.id for mark in missing)), len(self.found.files) - len(new),
        )  # fmt: skip

    def _differs(self, path: str, sha: str) -> bool:
        mark = self.by_path.get(path)
        return mark is None or mark.sha256 != sha

    def _read(self, paths: list[str]) -> None:
        """Reads the changed files; those of another checkout that this one has never looked at need no parsing."""
        unseen = {self.found.files[path]: path for path in paths if path not in self.by_path}
        with self.work.store.reading() as reader:
            same = reader.with_digest(unseen) if unseen and self.marks else {}
        known = {
            unseen[sha]: self.marks[id_] for sha, id_ in same.items()
            if self.marks[id_].file_rev is None and self.marks[id_].path == unseen[sha]
        }  # fmt: skip
        if known:
            with self.work.store.writing() as writer:
                for path, mark in known.items():
                    writer.mark_file(mark.id, path, mark.rev, self.found.files[path])
                    self.owner[path] = mark.id
        for done, path in enumerate((path for path in paths if path not in known), 1):
            self._look(path)
            self.progress(done, len(paths) - len(known))

    def _look(self, path: str) -> None:
        found = look(self.work.root, path)
        if isinstance(found, Incoming):
            self.incoming[path] = found
            self.owner[path] = found.entry.id
        elif found is not None:
            self._hold(self._known(found))

    def _known(self, held: Held) -> Held:
        """A held file with its entry: that of its place, or one whose own place is empty, for it was renamed."""
        if mark := self.by_path.get(held.path):
            return newly_held(held, mark)
        claimed = self.marks.get(held.id or "")
        lost = claimed and not claimed.deleted and claimed.path not in self.found.files
        return held if lost else replace(held, id=None)

    def _hold(self, held: Held) -> None:
        self.held[held.path] = held
        self.owner[held.path] = held.id
        self.problems += held.problems

    def _recognise(self) -> None:
        """Of several files with one id the one that had it keeps it, else the usual place, else the first."""
        places: dict[str, list[str]] = {}
        for path, owner in sorted(self.owner.items()):
            if owner is not None and path not in self.held:
                places.setdefault(owner, []).append(path)
        for entry_id, paths in places.items():
            if len(paths) < 2:
                continue
            rightful = self._rightful(entry_id, paths)
            for path in paths:
                if path != rightful and path in self.incoming:
                    found = self.incoming.pop(path)
                    message = f"the id {entry_id} is used by {rightful} too"
                    problem = Problem(path, _id_line(found.text), message, "give one of the two files an id of its own")
                    self._hold(Held(path, found.sha256, (problem,)))

    def _rightful(self, entry_id: str, paths: list[str]) -> str:
        mark = self.marks.get(entry_id)
        if mark and mark.path in paths:
            return mark.path
        usual = usual_path(self.incoming[paths[0]].entry, self.work.clock().year)
        return usual if usual in paths else paths[0]

    def _gone(self) -> list[Mark]:
        """Entries whose file has disappeared. What was recorded since, and never reached the file, keeps its entry."""
        unreadable = {path for path, _ in self.found.faults}
        taken = {found.entry.id for found in self.incoming.values()}
        claimed = {held.id for held in self.held.values() if held.id}
        gone = [
            mark for mark in self.marks.values()
            if not mark.deleted and mark.file_rev and mark.id not in taken | claimed and mark.path not in unreadable
            and self.owner.get(mark.path) != mark.id
        ]  # fmt: skip
        changed_since = [mark for mark in gone if mark.rev > (mark.file_rev or 0)]
        for mark in changed_since:
            self.changed.append(Changed(mark.id, mark.path, "kept: deleted by hand, but changed since"))
        return [mark for mark in gone if mark not in changed_since]

    def _questioned(self, gone: list[Mark]) -> list[Mark]:
        """Those gone, if they are so many that it is more likely an accident: a wrong branch, a folder not mounted."""
        had = sum(1 for mark in self.marks.values() if mark.file_rev and not mark.deleted)
        many = (len(gone) > _MANY_FILES and len(gone) > _MANY_SHARE * had) or not self.found.files
        return gone if many and self.deletions == "ask" else []

    def _take_in(self, deleted: list[Mark]) -> None:
        queue = sorted(self.incoming.values(), key=lambda found: found.entry.id)
        for start in range(0, len(queue), _BATCH):
            self._in_one(queue[start : start + _BATCH], [])
        if deleted:
            self._in_one([], deleted)

    def _in_one(self, batch: list[Incoming], deleted: list[Mark]) -> None:
        """One transaction; tried again when another checkout recorded the same entry in the same instant."""
        for attempt in range(1, _TRIES + 1):
            try:
                self._try_one(batch, deleted)
                return
            except ChangedMeanwhile:
                if attempt == _TRIES:
                    raise

    def _try_one(self, batch: list[Incoming], deleted: list[Mark]) -> None:
        changed: list[Changed] = []
        clashes: list[Clash] = []
        held: list[Held] = []
        files.unsettle(self.work.root)
        with self.work.store.writing() as writer:
            intake = self._intake(writer)
            for found in batch:
                taken = intake.take(found, self.marks.get(found.entry.id))
                if isinstance(taken, Held):
                    held.append(taken)
                    continue
                writer.mark_file(found.entry.id, found.path, taken.file_rev, found.sha256)
                clashes += taken.clashes
                if taken.what:
                    changed.append(Changed(found.entry.id, found.path, taken.what))
            for mark in deleted:
                if old := writer.lock(mark.id):
                    writer.tombstone(old, intake.origin)
                writer.unmark_file(mark.id)
                changed.append(Changed(mark.id, mark.path, "deleted"))
        self.changed += changed
        self.clashes += clashes
        for each in held:
            self._hold(each)

    def _intake(self, writer: Writer) -> Intake:
        origin = self.work.origin(BY_HAND)
        return Intake(writer, self.work.root, self.work.store.checkout, origin, self.deletions == "accept")

    def _take_late(self, saved: Path) -> None:
        """A save that a command which was cut off, or a slow editor, left beside the file."""
        found = understand(saved.name, saved.read_bytes())
        mark = self.marks.get(found.entry.id) if isinstance(found, Incoming) else None
        if isinstance(found, Incoming) and mark is not None:
            files.unsettle(self.work.root)
            with self.work.store.writing() as writer:
                taken: Taken | Held | None = None
                if all(found.sha256 != revision.sha256 for revision in writer.revisions(mark.id)):
                    taken = self._intake(writer).take(replace(found, path=mark.path), writer.mark(mark.id))
            if not isinstance(taken, Held):
                files.discard(self.work.root, saved, found.sha256)
                if taken is not None:
                    self.changed.append(Changed(mark.id, mark.path, taken.what))
                    self.clashes += taken.clashes
                return
        kept = files.keep_save(self.work.root, saved).relative_to(self.work.root).as_posix()
        message = "saved while kb wrote the same file, and could not be taken in"
        self.problems.append(Problem(kept, 1, message, "take over by hand what is missing, then delete it"))

    def _note_held(self, before: dict[str, tuple[str, str | None]]) -> None:
        now = {path: (held.sha256, held.id) for path, held in self.held.items()}
        if now != before:
            with self.work.store.writing() as writer:
                writer.hold(now)

    def _write(self, questioned: set[str], gone: set[str]) -> None:
        """Writes what waits, but not what somebody may have deleted."""
        with self.work.store.reading() as reader:
            again = {id_ for id_ in gone if (mark := reader.mark(id_)) and not mark.deleted}
            wait = sorted((reader.unwritten() | again) - questioned)
        outbox = Outbox(self.work, frozenset((*self.held, *(held.id for held in self.held.values() if held.id))))
        outbox.write(wait)
        told = {change.id for change in self.changed}
        self.changed += [change for change in outbox.written if change.id not in told]
        self.problems += outbox.problems
        self.clashes += outbox.clashes

    def _project_again(self) -> None:
        """Makes the rows anew that another release made from the texts."""
        if not any(mark.outdated for mark in self.marks.values()):
            return
        with self.work.store.writing() as writer:
            for stored in writer.outdated():
                if entry := parse(stored.text).entry:
                    writer.project_again(stored, entry)

    def _tell(self, missing: list[Mark]) -> None:
        self.problems += [Problem(path, 1, reason, "make it a plain file") for path, reason in self.found.faults]
        if missing:
            known = sum(1 for mark in self.marks.values() if not mark.deleted)
            message = f"{len(missing)} of {known} entry files have disappeared"
            self.problems.append(Problem(files.ENTRIES, 1, message, MISSING_HINT))


def _id_line(text: str) -> int:
    lines = text.split("\n")
    return next((number for number, line in enumerate(lines, 1) if line.startswith("id:")), 1)
