"""An open database, as one checkout sees it.

A `Writer` is one transaction; when its block ends without an error the change is acknowledged and kept.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from kb.errors import AlreadyExists, StoreUnavailable
from kb.store.engine import guarded, open_engine
from kb.store.reader import Reader
from kb.store.server import was_kept
from kb.store.stored import Kept
from kb.store.writer import Writer


class Store:
    """An open database, as one checkout sees it.

    Args:
        checkout: the checkout's name in the database.
        shared: whether other checkouts may write to it: then only the database knows whether all is settled.
    """

    def __init__(self, url: URL, checkout: str, shared: bool) -> None:
        """Opens the database. Raises StoreUnavailable or ConfigurationError when that cannot be done."""
        self._url = url
        self._engine = open_engine(url)
        self._writing = self._engine.execution_options(kb_writing=True)
        self.checkout = checkout
        self.shared = shared

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
        with guarded(self._url):
            sent: Kept | None = None
            try:
                with self._writing.begin() as connection:
                    writer = Writer(connection, self.checkout)
                    yield writer
                    writer.flush()
                    sent = writer.kept
            except DBAPIError as error:
                if not (sent and error.connection_invalidated and was_kept(self._writing, sent, self._url)):
                    raise

    def forget_deleted(self) -> None:
        """From now on SQLite overwrites with zeros what is deleted."""
        if self._url.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", lambda connection, _: connection.execute("PRAGMA secure_delete = ON"))

    def scrub(self) -> None:
        """Writes the database anew, without the places where something stood that is gone.

        Raises:
            StoreUnavailable: there is no room for it, or the database cannot be used.
        """
        with guarded(self._url):
            if self._url.get_backend_name() == "sqlite":
                with _sqlite(str(self._url.database)) as alone:
                    alone.execute("PRAGMA secure_delete = ON")
                    alone.execute("VACUUM")
            else:
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("VACUUM FULL")

    def backup(self, target: Path) -> None:
        """A copy of an SQLite database, whole even while others write, checked, and private (0600) as it is.

        Raises:
            AlreadyExists: there is a file of that name; it was not touched.
            StoreUnavailable: the database is not SQLite, the copy cannot be written, or it is not sound.
        """
        if self._url.get_backend_name() != "sqlite":
            raise StoreUnavailable("a PostgreSQL database is backed up with its own tools", "use pg_dump")
        with _new_file(target):
            self._copy(target)

    def _copy(self, target: Path) -> None:
        with guarded(self._url), _sqlite(str(self._url.database)) as source, _sqlite(str(target)) as copy:
            source.backup(copy)
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise StoreUnavailable(f"the copy is not sound: {found}", "run 'kb sync' after moving the database away")


@contextlib.contextmanager
def _new_file(target: Path) -> Iterator[None]:
    """A file that is ours alone from its first byte, and gone again if what fills it fails."""
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise AlreadyExists(f"{target} exists already", "nothing was overwritten") from None
    except OSError as error:
        raise StoreUnavailable(f"{target} cannot be written: {error.strerror}", "choose another place") from None
    try:
        yield
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _sqlite(path: str) -> AbstractContextManager[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(path))
