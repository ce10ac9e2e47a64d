"""Changes of the database: the record, what is derived from it, and the marks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, delete, insert, select, update

from kb.errors import ChangedMeanwhile
from kb.model import Entry
from kb.model.snapshot import encode, maker
from kb.store import tables
from kb.store.projection import PROJECTED, Row, rows
from kb.store.reader import STORED, Reader
from kb.store.stored import Draft, Flaw, Kept, Origin, Stored

_ENTRY = tables.entries.c
_FILE = tables.checkout_files.c
_REVISION = tables.revisions.c
_HELD = tables.held_files.c
_MARK = tables.index_marks.c


class Writer(Reader):
    """Changes to the database within one transaction; `kept` is the last revision among them."""

    def __init__(self, connection: Connection, checkout: str) -> None:
        """Made by `Store`."""
        super().__init__(connection, checkout)
        self._waiting: dict[Table, list[Row]] = {}
        self.kept: Kept | None = None

    def add_checkout(self, machine: str, path: str) -> None:
        """Makes this checkout known."""
        self._connection.execute(insert(tables.checkouts).values(id=self._checkout, machine=machine, path=path))

    def lock(self, entry_id: str) -> Stored | None:
        """An entry that nobody else changes before this transaction ends."""
        return next(self._stored(select(*STORED).where(_ENTRY.id == entry_id).with_for_update()), None)

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
        self.kept = Kept(entry_id, rev, _digest(text), origin.at, self._checkout)
        self._later(tables.revisions, {
            "entry": entry_id, "rev": rev, "sha256": _digest(text), "text": text, "at": origin.at, "by": origin.by,
            "via": origin.via, "checkout": self._checkout,
        })  # fmt: skip

    def rewrite(self, entry_id: str, change: Callable[[str], str]) -> int:
        """Changes the texts of all kept revisions of an entry, and who made them, for good; how many were changed."""
        done = 0
        for rev, text in list(self.texts(entry_id)):
            if (made := change(text)) != text:
                where = _REVISION.entry == entry_id, _REVISION.rev == rev
                values = {"text": made, "sha256": _digest(made)}
                self._connection.execute(update(tables.revisions).where(*where).values(**values))
                done += 1
        makers = select(_REVISION.rev, _REVISION.by).where(_REVISION.entry == entry_id)
        for rev, by in self._connection.execute(makers).all():
            if (made := change(by)) != by:
                where = _REVISION.entry == entry_id, _REVISION.rev == rev
                self._connection.execute(update(tables.revisions).where(*where).values(by=made))
                done += 1
        return done

    def erase(self, entry_id: str) -> None:
        """Removes a deleted entry with its history, for good: nothing tells another checkout that it is gone."""
        gone = _ENTRY.id == entry_id, _ENTRY.deleted_at.is_not(None)
        self._connection.execute(delete(tables.entries).where(*gone))

    def mend(self, flaw: Flaw) -> str:
        """Mends what can be made again from the rest of the database; what was done, in words."""
        old = self.lock(flaw.entry) if flaw.entry else None
        if flaw.part == "revision" and old and flaw.rev != old.rev:
            where = _REVISION.entry == old.id, _REVISION.rev == flaw.rev
            self._connection.execute(delete(tables.revisions).where(*where))
            return "that revision is taken out of the history, for nothing can be read in it"
        if flaw.part in ("text", "newest", "revision") and old:
            return self._agree(old)
        if flaw.part == "rows":
            for table in (*PROJECTED, tables.revisions, tables.checkout_files, tables.index_marks):
                self._connection.execute(delete(table).where(table.c.entry.not_in(select(_ENTRY.id))))
            self._connection.execute(update(tables.entries).where(_ENTRY.deleted_at.is_(None)).values(made_by=""))
            return "the rows are made anew from the texts"
        return ""

    def _agree(self, old: Stored) -> str:
        """Makes an entry's text and its newest revision the same; the one that is what its digest says is believed."""
        where = _REVISION.entry == old.id, _REVISION.rev == old.rev
        kept = self._connection.execute(select(_REVISION.sha256).where(*where)).scalar()
        values = {"text": old.text, "sha256": _digest(old.text), "made_by": ""}
        if old.sha256 != values["sha256"] and kept == old.sha256 and (text := self.text(old.id, old.rev)) is not None:
            values |= {"text": text, "sha256": kept}
            done = "the text is that of its newest revision again"
        else:
            self._connection.execute(delete(tables.revisions).where(*where))
            self.keep(old.id, old.rev, old.text, Origin(datetime.now(UTC), "", "kb check --repair"))
            done = "the newest revision is the entry's text again"
        self._connection.execute(update(tables.entries).where(_ENTRY.id == old.id).values(**values))
        return done

    def overwrite(self, old: Stored, text: str, entry: Entry) -> None:
        """Changes the newest text of an entry without a new revision."""
        values = {"text": text, "sha256": _digest(text), "model": encode(entry), "title": entry.title}
        self._put(old.id, old, values)

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
        """Notes which revisions an index now holds; marks of deleted entries and of earlier indexes are dropped."""
        name = self._index(index)
        older = _MARK.index.startswith(self._index(""), autoescape=True), _MARK.index != name
        self._connection.execute(delete(tables.index_marks).where(*older))
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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _chunks(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), 500):
        yield items[start : start + 500]
