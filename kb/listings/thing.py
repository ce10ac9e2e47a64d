"""What a listing says: the things that run, and the lines nobody understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["program", "service", "container", "pod", "site", "name"]
"""What sort of thing a row tells of; a list of names does not say."""

_ENDINGS = (".exe", ".service")
_MOST_OF_A_NAME = 120


@dataclass(frozen=True, slots=True)
class Thing:
    """One row of a listing.

    Args:
        name: as it is written there.
        line: counted from 1.
        form: the format it was read in.
        also: other names it goes by: the display name of a service, the image of a container.
        percent: its share of a processor, in percent, as far as the listing tells it.
        seconds: the processor time it has used.
        memory: KiB.
        path: where its file lies, if that is told.
        state: in the listing's own word.
        runs: it does so now.
        failed: it should run, and the listing says that it could not.
    """

    name: str
    kind: Kind
    line: int = 0
    form: str = ""
    also: tuple[str, ...] = ()
    pid: str = ""
    percent: float = 0.0
    seconds: float = 0.0
    memory: int = 0
    image: str = ""
    namespace: str = ""
    path: str = ""
    state: str = ""
    runs: bool = True
    failed: bool = False

    @property
    def key(self) -> str:
        """Its name as names are compared."""
        return key(self.name)


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that was not understood, counted from 1."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What runs, as people could get it.

    Args:
        forms: the formats found in it, in their order.
    """

    things: tuple[Thing, ...] = ()
    unread: tuple[Unread, ...] = ()
    forms: tuple[str, ...] = ()


Row = tuple[Thing, ...] | None
"""What one line tells: things, nothing (it was understood), or None (it was not)."""

Reader = Callable[[str], Row]
"""Reads the rows of one table."""


@dataclass(frozen=True, slots=True)
class Form:
    """A format in which people get a listing.

    Args:
        name: as it is asked for with `--format`.
        commands: what gives such a listing.
        system: whose own programs may stand in it: windows, linux, or nobody's.
        begins: the reader of the table whose head this line is; given the line and the ruler below it, if any.
        row: a row that stands without its head.
    """

    name: str
    commands: str
    system: str
    begins: Callable[[str, str], Reader | None]
    row: Reader


def key(name: str) -> str:
    """A name as names are compared: in small letters, without `.exe` or `.service`."""
    plain = " ".join(name.casefold().split())
    ending = next((one for one in _ENDINGS if plain.endswith(one) and plain != one), "")
    return plain.removesuffix(ending)


def cut_short(name: str) -> str:
    """What is left of a name that a narrow column has cut, or nothing if it is whole."""
    for dots in ("...", "…"):
        if name.endswith(dots) and name != dots:
            return key(name.removesuffix(dots))
    return ""


def named(name: str) -> str:
    """A name as it can be shown, and written between backticks."""
    return " ".join(name.replace("`", "'").split())[:_MOST_OF_A_NAME]


def number(text: str) -> float:
    """A figure, as `6,721.03` or `0,3`: the last point or comma is the decimal one; 0 if it is none."""
    units, _, decimals = text.strip().replace(",", ".").rpartition(".")
    try:
        value = float(f"{units.replace('.', '')}.{decimals}" if units else decimals)
    except ValueError:
        return 0.0
    return value if 0 <= value < 1e15 else 0.0


def whole(text: str) -> int:
    """A whole figure, whatever stands between its thousands; 0 if there is none."""
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    return int(digits) if 0 < len(digits) <= 15 else 0
