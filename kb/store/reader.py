"""Questions to the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from kb.model import OPEN_STATUSES, DeploymentStatus
from kb.model.snapshot import maker
from kb.store import derived, tables
from kb.store.stored import Flaw, Mark, Revision, Stored

_ENTRY = tables.entries.c
_REVISION = tables.revisions.c
_CHECKOUT = tables.checkouts.c
_FILE = tables.checkout_files.c
_HELD = tables.held_files.c
_MARK = tables.index_marks.c
_LIBRARY = "entries/library/%"
STORED = (
    _ENTRY.id, _ENTRY.kind, _ENTRY.rev, _ENTRY.path, _ENTRY.text, _ENTRY.sha256, _ENTRY.model,
    _ENTRY.made_by, _ENTRY.deleted_at,
)  # fmt: skip
"""The columns of a `Stored`."""


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
        return next(self._stored(select(*STORED).where(_ENTRY.id == entry_id)), None)

    def entries(self, kind: str | None = None) -> list[Stored]:
        """All entries that are not deleted, by id."""
        query = select(*STORED).where(_ENTRY.deleted_at.is_(None))
        return _by_id(self._stored(query.where(_ENTRY.kind == kind) if kind else query))

    def some(self, ids: Iterable[str]) -> list[Stored]:
        """These entries, as far as they are there and not deleted, by id."""
        wanted = sorted(ids)
        parts = (wanted[start : start + 500] for start in range(0, len(wanted), 500))
        query = select(*STORED).where(_ENTRY.deleted_at.is_(None))
        return _by_id(one for part in parts for one in self._stored(query.where(_ENTRY.id.in_(part))))

    def deployed(self, start: datetime, end: datetime) -> set[str]:
        """Ids of the deployments that began or ended between two moments, in UTC, both included."""
        ran = derived.deployments.c
        times = (ran.window_start, ran.started, ran.finished)
        query = select(ran.entry).where(or_(*(time.between(start, end) for time in times)))
        return set(self._connection.scalars(query))

    def blamed(self, relations: Iterable[str]) -> set[str]:
        """Ids of the incidents that name a deployment as one of these, and of those deployments."""
        link = derived.deployment_links.c
        query = select(link.entry, link.deployment).where(link.relation.in_(list(relations)))
        return {name for row in self._connection.execute(query) for name in (row.entry, row.deployment)}

    def touched(self, kind: str | None, open_only: bool) -> list[str]:
        """Ids of a team's own entries, the last changed first.

        Args:
            open_only: only incidents that are still going on.
        """
        last = select(func.max(_REVISION.at)).where(_REVISION.entry == _ENTRY.id).scalar_subquery()
        query = select(_ENTRY.id).where(_ENTRY.deleted_at.is_(None), _ENTRY.path.not_like(_LIBRARY))
        if kind:
            query = query.where(_ENTRY.kind == kind)
        if open_only:
            running = derived.incidents.c
            query = query.join(derived.incidents, running.entry == _ENTRY.id).where(
                running.status.in_([status.value for status in OPEN_STATUSES])
            )
        return list(self._connection.scalars(query.order_by(last.desc(), _ENTRY.id.desc()).limit(2)))

    def with_status(self, status: DeploymentStatus) -> list[str]:
        """Ids of the team's own deployments of a status; two at most."""
        own = _ENTRY.deleted_at.is_(None), _ENTRY.path.not_like(_LIBRARY)
        query = select(_ENTRY.id).join(derived.deployments, derived.deployments.c.entry == _ENTRY.id).where(*own)
        return list(self._connection.scalars(query.where(derived.deployments.c.status == status.value).limit(2)))

    def relations(self, deployment: str = "") -> list[tuple[str, str, str]]:
        """Deployment, incident and relation, for every deployment or one that the team's incidents name; sorted."""
        links = derived.deployment_links.c
        query = select(links.deployment, links.entry, links.relation).join(tables.entries, _ENTRY.id == links.entry)
        query = query.where(_ENTRY.deleted_at.is_(None), _ENTRY.path.not_like(_LIBRARY))
        found = self._connection.execute(query.where(links.deployment == deployment) if deployment else query)
        return sorted((row.deployment, row.entry, row.relation) for row in found)

    def every(self) -> list[Stored]:
        """All entries, deleted ones too, by id."""
        return _by_id(self._stored(select(*STORED)))

    def flaws(self, told: Callable[[int, int], None]) -> list[Flaw]:
        """What in the database does not agree with the rest; `told` how many of how many entries are done."""
        from kb.store.inspection import flaws

        return list(flaws(self._connection, self.every(), told))

    def outdated(self) -> list[Stored]:
        """Entries whose rows another release made."""
        return list(self._stored(select(*STORED).where(_ENTRY.made_by != maker())))

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

    def unwritten(self) -> set[str]:
        """Ids of the entries whose file in this checkout is behind: it lacks a revision, or should be gone."""
        mine = and_(_FILE.entry == _ENTRY.id, _FILE.checkout == self._checkout)
        lacks = and_(_ENTRY.deleted_at.is_(None), _ENTRY.rev > func.coalesce(_FILE.file_rev, 0))
        remains = and_(_ENTRY.deleted_at.is_not(None), _FILE.file_rev.is_not(None))
        query = select(_ENTRY.id).outerjoin(tables.checkout_files, mine).where(or_(lacks, remains))
        return set(self._connection.scalars(query))

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
        query = select(*STORED).outerjoin(tables.index_marks, mine).where(behind, _ENTRY.deleted_at.is_(None))
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
        found = self._connection.execute(query if entry_id is None else query.where(_ENTRY.id == entry_id))
        current = maker()
        for id_, rev, deleted, home, made_by, path, file_rev, sha in found.all():  # all at once: three times as fast
            yield Mark(id_, rev, deleted is not None, path or home, file_rev, sha or "", made_by != current)


def _by_id(found: Iterable[Stored]) -> list[Stored]:
    """Sorted here, because databases sort by rules of their own."""
    return sorted(found, key=lambda stored: stored.id)
