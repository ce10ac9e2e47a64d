"""Take it anywhere: everything that is recorded, in a form that other programs read and `kb import` gives back."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from kb import __version__
from kb.config import CONFIG_FILE, Settings
from kb.errors import UsageError
from kb.journeys.record import Record
from kb.model import Deployment, Incident, Verdict, metrics
from kb.model.plain import plain, schema
from kb.sources import FILE, MARK, VERSION

SUFFIXES = (".json", ".jsonl", ".csv", ".zip")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_TIMES = ("started", "detected", "acknowledged", "mitigated", "resolved", "finished")
_MEASURES = ("time_to_detect", "time_to_acknowledge", "time_to_mitigate", "time_to_resolve")
_TEXTS = ("summary", "impact", "trigger", "root_cause", "resolution")
COLUMNS = (
    "id", "kind", "title", "status", "severity", "visibility", "environment", "services", "systems", "tags", *_TIMES,
    *(f"{name}_seconds" for name in _MEASURES), "detected_by", "deployments", *_TEXTS, "symptoms",
    "contributing_factors", "cracked_by", "lessons", "open_actions", "company", "source", "path",
)  # fmt: skip
"""Of the table that the CSV export is."""


def written(records: Sequence[Record], settings: Settings, suffix: str, at: datetime) -> bytes:
    """Everything recorded, as a file of the suffix.

    Args:
        at: when it is written, UTC.

    Raises:
        UsageError: there is no such form.
    """
    if suffix == ".json":
        return _json(document(records, settings, at))
    if suffix == ".jsonl":
        return b"".join(json.dumps(entry(one), ensure_ascii=False).encode() + b"\n" for one in records)
    if suffix == ".csv":
        return table(records)
    if suffix == ".zip":
        return archive(records, settings, at)
    raise UsageError(f"everything is not written as '{suffix}'", f"end the file's name in {', '.join(SUFFIXES)}")


def document(records: Sequence[Record], settings: Settings, at: datetime) -> dict[str, Any]:
    """Everything as one document; `export_schema` says what it looks like."""
    return {
        MARK: VERSION, "made_by": f"kb {__version__}", "name": settings.name, "exported": at.isoformat(),
        "entries": [entry(one) for one in records],
    }  # fmt: skip


def entry(record: Record) -> dict[str, Any]:
    """An entry as data, with the text and the place of its file, which give it back to the byte."""
    return {
        "kb_entry": VERSION,
        "path": record.path,
        "rev": record.rev,
        "fields": plain(record.entry),
        "text": record.text,
    }


def export_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    fields = schema()
    one = {
        "description": "An entry; a line of JSON Lines is one of these.", "type": "object",
        "properties": {
            "kb_entry": {"const": VERSION}, "path": {"type": "string", "description": "Its file, from the root."},
            "rev": {"type": "integer", "description": "How often it was changed."},
            "fields": {"oneOf": fields["oneOf"]},
            "text": {"type": "string", "description": "Its file, to the letter; kb import reads this."},
        },
        "required": ["kb_entry", "path", "rev", "fields", "text"],
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A knowledge base exported by kb",
        "type": "object",
        "properties": {
            MARK: {"const": VERSION}, "made_by": {"type": "string"}, "name": {"type": "string"},
            "exported": {"type": "string", "format": "date-time"},
            "entries": {"type": "array", "items": {"$ref": "#/$defs/entry"}},
        },
        "required": [MARK, "entries"], "$defs": {"entry": one, **fields["$defs"]},
    }  # fmt: skip


def table(records: Sequence[Record]) -> bytes:
    """A row an entry, for spreadsheets: no cell is taken for a formula."""
    made = io.StringIO(newline="")
    writer = csv.DictWriter(made, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for record in records:
        writer.writerow({column: _guarded(cell) for column, cell in _row(record).items()})
    return made.getvalue().encode("utf-8-sig", "replace")


def _guarded(cell: str) -> str:
    """A cell that a spreadsheet would calculate gets an apostrophe in front; `kb import` takes it off again.

    After OWASP, "CSV Injection": https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _row(record: Record) -> dict[str, str]:
    found = record.entry
    fields = plain(found)
    row = {column: _cell(fields.get(column)) for column in COLUMNS} | {"kind": found.kind, "path": record.path}
    if isinstance(found, Incident):
        for name in _MEASURES:
            seconds = getattr(metrics, name)(found)
            row[f"{name}_seconds"] = "" if seconds is None else str(int(seconds))
        row["deployments"] = ", ".join(f"{link.id} ({link.relation})" for link in found.deployments)
    if isinstance(found, Deployment):
        row["services"] = ", ".join(" ".join(filter(None, (one.name, one.version))) for one in found.services)
    row["cracked_by"] = "\n".join(one.text for one in found.questions if one.verdict is Verdict.CRACKED)
    row["lessons"] = "\n".join(lesson.text for lesson in found.lessons)
    row["open_actions"] = "\n".join(action.text for action in found.actions if not action.done)
    return row


def _cell(value: Any) -> str:
    """A value as a cell: names with commas between them, items each on a line."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "\n".join(str(one.get("text", "")) for one in value)
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def archive(records: Sequence[Record], settings: Settings, at: datetime) -> bytes:
    """A zip of everything: the document with its schema, each entry's file, the table, settings and templates."""
    files = {
        FILE: _json(document(records, settings, at)), "kb.schema.json": _json(export_schema()),
        "kb.csv": table(records), **{record.path: record.text.encode() for record in records},
        **dict(_own(settings.root)),
    }  # fmt: skip
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in sorted(files.items()):
            packed.writestr(zipfile.ZipInfo(name, _LONG_AGO), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _own(root: Path) -> Iterator[tuple[str, bytes]]:
    """What a team made its own beside the entries."""
    for path in (root / CONFIG_FILE, *sorted((root / "templates").glob("*.md"))):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(root).as_posix(), path.read_bytes()


def _json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"
