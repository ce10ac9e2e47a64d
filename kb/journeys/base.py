"""The knowledge base as every journey sees it: find entries, record changes, keep files and database together.

A change is acknowledged when its transaction is committed; then the file is written. Whatever a crash, a full disk or a
broken file leaves undone waits in the database, and the next `sync` does it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

from kb import files
from kb.config import Settings
from kb.errors import AlreadyExists, ChangedMeanwhile, NotFound
from kb.journeys.changing import change, create, delete, save
from kb.journeys.naming import not_one, wanted
from kb.journeys.record import (
    IndexChanges,
    NewEntry,
    Progress,
    Record,
    RestoreReport,
    SyncReport,
    record_of,
    stale_ids,
)
from kb.journeys.restoring import restore
from kb.journeys.sync import MISSING_HINT, question, synced
from kb.journeys.workspace import Clock, Workspace
from kb.model import DeploymentStatus, Entry, Incident, Problem, Relation
from kb.model.standing import BLAMED, Said
from kb.store import Reader, Revision, Stored

_UNDER_WAY: Mapping[str | None, tuple[DeploymentStatus, ...]] = {
    None: (DeploymentStatus.IN_PROGRESS,), "deployment": (DeploymentStatus.IN_PROGRESS, DeploymentStatus.PLANNED),
}  # fmt: skip
"""Of which deployments the only one is meant, by the kind of entry asked for."""


def _now() -> datetime:
    return datetime.now(UTC)


class KnowledgeBase:
    """An open knowledge base; close it, or use it in a `with`.

    Reading shows the record as it is; call `sync` first to take in what was changed by hand.
    """

    def __init__(self, work: Workspace) -> None:
        """Made by `open`."""
        self._work = work

    @classmethod
    def open(cls, root: Path, settings: Settings, clock: Clock = _now, files_alone: bool = False) -> KnowledgeBase:
        """The knowledge base in a folder; its `.kb/` and its database are made if they are not there.

        Args:
            clock: tells the time for revisions.
            files_alone: while the server is out of reach go on with the files here; see `kb.journeys.offline`.

        Raises:
            StoreUnavailable: the database cannot be used; the message names it and says what to do.
            ConfigurationError: the database setting is wrong.
        """
        return cls(Workspace.open(root, settings, clock, files_alone))

    def __enter__(self) -> KnowledgeBase:
        """The knowledge base itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Closes it."""
        self.close()

    def close(self) -> None:
        """Lets the database go."""
        self._work.store.close()

    @property
    def work(self) -> Workspace:
        """What the journeys beside this one work with."""
        return self._work

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the last sync, and the changes since, found to complain about."""
        return tuple(self._work.problems)

    # reading
    def records(self, kind: str | None = None) -> list[Record]:
        """All entries, or all of one kind, by id."""
        with self._work.store.reading() as reader:
            return _records(reader, reader.entries(kind))

    def some(self, ids: Iterable[str]) -> list[Record]:
        """These entries, as far as they are there, by id."""
        with self._work.store.reading() as reader:
            return _records(reader, reader.some(ids))

    def suspectable(self, incident: Incident, hours: int) -> list[tuple[Entry, str]]:
        """The team's entries, each with its file, that tell which deployments to suspect: those of some hours before an
        incident and those it names, and the incidents that other deployments are known to have had a part in.

        Args:
            hours: how far back to look.
        """
        began = incident.started or incident.detected
        if began is None:
            return []
        first = began.utc - timedelta(hours=hours + 24)  # a day is known by its first instant
        with self._work.store.reading() as reader:
            ids = reader.deployed(first, began.utc) | reader.blamed(BLAMED)
        records = self.some(ids | {link.id for link in incident.deployments})
        return [(record.entry, record.path) for record in records if not record.library]

    def get(self, fragment: str, kind: str | None = None) -> Record:
        """The entry of an id, a unique fragment of one, or a path.

        Raises:
            NotFound: there is none.
            Ambiguous: there are several; the message lists them.
        """
        name = wanted(fragment)
        with self._work.store.reading() as reader:
            ids = reader.ids(name, kind) if name else []
            exact = [pair for pair in ids if pair[0] == name]
            if len(exact or ids) != 1:
                raise not_one(fragment, kind, ids)
            stored, mark = reader.entry((exact or ids)[0][0]), reader.mark((exact or ids)[0][0])
            assert stored is not None
            assert mark is not None
            return record_of(stored, mark.path, stale_ids(reader.held()))

    def exists(self, entry_id: str) -> bool:
        """Whether there is, or ever was, an entry of that id."""
        with self._work.store.reading() as reader:
            return reader.entry(entry_id) is not None

    def free_id(self, wanted: str, taken: Collection[str] = ()) -> str:
        """The id wanted, or with a number behind it: the same title twice on one day is no reason to stop somebody.

        Args:
            taken: ids that are not recorded yet, but will be.
        """
        number, name = 1, wanted
        while name in taken or self.exists(name):
            number += 1
            name = f"{wanted}-{number}"
        return name

    def meant(self, kind: str | None = None) -> Record | None:
        """The entry meant when none is named, never one of the library; None when nothing is recorded.

        It is the open incident last touched; else the only deployment in progress; else, when a deployment is asked
        for, the only one planned; else what was last touched.
        """
        with self._work.store.reading() as reader:
            running = reader.touched(kind, open_only=True) if kind in (None, "incident") else []
            found = running or _under_way(reader, kind) or reader.touched(kind, open_only=False)
        return self.get(found[0]) if found else None

    def said(self, deployment: str = "") -> Said:
        """What the team's incidents say of deployments, or of one; in the order of the incidents' ids.

        Args:
            deployment: its id; empty for all.
        """
        found: dict[str, list[tuple[str, Relation]]] = {}
        with self._work.store.reading() as reader:
            for name, incident, relation in reader.relations(deployment):
                found.setdefault(name, []).append((incident, Relation(relation)))
        return {name: tuple(pairs) for name, pairs in found.items()}

    def history(self, fragment: str) -> list[Revision]:
        """What became of an entry, oldest first; of a deleted one too if its whole id is given.

        Raises:
            NotFound: there is no such entry.
        """
        with self._work.store.reading() as reader:
            found = reader.revisions(wanted(fragment))
        if found:
            return found
        entry_id = self.get(fragment).entry.id
        with self._work.store.reading() as reader:
            return reader.revisions(entry_id)

    def text_at(self, entry_id: str, rev: int) -> str:
        """The text an entry had in one of its revisions.

        Raises:
            NotFound: there is no such revision.
        """
        with self._work.store.reading() as reader:
            text = reader.text(entry_id, rev)
        if text is None:
            raise NotFound(f"{entry_id} has no revision {rev}", f"see 'kb history {entry_id}'")
        return text

    # changing
    def create(self, entry: Entry, path: str = "", via: str = "kb new", by: str = "", text: str = "") -> Record:
        """Records a new entry and writes its file.

        Args:
            path: its file, from the root; empty for the usual place.
            text: its exact text, if it is to be another than kb would write.

        Raises:
            AlreadyExists: there is an entry of that id, or a file in that place; nothing was written.
            InvalidEntry: the entry cannot be written down, or the path is no place for it.
        """
        return self.create_many([NewEntry(entry, path, text)], via, by)[0]

    def create_many(
        self, entries: Sequence[NewEntry], via: str = "kb import", by: str = "", progress: Progress | None = None
    ) -> list[Record]:
        """Records new entries in one transaction, all or none, and writes their files.

        Args:
            progress: told how many are recorded.

        Raises:
            AlreadyExists, InvalidEntry: as `create`, for the first entry it is true of.
        """
        return create(self._work, entries, self._work.origin(via, by), progress)

    def change(self, entry_id: str, edit: Callable[[Entry], Entry], via: str, by: str = "") -> Record:
        """Changes an entry: only the lines of what differs, and nobody else's change is lost.

        Args:
            edit: gives the wanted entry; it is called with the newest one, perhaps more than once.
            via: the command, for the history.

        Raises:
            NotFound: there is no such entry.
            InvalidEntry: the change cannot be written; nothing was changed.
        """
        return change(self._work, entry_id, edit, self._work.origin(via, by))

    def save(self, entry_id: str, text: str, base_rev: int, via: str, by: str = "", keep: bool = False) -> Record:
        """Records a text that was edited as a whole, merged with what has been recorded since its editor got it.

        Args:
            base_rev: the revision that was given to the editor.
            keep: keep the text as it came as a revision of its own.

        Raises:
            NotFound: there is no such entry or revision.
            InvalidEntry: the text is not an entry, or of another one; nothing was changed.
        """
        return save(self._work, entry_id, text, base_rev, self._work.origin(via, by), keep)

    def delete(self, entry_id: str, via: str = "kb delete", by: str = "") -> None:
        """Deletes an entry and its file; the text stays in the database.

        Raises:
            NotFound: there is no such entry.
        """
        delete(self._work, entry_id, self._work.origin(via, by))

    # files and database
    def sync(self, accept_deletions: bool = False, progress: Progress | None = None, strict: bool = True) -> SyncReport:
        """Takes in what was edited, added, moved or deleted by hand or by git, and writes what the files lack.

        Args:
            accept_deletions: believe it when many files, or much of a file, have disappeared.
            strict: raise when files have disappeared in numbers; otherwise that is only one of the problems.

        Raises:
            ChangedMeanwhile: files have disappeared in numbers; everything else was done, nothing was deleted.
            StoreUnavailable: the database cannot be used.
        """
        believed = accept_deletions or self._work.away  # the files are all there is
        report = synced(self._work, "accept" if believed else "ask", progress, strict)
        if report.missing and strict:
            raise ChangedMeanwhile(question(report), MISSING_HINT)
        return report

    def restore(self, ids: Iterable[str] | None = None) -> RestoreReport:
        """Writes entry files back from the database, byte for byte.

        Args:
            ids: entries to restore, even if they were deleted or their file has a fault (the faulty file is kept in
                `.kb/saved/`); without it, every entry that has no file.

        Raises:
            NotFound: an id is of no entry; nothing was written.
        """
        return restore(self._work, ids)

    def backup(self, target: Path) -> None:
        """A checked copy of the database, whole even while others write.

        Raises:
            AlreadyExists: there is a file of that name.
            StoreUnavailable: it cannot be written, or the database is not SQLite.
        """
        if target.exists():
            raise AlreadyExists(f"{target} exists already", "nothing was overwritten")
        self._work.store.backup(target)

    # the search index
    def exclusively(self) -> files.Lock:
        """While it is held no other command writes in this checkout; its holder may."""
        return self._work.lock

    def index_changes(self, token: str) -> IndexChanges:
        """What a search index lacks.

        Args:
            token: names the index; another one begins from nothing.
        """
        with self._work.store.reading() as reader:
            upserts, removed = reader.index_changes(token)
            records = tuple(_records(reader, upserts) if upserts else ())
        return IndexChanges(
            records, tuple(id_ for id_, _ in removed), {r.entry.id: r.rev for r in records} | dict(removed)
        )

    def stale(self) -> frozenset[str]:
        """Ids of the entries whose files have a fault."""
        with self._work.store.reading() as reader:
            return stale_ids(reader.held())

    def index_done(self, token: str, marks: Mapping[str, int]) -> None:
        """Notes what a search index holds now, and that all is settled if nothing else is left to do."""
        with self._work.lock:
            if marks:
                with self._work.store.writing() as writer:
                    writer.index_done(token, marks)
            with self._work.store.reading() as reader:
                waiting = reader.index_changes(token)
                known, held, unwritten = reader.marks(), reader.held(), reader.unwritten()
            if held or any(waiting) or self._work.store.shared or unwritten:
                return  # while a file is held every search says so
            lying = {mark.path: mark.sha256 for mark in known.values() if mark.file_rev is not None}
            files.settle(self._work.root, lying, [token])


def _records(reader: Reader, found: Sequence[Stored]) -> list[Record]:
    marks, stale = reader.marks(), stale_ids(reader.held())
    return [record_of(stored, marks[stored.id].path, stale) for stored in found]


def _under_way(reader: Reader, kind: str | None) -> list[str]:
    found = next(filter(None, map(reader.with_status, _UNDER_WAY.get(kind, ()))), [])
    return found if len(found) == 1 else []
