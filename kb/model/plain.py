"""Values as JSON knows them, and the JSON Schema (draft 2020-12) that says what an entry looks like so."""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from kb.model.entry import Deployment, Incident, System
from kb.model.moment import Moment

_ARGUMENT = re.compile(r"^    (\w+): (.*(?:\n        .*)*)", re.MULTILINE)
_MOMENT = {
    "type": "string",
    "description": "ISO 8601 with its offset, to the minute or the second; a date where only the day is known.",
}
_SIMPLE: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"}, bool: {"type": "boolean"}, int: {"type": "integer"}, Moment: _MOMENT,
    date: {"type": "string", "format": "date"}, datetime: {"type": "string", "format": "date-time"},
}  # fmt: skip


def plain(value: Any) -> Any:
    """A value as JSON knows it: moments and dates as ISO 8601, paths as text, entries with their kind."""
    if isinstance(value, Moment):
        return value.iso()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kind = getattr(value, "kind", None)
        named = {"kind": kind} if isinstance(kind, str) and not hasattr(value, "at") else {}
        fields = {name: getattr(value, name) for name in value.__dataclass_fields__}
        return {**named, **{name: plain(inner) for name, inner in fields.items()}}
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    return value


def schema() -> dict[str, Any]:
    """The JSON Schema of an incident, a deployment and a system as `plain` gives them, made from the classes."""
    made: dict[str, Any] = {}
    kinds = [_object(kind, made) for kind in (Incident, Deployment, System)]
    return {"oneOf": kinds, "$defs": made}


def _of(kind: Any, made: dict[str, Any]) -> dict[str, Any]:
    if kind in _SIMPLE:
        return dict(_SIMPLE[kind])
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_of(one, made) if one is not type(None) else {"type": "null"} for one in get_args(kind)]}
    if origin is tuple:
        return {"type": "array", "items": _of(get_args(kind)[0], made)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [one.value for one in kind]}
    return _object(kind, made) if dataclasses.is_dataclass(kind) else {"type": "object"}


def _object(kind: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A reference to a class's schema, which is written down once."""
    name = kind.__name__
    if name not in made:
        made[name] = {}
        hints = get_type_hints(kind)
        fields = {field.name: _of(hints[field.name], made) for field in dataclasses.fields(kind)}
        for words in (each.__doc__ or "" for each in reversed(kind.__mro__) if dataclasses.is_dataclass(each)):
            for argument, said in _ARGUMENT.findall(words):
                if argument in fields:
                    fields[argument]["description"] = " ".join(said.split())
        if isinstance(own := getattr(kind, "kind", None), str):
            fields = {"kind": {"const": own}, **fields}
        about = (kind.__doc__ or "").strip().split("\n")[0]
        made[name] = {
            "description": about, "type": "object", "properties": fields, "required": list(fields),
            "additionalProperties": False,
        }  # fmt: skip
    return {"$ref": f"#/$defs/{name}"}
