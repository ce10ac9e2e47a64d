"""Faults in an entry as values with a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A fault in an entry: where, what, and how to mend it.

    An *error* means the entry cannot be understood as it stands: its last good version is used instead. A *warning*
    means it is understood, but something is missing or doubtful.

    Args:
        path: the file, relative to the knowledge base; may be empty for a text that has none.
        line: its line, counted from 1.
        message: what is wrong.
        hint: how to mend it.
    """

    path: str
    line: int
    message: str
    hint: str = ""
    level: Level = "error"

    def __str__(self) -> str:
        """`file:line: what: how to mend it`."""
        place = f"{self.path or '<text>'}:{self.line}: {self.message}"
        return " ".join((f"{place}: {self.hint}" if self.hint else place).split())
