"""Tables that `kb-table.js` sorts and filters, and that are plain tables without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.site.parts.html import Child, Html, el


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is called, and by what it is sorted; not at all if nothing is said."""

    name: str
    sort: Literal["text", "number"] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows.

    Args:
        value: what it is sorted by, where that is not its text.
    """

    content: Child
    value: int | str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, of which the first names it; `kind` is its class in kb.css."""

    cells: Sequence[Cell]
    kind: str = ""


def table(columns: Sequence[Column], rows: Iterable[Row], *, label: str = "") -> Html:
    """A table; on a phone each row is a card.

    Args:
        label: of the field that filters it, such as *Filter incidents*; no field without.
    """
    heads = (el("th", one.name, scope="col", data_sort=one.sort) for one in columns)
    body = (el("tr", _cells(columns, row), class_=row.kind or None) for row in rows)
    made = el(
        "table",
        el("thead", el("tr", heads)),
        el("tbody", body),
        class_="kb-t kb-t--cards",
        data_kb_table=True,
        data_filter=label or None,
    )
    return el("div", made, class_="kb-table")


def _cells(columns: Sequence[Column], row: Row) -> Iterable[Html]:
    for at, (column, cell) in enumerate(zip(columns, row.cells, strict=True)):
        if at:
            yield el("td", cell.content, data_value=cell.value, data_label=column.name)
        else:
            yield el("th", cell.content, scope="row", data_value=cell.value)
