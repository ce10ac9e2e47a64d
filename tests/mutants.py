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


def no_policy() -> None:
    """Pages come without a Content-Security-Policy."""
    from kb.site import plugin

    headed = plugin.headed
    plugin.headed = lambda page, policy, up, **more: headed(page, "", up, **more)


def markup_of_entries() -> None:
    """What Markdown makes of an entry is not cleaned, and knows HTML."""
    from kb.markdown import html

    html._engine().options["html"] = True
    html._cleaned = lambda markup, resolve: markup


def no_limits() -> None:
    """Files of any length are read."""
    from kb.journeys import intake

    intake.beyond = lambda text, path: None


def raw_terminal() -> None:
    """Text of entries is printed as it is."""
    from kb.cli import output

    output.safe = str


def quotations_as_they_come() -> None:
    """markdown-it reads quotations and lists in each other as it does by itself."""
    from kb.markdown import document, html

    document.bounded = html.bounded = lambda engine: engine


MUTANTS: dict[str, tuple[Callable[[], None], str]] = {
    "no immediate transaction": (no_immediate_transaction, "tests/test_store.py"),
    "no policy": (no_policy, "tests/test_hostile_site.py::test_the_policy_alone_lets_nothing_run_and_nobody_be_called"),
    "markup of entries": (markup_of_entries, "tests/test_fuzz.py::test_it_holds_of_every_seed[showing]"),
    "no limits": (no_limits, "tests/test_hostile.py -k hundred"),
    "quotations as they come": (quotations_as_they_come, "tests/test_hostile.py -k lists_deeper"),
    "raw terminal": (raw_terminal, "tests/test_hostile_terminal.py"),
}
"""What is taken out, and the tests (as pytest is told of them) of which one must turn red."""


def pytest_configure() -> None:
    """Puts the fault in before any test runs."""
    MUTANTS[os.environ["KB_MUTANT"]][0]()
