"""What can go wrong while a command works, and the exit code each failure has.

::

    KbError                      1   a fault in kb itself, when raised bare
    ├── UsageError               2   the command was called wrongly
    ├── ProblemsFound            3   a check did its work and found problems
    │   └── InTheWay             3   a freeze or an open incident stands in the way of a deployment
    ├── NotFound                10   no entry, file or item of that name
    │   └── Ambiguous           10   more than one fits
    ├── AlreadyExists           11   it is there already; nothing was overwritten
    ├── ChangedMeanwhile        12   somebody else changed it first
    ├── InvalidEntry            13   an entry that cannot be understood
    │   └── TooLong             13   a text longer than an entry holds
    ├── ConfigurationError      14   mkdocs.yml or a KB_* variable is wrong
    └── StoreUnavailable        15   the database or the index cannot be used
        ├── ReadOnly            15   nothing can be written there; what is recorded can be read
        └── OutOfReach          15   the database server does not answer; the files are here

Faults *inside* an entry are not exceptions but values with a place: `kb.model.Problem`.
"""


class KbError(Exception):
    """A failed operation: what happened, and how to mend it.

    Args:
        message: one sentence saying what went wrong.
        hint: what the user can do about it.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(KbError):
    """The command was called wrongly."""

    exit_code = 2


class ProblemsFound(KbError):
    """A check did its work and found problems."""

    exit_code = 3


class InTheWay(ProblemsFound):
    """A freeze or an open incident stands in the way of a deployment, and nobody overrode it; nothing was written."""


class NotFound(KbError):
    """No entry, file or item of that name."""

    exit_code = 10


class Ambiguous(NotFound):
    """More than one entry fits the fragment given."""


class AlreadyExists(KbError):
    """It is there already; nothing was overwritten."""

    exit_code = 11


class ChangedMeanwhile(KbError):
    """Somebody else changed it first, or a safety question needs a yes."""

    exit_code = 12


class InvalidEntry(KbError):
    """An entry that cannot be understood, or a value that an entry cannot hold."""

    exit_code = 13


class TooLong(InvalidEntry):
    """A text longer than an entry holds.

    Args:
        text: what was too long, so that it can be kept.
    """

    def __init__(self, message: str, hint: str, text: str) -> None:
        super().__init__(message, hint)
        self.text = text


class ConfigurationError(KbError):
    """mkdocs.yml or a KB_* variable is wrong."""

    exit_code = 14


class StoreUnavailable(KbError):
    """The database or the index cannot be used."""

    exit_code = 15


class ReadOnly(StoreUnavailable):
    """Nothing can be written where the knowledge base lies; what is recorded can be read."""


class OutOfReach(StoreUnavailable):
    """The database server does not answer: the files are here, and what is written into them is merged later."""
