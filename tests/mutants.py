"""Faults put into kb on purpose, one at a time, to see that a test notices: `pytest -p mutants` with `KB_MUTANT=name`.

Each takes out one thing that a promise rests on. `tests/test_mutants.py` runs the tests that must turn red.
"""

from __future__ import annotations

import importlib
import os
import stat
from collections.abc import Callable
from typing import Any


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


def no_row_lock() -> None:
    """Two that change an entry on a server both read it first."""
    from sqlalchemy import Select

    Select.with_for_update = lambda self, **_: self  # type: ignore[method-assign]


def save_stays_out() -> None:
    """A save that comes in the instant in which kb writes is taken in, but not put back into the file meanwhile."""
    from kb.files import exchange

    exchange._give_back = lambda *_: None


def newest_base() -> None:
    """What an editor saves is compared with the newest revision, and not with the one it grew from."""
    from kb.journeys import intake

    def newest(revisions, text_of, *_):  # type: ignore[no-untyped-def]
        return revisions[-1].rev, text_of(revisions[-1].rev)

    intake.nearest = newest


def unread_edit() -> None:
    """An edited text is not read again to see that it says what was meant."""
    revise = importlib.import_module("kb.markdown.revise")  # the package has a function of that name

    class Believed:
        def __init__(self, wanted: object) -> None:
            self.entry = wanted

    made = revise._Edit.result

    def result(self: Any) -> str:
        revise.parse = lambda _text: Believed(self.new)
        return made(self)

    revise._Edit.result = result


def no_exchange() -> None:
    """The file is looked at, and then replaced: what is saved between the two is lost."""
    from pathlib import Path

    from kb import files
    from kb.files import exchange

    def overwrite(root: Path, path: str, data: bytes, expected: str) -> bytes | None:
        target = files.place(root, path)
        there = target.read_bytes()
        if files.digest(there) != expected:
            return there
        exchange._temporary(target, data, 0o644).replace(target)
        return None

    files.replace = overwrite


def a_branch_deletes() -> None:
    """What a file that git brought from another branch lacks is taken for deleted."""
    from kb.journeys.intake import Intake

    Intake._from_elsewhere = lambda *_: False


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


def no_look_for_a_lost_answer() -> None:
    """A commit whose answer is lost is taken for one that was not made."""
    from kb.store import store

    store.was_kept = lambda *_: False  # type: ignore[assignment]


def foreign_keys_while_tables_change() -> None:
    """SQLite takes the rows of other tables along when a table is made anew."""
    from kb.store import schema

    schema._without_foreign_keys = lambda _: None


MUTANTS: dict[str, tuple[Callable[[], None], str]] = {
    "no immediate transaction": (no_immediate_transaction, "tests/test_store.py"),
    "no fsync of files": (_no_fsync_of(stat.S_ISREG), "tests/test_power_loss.py"),
    "no fsync of folders": (_no_fsync_of(stat.S_ISDIR), "tests/test_power_loss.py"),
    "no synchronous=FULL": (no_synchronous_full, "tests/test_power_loss.py"),
    "no unsettling": (no_unsettling, "tests/test_crash.py -k [log]"),
    "no row lock": (no_row_lock, "tests/test_sync_processes.py -k several_checkouts"),
    "a save stays out of the file": (save_stays_out, "tests/test_editors.py -k whoever_opens"),
    "no exchange": (no_exchange, "tests/test_files.py -k save"),
    "another branch deletes": (a_branch_deletes, "tests/test_git_merge.py -k another_branch"),
    "no nearest base": (newest_base, "tests/test_editors.py -k ten_events"),
    "an edit is not read again": (unread_edit, "tests/test_editors.py -k neighbour"),
    "no policy": (no_policy, "tests/test_hostile_site.py::test_the_policy_alone_lets_nothing_run_and_nobody_be_called"),
    "markup of entries": (markup_of_entries, "tests/test_fuzz.py::test_it_holds_of_every_seed[showing]"),
    "no limits": (no_limits, "tests/test_hostile.py -k where_it_is_too_much"),
    "quotations as they come": (quotations_as_they_come, "tests/test_hostile.py -k lists_deeper"),
    "raw terminal": (raw_terminal, "tests/test_hostile_terminal.py"),
    "no look for a lost answer": (no_look_for_a_lost_answer, "tests/test_shared_commands.py -k answer_is_lost"),
    "foreign keys while tables change": (foreign_keys_while_tables_change, "tests/test_migrations.py -k made_anew"),
}
"""What is taken out, and the tests (as pytest is told of them) of which one must turn red."""


def pytest_configure() -> None:
    """Puts the fault in before any test runs."""
    MUTANTS[os.environ["KB_MUTANT"]][0]()
