"""A table of incidents or deployments: CSV, or a list of JSON objects, with a map that says which column is what.

Without a map columns are known by their names. The map is YAML: `kind: incident`, then a field and its column a line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kb.errors import InvalidEntry, UsageError
from kb.markdown import clean, frontmatter
from kb.markdown.adopt import NAMES
from kb.markdown.fields import choose
from kb.model import (
    ActionItem,
    Deployment,
    DeploymentStatus,
    Incident,
    IncidentStatus,
    Item,
    Lesson,
    ServiceVersion,
    Severity,
    Visibility,
)
from kb.sources.found import Found, Sheet, item_ids, named
from kb.sources.pagers import severity_of

_TEXTS = ("summary", "impact", "trigger", "root_cause", "resolution", "lead", "rollback_plan", "discussion", "decision")
_TIMES = ("started", "detected", "acknowledged", "mitigated", "resolved", "finished", "window_start", "window_end")
_WORDS = ("environment", "detected_by", "company", "source", "tool")
_LISTS = ("tags", "systems")
_ITEMS = ("symptoms", "contributing_factors", "links", "lessons", "actions")
_MORE = {
    "id": ("id", "key", "number", "ticket", "incident", "issue_key"), "title": ("title", "name", "summary", "subject"),
    "summary": ("summary", "description", "tldr"), "root_cause": ("root_cause", "cause"),
    "resolution": ("resolution", "fix"), "finished": ("finished", "finished_at", "completed"),
    "started": (*NAMES["started"], "opened", "opened_at", "created", "created_at", "starttime", "deployed_at"),
    "resolved": (*NAMES["resolved"], "closed", "closed_at", "endtime"), "detected": (*NAMES["detected"], "detecttime"),
    "services": (*NAMES["services"], "affected", "component", "components", "subsystem"),
    "acknowledged": ("acknowledged", "acknowledged_at", "statustime"), "detected_by": ("detected_by", "detection"),
}  # fmt: skip
_FIELDS = frozenset(
    {*_TEXTS, *_TIMES, *_WORDS, *_LISTS, *_ITEMS, "id", "title", "status", "severity", "services", "visibility"}
)
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
"""How a cell begins that was kept from being taken for a formula."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what.

    Args:
        kind: incident or deployment.
        of: the columns of each field, the first that has something counts.
    """

    kind: str
    of: Mapping[str, tuple[str, ...]]
    given: bool = True


def read_map(text: str, name: str) -> Columns:
    """The map a person wrote.

    Args:
        name: of its file, for messages.

    Raises:
        UsageError: it is no map, or names a field there is not.
    """
    try:
        keys = {key.name: key.value for key in frontmatter.read(text, 0)}
    except frontmatter.FrontMatterError as error:
        raise UsageError(f"{name}:{error.line}: {error.message}", error.hint) from None
    kind = keys.pop("kind", "incident")
    if kind not in ("incident", "deployment"):
        raise UsageError(f"{name}: kind is '{named(kind)}'", "write incident, or deployment")
    if unknown := sorted(set(keys) - _FIELDS):
        raise UsageError(f"{name}: there is no field '{unknown[0]}'", f"fields are {', '.join(sorted(_FIELDS))}")
    of = {field: tuple(value) if isinstance(value, list) else (str(value),) for field, value in keys.items()}
    return Columns(kind, of)


def guessed_columns(header: list[str]) -> Columns:
    """A map from what the columns are called."""
    plain = {name.strip().lower().replace(" ", "_").replace("-", "_"): name for name in header}
    wanted = {**{field: NAMES.get(field, (field,)) for field in _FIELDS}, **_MORE}
    taken: set[str] = set()
    of = {}
    for field in ("id", "title", *sorted(_FIELDS - {"id", "title"})):
        found = tuple(plain[name] for name in wanted[field] if name in plain and plain[name] not in taken)[:1]
        if found:
            of[field] = found
            taken.update(found)
    deployed = "version" in plain or "deployed_at" in plain
    return Columns("deployment" if deployed else "incident", of, given=False)


def rows_of_csv(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file, whatever separates its columns.

    Raises:
        InvalidEntry: it has no header, a column twice, or a row with too many cells; the message tells the line.
    """
    sample = text[:65_536]
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(sample.split("\n", 1)[0], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    dialect.doublequote = True
    csv.field_size_limit(1 << 20)
    reader = csv.reader(io.StringIO(text, newline=""), dialect, strict=True)
    made = []
    try:
        header = next(reader, [])
        if not any(cell.strip() for cell in header):
            raise InvalidEntry("line 1: no names of columns", "write a header")
        if twice := [name for name in header if header.count(name) > 1]:
            raise InvalidEntry(f"line 1: two columns are called '{twice[0]}'", "rename one")
        for row in reader:
            if len(row) > len(header) and any(row[len(header) :]):
                raise InvalidEntry(
                    f"line {reader.line_num}: more cells than columns", "quote the cell with a separator"
                )
            if any(row):
                made.append(dict(zip(header, map(_unguarded, row), strict=False)))
    except csv.Error as error:
        raise InvalidEntry(f"line {reader.line_num}: {error}", "is a quotation mark missing?") from None
    return made


def _unguarded(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell


def table(rows: list[dict[str, Any]], columns: Columns, name: str, timezone: str) -> Iterator[Found]:
    """Each row as an entry; the columns nobody took are kept in its front matter.

    Args:
        name: of the file, for the keys of rows without an id.

    Raises:
        InvalidEntry: a column that the map names is not there.
    """
    header = {key for row in rows for key in row}
    for field, wanted in columns.of.items():
        if columns.given and not header & set(wanted):
            raise InvalidEntry(f"{field}: there is no column '{wanted[0]}'", f"columns are {', '.join(sorted(header))}")
    for number, row in enumerate(rows, 1):
        yield _Row(row, columns, f"{name}#{number}", timezone).found()


class _Row:
    def __init__(self, row: dict[str, Any], columns: Columns, place: str, timezone: str) -> None:
        self.sheet = Sheet(row, timezone)
        self.columns = columns
        self.place = place

    def cell(self, field: str) -> Any:
        """What stands in the first column of a field that has something."""
        for column in self.columns.of.get(field, ()):
            if self.sheet.values.get(column) not in (None, ""):
                if column.strip().lower() != field and not self.columns.given:
                    self.sheet.guess(f"{field} from {column}")
                return self.sheet.raw(column)
        return None

    def found(self) -> Found:
        """The row as an entry."""
        own = named(self.cell("id"))
        key = f"{self.place.partition('#')[0]}/{own}" if own else self.place
        values: dict[str, Any] = {"title": named(self.cell("title")) or own or self.place}
        kind: Any = Deployment if self.columns.kind == "deployment" else Incident
        has, ids = kind.__dataclass_fields__, item_ids(key)
        for field in (*_TEXTS, *_WORDS):
            if field in has and (value := self.cell(field)) is not None:
                values[field] = clean(str(value)) if field in _TEXTS else named(value)
        for field in _TIMES:
            if field in has and (at := self.sheet.time(*self.columns.of.get(field, ()))):
                values[field] = at
        for field in _LISTS:
            if field in has and (value := self.cell(field)) is not None:
                values[field] = _several(value)
        for field in _ITEMS:
            if field in has and (value := self.cell(field)) is not None:
                make = {"lessons": Lesson, "actions": ActionItem}.get(field, Item)
                values[field] = tuple(make(clean(line), id=next(ids)) for line in _lines(value))
        values |= self._choices(kind)
        extra = {self._name(column): _kept(value) for column, value in self.sheet.aside.items()}
        return Found(key, kind(id="", timezone=self.sheet.timezone, extra=extra, **values), tuple(self.sheet.guessed))

    def _choices(self, kind: Any) -> dict[str, Any]:
        made: dict[str, Any] = {}
        statuses: Any = DeploymentStatus if kind is Deployment else IncidentStatus
        made["status"] = self._one_of("status", statuses)
        if made["status"] is None:
            made["status"] = statuses.SUCCEEDED if kind is Deployment else statuses.RESOLVED
            self.sheet.guess(f"status {made['status']}, because it is a report")
        if visibility := self._one_of("visibility", Visibility):
            made["visibility"] = visibility
        services = _several(self.cell("services") or "")
        if kind is Deployment:
            version = named(self.sheet.raw("version")) if "version" in self.sheet.values else ""
            made["services"] = tuple(ServiceVersion(name, version) for name in services)
        else:
            made["services"] = services
            column = next(iter(self.columns.of.get("severity", ())), "")
            made["severity"] = severity_of(self.sheet.values.get(column))
            if made["severity"] is not Severity.NONE:
                self.sheet.seen(column)
        return made

    def _one_of(self, field: str, options: Any) -> Any:
        column = next(iter(self.columns.of.get(field, ())), "")
        try:
            found = choose(options, named(self.sheet.values.get(column)))
        except ValueError:
            return None  # it stays in its column
        self.sheet.seen(column)
        return found

    def _name(self, column: str) -> str:
        """A column as a key of the front matter, which has keys of its own."""
        plain = "_".join(named(column).lower().split()) or "column"
        return f"original_{plain}" if plain in _FIELDS or plain in ("kind", "timezone", "deployments") else plain


def _several(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else str(value).replace(";", ",").split(",")
    return tuple(dict.fromkeys(filter(None, map(named, values))))


def _lines(value: Any) -> list[str]:
    values = value if isinstance(value, list) else str(value).splitlines()
    return [line.strip().removeprefix("- ") for line in map(str, values) if line.strip()]


def _kept(value: Any) -> Any:
    """A value as the front matter holds it: text, lists and mappings of text."""
    if isinstance(value, Mapping):
        return {str(key): _kept(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_kept(inner) for inner in value]
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
