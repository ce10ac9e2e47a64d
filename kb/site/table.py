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


def table(columns: Sequence[Column], rows: Iterable[Html], filter_label: str) -> Html:
    """A table with one row of headings.

    Args:
        rows: each made by `row`.
        filter_label: names the field that filters it.
    """
    head = el("tr", (el("th", one.name, scope="col", data_sort=one.sort) for one in columns))
    whole = el(
        "table", el("thead", head), el("tbody", rows), class_="kb-t", data_kb_table=True, data_filter=filter_label
    )
    return el("div", whole, class_="kb-table")


def row(*cells: Html) -> Html:
    """A row; one of its cells should be its `heading`."""
    return el("tr", cells)


def heading(*children: Child, value: str | int | float | None = None) -> Html:
    """The cell that says what its row is about."""
    return el("th", *children, scope="row", data_value=_sortable(value))


def cell(*children: Child, value: str | int | float | None = None) -> Html:
    """A cell.

    Args:
        value: what it sorts by, where the text shown does not sort right.
    """
    return el("td", *children, data_value=_sortable(value))


def _sortable(value: str | int | float | None) -> str | None:
    return None if value is None else str(value)
