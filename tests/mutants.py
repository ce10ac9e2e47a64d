"""Faults put into kb on purpose, one at a time, to see that a test notices: `pytest -p mutants` with `KB_MUTANT=name`.

Each takes out one thing that a promise rests on. `tests/test_mutants.py` runs the tests that must turn red.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable


def no_immediate_transaction() -> None:
    """SQLite writers read before they hold the lock, as drivers do if nobody says otherwise."""
    from kb.store import engine

    engine._begin_sqlite = lambda connection: connection.exec_driver_sql("BEGIN")


def _no_fsync_of(sort: Callable[[int], bool]) -> Callable[[], None]:
    def out() -> None:
        real = os.fsync
        os.fsync = lambda handle: None if sort(os.fstat(handle).st_mode) else real(handle)  # type: ignore[assignment]

    return out


def no_synchronous_full() -> None:
    """SQLite does not wait for the disk."""
    from kb.store import engine

    engine._PRAGMAS = tuple(pragma.replace("synchronous = FULL", "synchronous = OFF") for pragma in engine._PRAGMAS)


def no_unsettling() -> None:
    """The note that nothing is left to do stays while something is done."""
    from kb import files

    files.unsettle = lambda root: None  # type: ignore[assignment]


def no_nearest_base() -> None:
    """A saved file is held against the last revision, as if its editor had seen that."""
    from kb.journeys import intake

    intake.nearest = lambda revisions, text_of, *_: (revisions[-1].rev, text_of(revisions[-1].rev))


def no_row_lock() -> None:
    """Two that change an entry on a server both read it first."""
    from sqlalchemy import Select

    Select.with_for_update = lambda self, **_: self  # type: ignore[method-assign]


MUTANTS: dict[str, tuple[Callable[[], None], str]] = {
    "no immediate transaction": (no_immediate_transaction, "tests/test_store.py"),
    "no fsync of files": (_no_fsync_of(stat.S_ISREG), "tests/test_power_loss.py"),
    "no fsync of folders": (_no_fsync_of(stat.S_ISDIR), "tests/test_power_loss.py"),
    "no synchronous=FULL": (no_synchronous_full, "tests/test_power_loss.py"),
    "no unsettling": (no_unsettling, "tests/test_crash.py -k [log]"),
    "no nearest base": (no_nearest_base, "tests/test_editors.py"),
    "no row lock": (no_row_lock, "tests/test_sync_processes.py -k several_checkouts"),
}
"""What is taken out, and the tests (as pytest is told of them) of which one must turn red."""


def pytest_configure() -> None:
    """Puts the fault in before any test runs."""
    MUTANTS[os.environ["KB_MUTANT"]][0]()
