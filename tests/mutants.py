"""Faults put into kb on purpose, one at a time, to see that a test notices: `pytest -p mutants` with `KB_MUTANT=name`.

Each takes out one thing that a promise rests on. `tests/test_mutants.py` runs the tests that must turn red.
"""

from __future__ import annotations

import os
from collections.abc import Callable


def no_immediate_transaction() -> None:
    """SQLite writers read before they hold the lock, as drivers do if nobody says otherwise."""
    from kb.store import engine

    engine._begin_sqlite = lambda connection: connection.exec_driver_sql("BEGIN")


MUTANTS: dict[str, tuple[Callable[[], None], str]] = {
    "no immediate transaction": (no_immediate_transaction, "tests/test_store.py"),
}
"""What is taken out, and the tests (as pytest is told of them) of which one must turn red."""


def pytest_configure() -> None:
    """Puts the fault in before any test runs."""
    MUTANTS[os.environ["KB_MUTANT"]][0]()
