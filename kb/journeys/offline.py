"""The database server does not answer, perhaps because it is part of the outage: work goes on with the files here.

In `.kb/offline/` lie a database and an index of this checkout's files, made when they are first needed. Whatever is
captured goes through them into the files, and the next `sync` that reaches the server merges it as it merges what was
edited by hand.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kb.config import OFFLINE_FOLDER
from kb.errors import OutOfReach
from kb.private import private
from kb.store import Store, database_url

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_NOTE = "away"
_SLOW_SECONDS = 1.0
_BELIEVED_SECONDS = 30.0


@private()
def reach(url: URL, state: Path, checkout: str, impatient: bool) -> Store:
    """The database of a server.

    Args:
        impatient: do not wait for one that did not answer within the last half minute.

    Raises:
        OutOfReach: it does not answer.
        StoreUnavailable: it cannot be used.
    """
    note = state / OFFLINE_FOLDER / _NOTE
    if impatient and (reason := _recent(note)):
        raise OutOfReach(reason)
    began = time.monotonic()
    try:
        store = Store(url, checkout, shared=True)
    except OutOfReach as error:
        if time.monotonic() - began > _SLOW_SECONDS:
            note.parent.mkdir(mode=0o700, exist_ok=True)
            note.write_text(error.message, "utf-8")
        raise
    with contextlib.suppress(OSError):
        note.unlink()
    return store


def _recent(note: Path) -> str:
    with contextlib.suppress(OSError, ValueError):
        if abs(time.time() - note.stat().st_mtime) < _BELIEVED_SECONDS:
            return note.read_text("utf-8")
    return ""


def instead(root: Path, state: Path) -> tuple[Store, Path]:
    """A database of the files here, for the time being, and the folder it lies in."""
    folder = state / OFFLINE_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return Store(database_url("", root, folder), "here", shared=True), folder
