"""An entry as JSON and back, exactly: what database and index keep, so that nobody need parse the text again.

Written from the dataclasses' own annotations, so a new field needs no line here. Fields at their default are left out.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import kb
from kb.model.entry import Deployment, Entry, Incident, System
from kb.model.moment import Moment

_KINDS: dict[str, type[Entry]] = {kind.kind: kind for kind in (Incident, Deployment, System)}
_Decoder = Callable[[Any], Any]


def encode(entry: Entry) -> str:
    """The entry as JSON."""
    return json.dumps({"kind": entry.kind, **_fields(entry)}, ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> Entry:
    """The entry that `encode` was given.

    Raises:
        ValueError, KeyError, TypeError: the text was made by another release.
    """
    document = json.loads(text)
    kind: Any = _KINDS[document.pop("kind")]
    entry: Entry = _plan(kind)(document)
    return entry


@cache
def maker() -> str:
    """Which release wrote a snapshot and its rows; another one's are made again from the text."""
    fields = repr([(kind, [f.name for f in dataclasses.fields(cls)]) for kind, cls in _KINDS.items()])
    return f"{kb.__version__}-{hashlib.sha256(fields.encode()).hexdigest()[:8]}"


def _fields(value: Any) -> dict[str, Any]:
    found = {}
    for each in dataclasses.fields(value):
        content = getattr(value, each.name)
        if content not in (each.default, {}):
            found[each.name] = _plain(content)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Moment):
        return [value.at.isoformat(), value.precision]
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


@cache
def _plan(kind: Any) -> _Decoder:
    """How to read one annotated type back."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = _plan(next(arg for arg in get_args(kind) if arg is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        each = _plan(get_args(kind)[0])
        return lambda value: tuple([each(item) for item in value])
    if kind is Moment:
        return lambda value: Moment(datetime.fromisoformat(value[0]), value[1])
    if kind is date:
        return date.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return _dataclass_plan(kind) if dataclasses.is_dataclass(kind) else lambda value: value


def _dataclass_plan(kind: Any) -> _Decoder:
    hints = get_type_hints(kind)
    plans = {each.name: _plan(hints[each.name]) for each in dataclasses.fields(kind)}
    return lambda value: kind(**{name: plans[name](content) for name, content in value.items()})
