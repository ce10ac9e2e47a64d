"""The record: every entry's text with all its revisions, its rows, and the marks of what is written and indexed.

A `Writer` is one transaction; when its block ends without an error the change is acknowledged and kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import URL

from kb.errors import ChangedMeanwhile, StoreUnavailable
from kb.model import OPEN_STATUSES, Entry
from kb.store import derived, tables
from kb.store.engine import guarded, open_engine
from kb.store.projection import PROJECTED, Row, rows
from kb.store.snapshot import encode, maker
from kb.store.stored import Draft, Mark, Origin, Revision, Stored

_ENTRY = tables.entries.c
_REVISION = tables.revisions.c
_CHECKOUT = tables.checkouts.c
_FILE = tables.checkout_files.c
_HELD = tables.held_files.c
_MARK = tables.index_marks.c
_STORED = (
    _ENTRY.id, _ENTRY.kind, _ENTRY.rev, _ENTRY.path, _ENTRY.text, _ENTRY.sha256, _ENTRY.model,
    _ENTRY.made_by, _ENTRY.deleted_at,
)  # fmt: skip


class Store:
    """An open database, as one checkout sees it.

    Args:
        checkout: the checkout's name in the database.
        machine: the machine it is on, for people to recognise it.
        root: the checkout's folder.
    """

    def __init__(self, url: URL, checkout: str, machine: str, root: Path) -> None:
        """Opens the database. Raises StoreUnavailable or ConfigurationError when that cannot be done."""
        self._url = url
        self._engine = open_engine(url)
        self._writing = self._engine.execution_options(kb_writing=True)
        self.checkout = checkout
        with self.reading() as reader:
            known = reader.has_checkout()
        if not known:
            with self.writing() as writer:
                writer.add_checkout(machine, str(root))

    @property
    def shared(self) -> bool:
        """Whether other machines may write to it: then only the database knows whether all is settled."""
        return self._url.get_backend_name() != "sqlite"

    def close(self) -> None:
        """Gives the connections back."""
        self._engine.dispose()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Reader]:
        """One consistent view.

        Raises:
            StoreUnavailable: the database cannot be used.
        """
        with guarded(self._url), self._engine.begin() as connection:
            yield Reader(connection, self.checkout)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writer]:
        """One transaction, kept as a whole or not at all.

        Raises:
            StoreUnavailable: the database cannot be used; nothing was written.
            ChangedMeanwhile: somebody else changed the same thing first; nothing was written.
        """
        with guarded(self._url), self._writing.begin() as connection:
            writer = Writer(connection, self.checkout)
            yield writer
            writer.flush()

    def backup(self, target: Path) -> None:
        """A copy of an SQLite database, whole even while others write, and checked.

        Raises:
            StoreUnavailable: the database is not SQLite, the copy cannot be written, or it is not sound.
        """
        if self.shared:
            raise StoreUnavailable("a PostgreSQL database is backed up with its own tools", "use pg_dump")
        with guarded(self._url), _sqlite(str(self._url.database)) as source, _sqlite(str(target)) as copy:
            source.backup(copy)
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise StoreUnavailable(f"the copy is not sound: {found}", "run 'kb sync' after moving the database away")


def _sqlite(path: str) -> AbstractContextManager[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(path))


class Reader:
    """Questions to the database within one transaction."""

    def __init__(self, connection: Connection, checkout: str) -> None:
        """Made by `Store`."""
        self._connection = connection
        self._checkout = checkout

    def has_checkout(self) -> bool:
        """Whether this checkout is known."""
        return self._connection.scalar(select(_CHECKOUT.id).where(_CHECKOUT.id == self._checkout)) is not None

    def entry(self, entry_id: str) -> Stored | None:
        """An entry, deleted or not."""
        return next(self._stored(select(*_STORED).where(_ENTRY.id == entry_id)), None)

    def entries(self, kind: str | None = None) -> list[Stored]:
        """All entries that are not deleted, by id."""
        query = select(*_STORED).where(_ENTRY.deleted_at.is_(None))
        return _by_id(self._stored(query.where(_ENTRY.kind == kind) if kind else query))

    def touched(self, kind: str | None, open_only: bool) -> list[str]:
        """Ids of a team's own entries, the last changed first.

        Args:
            open_only: only incidents that are still going on.
        """
        last = select(_REVISION.entry, func.max(_REVISION.at).label("at")).group_by(_REVISION.entry).subquery()
        query = select(_ENTRY.id).join(last, last.c.entry == _ENTRY.id).where(
            _ENTRY.deleted_at.is_(None), _ENTRY.path.not_like("entries/library/%")
        )
        if kind:
            query = query.where(_ENTRY.kind == kind)
        if open_only:
            running = derived.incidents.c
            query = query.join(derived.incidents, running.entry == _ENTRY.id).where(running.status.in_(OPEN_STATUSES))
        return list(self._connection.scalars(query.order_by(last.c.at.desc(), _ENTRY.id.desc()).limit(2)))

    def outdated(self) -> list[Stored]:
        """Entries whose rows another release made."""
        return list(self._stored(select(*_STORED).where(_ENTRY.made_by != maker())))

    def ids(self, fragment: str, kind: str | None = None) -> list[tuple[str, str]]:
        """Id and title of the entries whose id holds a fragment, by id."""
        query = select(_ENTRY.id, _ENTRY.title).where(
            _ENTRY.deleted_at.is_(None), _ENTRY.id.contains(fragment, autoescape=True)
        )
        found = self._connection.execute(query.where(_ENTRY.kind == kind) if kind else query)
        return sorted((row.id, row.title) for row in found)

    def with_digest(self, shas: Iterable[str]) -> dict[str, str]:
        """Digest to id, of the entries whose newest text has one of these digests."""
        found: dict[str, str] = {}
        wanted = list(shas)
        for start in range(0, len(wanted), 500):
            query = select(_ENTRY.sha256, _ENTRY.id).where(
                _ENTRY.deleted_at.is_(None), _ENTRY.sha256.in_(wanted[start : start + 500])
            )
            found |= {row.sha256: row.id for row in self._connection.execute(query)}
        return found

    def revisions(self, entry_id: str) -> list[Revision]:
        """What became of an entry, oldest first, without the texts."""
        query = select(_REVISION.rev, _REVISION.sha256, _REVISION.at, _REVISION.by, _REVISION.via, _REVISION.checkout)
        found = self._connection.execute(query.where(_REVISION.entry == entry_id).order_by(_REVISION.rev))
        return [Revision(row.rev, row.sha256, row.at, row.by, row.via, row.checkout) for row in found]

    def text(self, entry_id: str, rev: int) -> str | None:
        """The text of one revision."""
        where = _REVISION.entry == entry_id, _REVISION.rev == rev
        return self._connection.scalar(select(_REVISION.text).where(*where))

    def texts(self, entry_id: str) -> Iterator[tuple[int, str]]:
        """The kept revisions' numbers and texts, newest first."""
        query = select(_REVISION.rev, _REVISION.text).where(_REVISION.entry == entry_id)
        for row in self._connection.execute(query.order_by(_REVISION.rev.desc())):
            yield row.rev, row.text

    def marks(self) -> dict[str, Mark]:
        """For every entry, where this checkout's file is and what it holds."""
        return {mark.id: mark for mark in self._marks(None)}

    def mark(self, entry_id: str) -> Mark | None:
        """The same for one entry."""
        return next(self._marks(entry_id), None)

    def held(self) -> dict[str, tuple[str, str | None]]:
        """This checkout's held files: path to digest, and the entry's id if it is known."""
        query = select(_HELD.path, _HELD.sha256, _HELD.entry)
        found = self._connection.execute(query.where(_HELD.checkout == self._checkout))
        return {row.path: (row.sha256, row.entry) for row in found}

    def index_changes(self, index: str) -> tuple[list[Stored], list[tuple[str, int]]]:
        """What an index lacks: entries to index, and ids (with revision) to take out."""
        name = self._index(index)
        mine = and_(_MARK.entry == _ENTRY.id, _MARK.index == name)
        behind = or_(_MARK.rev.is_(None), _MARK.rev < _ENTRY.rev)
        query = select(*_STORED).outerjoin(tables.index_marks, mine).where(behind, _ENTRY.deleted_at.is_(None))
        gone = select(_ENTRY.id, _ENTRY.rev).join(tables.index_marks, mine).where(_ENTRY.deleted_at.is_not(None))
        removed = sorted((row.id, row.rev) for row in self._connection.execute(gone))
        return _by_id(self._stored(query)), removed

    def _index(self, token: str) -> str:
        return f"{self._checkout}:{token}"

    def _stored(self, query: Any) -> Iterator[Stored]:
        for row in self._connection.execute(query):
            yield Stored(*row)

    def _marks(self, entry_id: str | None) -> Iterator[Mark]:
        mine = and_(_FILE.entry == _ENTRY.id, _FILE.checkout == self._checkout)
        query = select(
            _ENTRY.id, _ENTRY.rev, _ENTRY.deleted_at, _ENTRY.path, _ENTRY.made_by,
            _FILE.path, _FILE.file_rev, _FILE.file_sha,
        ).outerjoin(tables.checkout_files, mine)  # fmt: skip
        for id_, rev, deleted, home, made_by, path, file_rev, sha in self._connection.execute(
            query if entry_id is None else query.where(_ENTRY.id == entry_id)
        ):
            yield Mark(id_, rev, deleted is not None, path or home, file_rev, sha or "", made_by != maker())


class Writer(Reader):
    """Changes to the database within one transaction."""

    def __init__(self, connection: Connection, checkout: str) -> None:
        """Made by `Store`."""
        super().__init__(connection, checkout)
        self._waiting: dict[Table, list[Row]] = {}

    def add_checkout(self, machine: str, path: str) -> None:
        """Makes this checkout known."""
        self._connection.execute(insert(tables.checkouts).values(id=self._checkout, machine=machine, path=path))

    def lock(self, entry_id: str) -> Stored | None:
        """An entry that nobody else changes before this transaction ends."""
        return next(self._stored(select(*_STORED).where(_ENTRY.id == entry_id).with_for_update()), None)

    def save(self, draft: Draft, old: Stored | None, origin: Origin, skip: int = 0) -> Stored:
        """A new revision of an entry with everything derived from it; a deleted one lives again.

        Args:
            old: the entry as `lock` gave it, None for a new one.
            skip: how many revisions were `keep`t since.

        Raises:
            ChangedMeanwhile: somebody else changed it since.
        """
        rev = old.rev + 1 + skip if old else 1
        entry, text, path = draft.entry, draft.text, draft.path
        new = Stored(entry.id, entry.kind, rev, path, text, _digest(text), encode(entry), maker(), None)
        values = {
            "kind": new.kind, "rev": rev, "path": path, "title": entry.title, "visibility": str(entry.visibility),
            "sha256": new.sha256, "text": text, "model": new.model, "made_by": new.made_by, "deleted_at": None,
        }  # fmt: skip
        self._put(entry.id, old, values)
        self.keep(entry.id, rev, text, origin)
        self._project(entry, fresh=old is None)
        return new

    def keep(self, entry_id: str, rev: int, text: str, origin: Origin) -> None:
        """Keeps a text as a revision."""
        self._later(tables.revisions, {
            "entry": entry_id, "rev": rev, "sha256": _digest(text), "text": text, "at": origin.at, "by": origin.by,
            "via": origin.via, "checkout": self._checkout,
        })  # fmt: skip

    def tombstone(self, old: Stored, origin: Origin) -> None:
        """Marks an entry as deleted; its text and revisions stay."""
        self._put(old.id, old, {"rev": old.rev + 1, "deleted_at": origin.at})
        self.keep(old.id, old.rev + 1, old.text, origin)
        self._drop_rows(old.id)

    def project_again(self, old: Stored, entry: Entry) -> None:
        """Makes an entry's rows anew, from the same text read by this release."""
        values = {"title": entry.title, "visibility": str(entry.visibility), "model": encode(entry), "made_by": maker()}
        self._connection.execute(update(tables.entries).where(_ENTRY.id == old.id).values(**values))
        if old.deleted_at is None:
            self._project(entry, fresh=False)

    def mark_file(self, entry_id: str, path: str, rev: int, sha: str) -> None:
        """Notes which revision this checkout's file holds; revision 0 means that it waits to be written."""
        self.unmark_file(entry_id)
        self._later(tables.checkout_files, {
            "checkout": self._checkout, "entry": entry_id, "path": path, "file_rev": rev, "file_sha": sha,
        })  # fmt: skip

    def unmark_file(self, entry_id: str) -> None:
        """Notes that this checkout has no file of an entry."""
        self.flush(tables.checkout_files)
        mine = _FILE.checkout == self._checkout, _FILE.entry == entry_id
        self._connection.execute(delete(tables.checkout_files).where(*mine))

    def hold(self, held: Mapping[str, tuple[str, str | None]]) -> None:
        """Notes which files are held, instead of those noted before."""
        self._connection.execute(delete(tables.held_files).where(_HELD.checkout == self._checkout))
        for path, (sha, entry_id) in held.items():
            self._later(tables.held_files, {"checkout": self._checkout, "path": path, "sha256": sha, "entry": entry_id})

    def index_done(self, index: str, marks: Mapping[str, int]) -> None:
        """Notes which revisions an index now holds; marks of deleted entries are dropped."""
        name = self._index(index)
        found = self._connection.execute(select(_ENTRY.id, _ENTRY.deleted_at))
        deleted = {row.id: row.deleted_at is not None for row in found}
        if marks:
            for some in _chunks(list(marks)):
                mine = _MARK.index == name, _MARK.entry.in_(some)
                self._connection.execute(delete(tables.index_marks).where(*mine))
        for entry_id, rev in marks.items():
            if deleted.get(entry_id) is False:
                self._later(tables.index_marks, {"index": name, "entry": entry_id, "rev": rev})

    def flush(self, *tables: Table) -> None:
        """Sends the rows that wait, one statement a table."""
        for table in tables or tuple(self._waiting):
            if waiting := self._waiting.pop(table, None):
                self._connection.execute(insert(table), waiting)

    def _put(self, entry_id: str, old: Stored | None, values: Row) -> None:
        if old is None:
            self._connection.execute(insert(tables.entries).values(id=entry_id, **values))
            return
        unchanged = _ENTRY.id == entry_id, _ENTRY.rev == old.rev
        if self._connection.execute(update(tables.entries).where(*unchanged).values(**values)).rowcount != 1:
            raise ChangedMeanwhile(f"{entry_id} was changed by somebody else in this instant", "try again")

    def _project(self, entry: Entry, fresh: bool) -> None:
        if not fresh:
            self._drop_rows(entry.id)
        for table, found in rows(entry).items():
            for row in found:
                self._later(table, row)

    def _drop_rows(self, entry_id: str) -> None:
        self.flush(*PROJECTED)
        for table in PROJECTED:
            self._connection.execute(delete(table).where(table.c.entry == entry_id))

    def _later(self, table: Table, row: Row) -> None:
        self._waiting.setdefault(table, []).append(row)


def _by_id(found: Iterable[Stored]) -> list[Stored]:
    """Sorted here, because databases sort by rules of their own."""
    return sorted(found, key=lambda stored: stored.id)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _chunks(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), 500):
        yield items[start : start + 500]
