"""One checkout at work: its folder, its database, its lock, its clock."""

from __future__ import annotations

import platform
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from kb import files
from kb.config import Settings
from kb.errors import OutOfReach
from kb.journeys import offline
from kb.model import Entry, Problem
from kb.private import private
from kb.store import Origin, Store, database_url

Clock = Callable[[], datetime]
_YEAR = re.compile(r"(\d{4})-\d\d-\d\d-", re.ASCII)
_FOLDERS = {"incident": "incidents", "deployment": "deployments"}


@dataclass(slots=True)
class Workspace:
    """What every journey that reads or writes the record works with.

    Args:
        state: the folder of its index.
        away: why the server cannot be reached, while the work goes on with the files alone.
        problems: what the last sync, and the changes since, found to complain about.
    """

    root: Path
    state: Path
    store: Store
    lock: files.Lock
    clock: Clock
    away: str = ""
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def open(cls, root: Path, settings: Settings, clock: Clock, files_alone: bool = False) -> Workspace:
        """The checkout in `root`, with its database open.

        Args:
            files_alone: when the server is out of reach, work with a database of the files here; the next `sync` that
                reaches it merges them.

        Raises:
            OutOfReach: the server does not answer.
            StoreUnavailable: the database or the `.kb/` folder cannot be used.
            ConfigurationError: the database setting is wrong.
        """
        root = root.resolve()
        state = files.state_folder(root)
        url = database_url(settings.database, root, state)
        own = url.get_backend_name() == "sqlite" and Path(str(url.database)).resolve().is_relative_to(state.resolve())
        lock, away = files.Lock(root), ""
        try:
            if own:
                store = Store(url, "here", shared=False)
            else:
                store = offline.reach(url, state, _checkout_name(root, state, lock), impatient=files_alone)
        except OutOfReach as error:
            if not files_alone:
                raise
            away, (store, state) = error.message, offline.instead(root, state)
        if not store.known():
            with lock:
                store.join(platform.node(), root)
        return cls(root, state, store, lock, clock, away)

    def origin(self, via: str, by: str = "") -> Origin:
        """Who and when, for a revision made now."""
        return Origin(self.clock(), by, via)


def usual_path(entry: Entry, year: int) -> str:
    """Where an entry's file lies if nobody says otherwise.

    Args:
        year: of an incident or a deployment whose id does not begin with a date.
    """
    if entry.source or entry.company:
        return f"{files.ENTRIES}/library/{entry.id}.md"
    folder = _FOLDERS.get(entry.kind)
    if folder is None:
        return f"{files.ENTRIES}/systems/{entry.id}.md"
    dated = _YEAR.match(entry.id)
    return f"{files.ENTRIES}/{folder}/{dated[1] if dated else f'{year:04d}'}/{entry.id}.md"


@private()
def _checkout_name(root: Path, state: Path, lock: files.Lock) -> str:
    """A name of this folder that a copy of it elsewhere does not share."""
    note = state / "checkout"
    with lock:
        name, _, path = note.read_text("utf-8").partition("\n") if note.exists() else ("", "", "")
        if not name or path != str(root):
            name = secrets.token_hex(8)
            note.write_text(f"{name}\n{root}", "utf-8")
    return name
