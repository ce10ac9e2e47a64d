"""An open database, as one checkout sees it.

A `Writer` is one transaction; when its block ends without an error the change is acknowledged and kept.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy.engine import URL

from kb.errors import StoreUnavailable
from kb.store.engine import guarded, open_engine
from kb.store.reader import Reader
from kb.store.writer import Writer


class Store:
    """An open database, as one checkout sees it.

    Args:
        checkout: the checkout's name in the database.
    """

    def __init__(self, url: URL, checkout: str) -> None:
        """Opens the database. Raises StoreUnavailable or ConfigurationError when that cannot be done."""
        self._url = url
        self._engine = open_engine(url)
        self._writing = self._engine.execution_options(kb_writing=True)
        self.checkout = checkout

    @property
    def shared(self) -> bool:
        """Whether other machines may write to it: then only the database knows whether all is settled."""
        return self._url.get_backend_name() != "sqlite"

    def known(self) -> bool:
        """Whether the database knows this checkout."""
        with self.reading() as reader:
            return reader.has_checkout()

    def join(self, machine: str, root: Path) -> None:
        """Makes this checkout known, if it is not.

        Args:
            machine: the machine it is on, for people to recognise it.
            root: its folder.
        """
        with self.writing() as writer:
            if not writer.has_checkout():
                writer.add_checkout(machine, str(root))

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
