"""Tables that `kb-site.js` lets one sort and filter; without scripts they are plain tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.site.html import Child, Html, el


@dataclass(frozen=True, slots=True)
class Column:
    """A column, and how it sorts: as `text` or as `number`."""

    name: str
    sort: str = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a row below one column.

    Args:
        value: what it sorts by, where the text shown does not sort right.
        heading: it says what its row is about.
    """

    shown: Child
    value: str | int | float | None = None
    heading: bool = False


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], filter_label: str) -> Html:
    """A table with one row of headings; on a narrow screen each row becomes a block with the headings beside it.

    Args:
        rows: as many cells as there are columns, one of which is the row's heading.
        filter_label: names the field that filters it.
    """
    head = el("tr", (el("th", one.name, scope="col", data_sort=one.sort) for one in columns))
    body = (el("tr", map(_cell, columns, cells)) for cells in rows)
    whole = el(
        "table", el("thead", head), el("tbody", body), class_="kb-t", data_kb_table=True, data_filter=filter_label
    )
    return el("div", whole, class_="kb-table")


def _cell(column: Column, cell: Cell) -> Html:
    value = None if cell.value is None else str(cell.value)
    if cell.heading:
        return el("th", cell.shown, scope="row", data_value=value)
    return el("td", cell.shown, data_value=value, data_label=column.name)
