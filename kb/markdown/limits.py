"""How much an entry holds, so that no file, and no text that comes in through a command, makes anybody wait.

What is longer belongs in a file of its own with a link to it. The limits hold for what comes in: an entry that another
release let grow beyond them is read, and goes on being written to.
"""

from __future__ import annotations

from kb.errors import TooLong
from kb.model import Problem

ENTRY_CHARACTERS = 1 << 20
"""Of a whole file."""
ENTRY_LINES = 10_000
LINE_CHARACTERS = 1 << 16
"""Of one line of a file; more than a line of a captured text, which gets a time, a name and an id."""
TEXT_CHARACTERS = 1 << 16
"""Of a text that comes in through a command."""
TEXT_LINES = 2_000
TEXT_LINE_CHARACTERS = 20_000
NAME_CHARACTERS = 2_000
"""Of a title, a name, a value."""

_ELSEWHERE = "keep it in a file of its own and link to it"


def beyond(text: str, path: str = "") -> Problem | None:
    """What is too much in a file, and where; None if nothing is.

    Args:
        path: the file, named in the problem.
    """
    if len(text) > ENTRY_CHARACTERS:
        return Problem(path, 1, _more("the file", len(text), "characters", ENTRY_CHARACTERS), _ELSEWHERE)
    lines = text.split("\n")
    if len(lines) > ENTRY_LINES:
        return Problem(path, ENTRY_LINES, _more("the file", len(lines), "lines", ENTRY_LINES), _ELSEWHERE)
    wide = next((number for number, line in enumerate(lines) if len(line) > LINE_CHARACTERS), None)
    if wide is None:
        return None
    return Problem(path, wide + 1, _more("the line", len(lines[wide]), "characters", LINE_CHARACTERS), _ELSEWHERE)


def require_text(text: str) -> None:
    """Sees that a text is not too long to be taken in through a command.

    Raises:
        TooLong: it is; the exception has the text.
    """
    lines = text.split("\n")
    widest = max(map(len, lines))
    for what, has, of, most in (
        ("the text", len(text), "characters", TEXT_CHARACTERS),
        ("the text", len(lines), "lines", TEXT_LINES),
        ("a line of the text", widest, "characters", TEXT_LINE_CHARACTERS),
    ):
        if has > most:
            raise TooLong(_more(what, has, of, most), _ELSEWHERE, text)


def require_name(text: str) -> None:
    """Sees that a title, a name or a value is not too long.

    Raises:
        TooLong: it is; the exception has the text.
    """
    if len(text) > NAME_CHARACTERS:
        shown = f"'{' '.join(text[:40].split())} …'"
        raise TooLong(_more(shown, len(text), "characters", NAME_CHARACTERS), "say it shorter", text)


def require_entry(text: str, before: str) -> None:
    """Sees that a change does not make an entry too long.

    Raises:
        TooLong: it does; the exception has the text it would have had.
    """
    if (problem := beyond(text)) and not beyond(before):
        raise TooLong(f"so changed, {problem.message}", f"{problem.hint}, or go on in a new entry", text)


def _more(what: str, has: int, of: str, most: int) -> str:
    return f"{what} has {has:,} {of}; at most {most:,} are taken in"
