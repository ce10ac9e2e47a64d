"""The front matter of each kind of entry as a JSON Schema, for editors that complete and underline by one.

It is made from the field table and the types of the model, so what it allows is what is read. Front matter is text to
us, while an editor takes `2024` for a number: a text may be either.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, get_args, get_type_hints
from zoneinfo import available_timezones

from kb.markdown.fields import FRONT, KINDS
from kb.model import DeploymentLink, Moment, Relation, ServiceVersion

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_SCALAR = {"type": ["string", "number", "boolean", "null"]}
_DAY = (
    "(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|[12][0-9]))"
)
_CLOCK = (
    r"(?:(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?:\.[0-9]+)?"
    r"|[0-9]{1,2}:[0-5][0-9](?::[0-5][0-9])?(?:\.[0-9]+)?\s*[AaPp][Mm])"
)
_OFFSET = r"(?:\s*(?:[Zz]|[Uu][Tt][Cc]|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9]))?"
_AT = rf"{_DAY}(?:[Tt ]\s*{_CLOCK})?{_OFFSET}"
_SPAN = rf"{_AT}(?: to \s*(?:{_AT}|{_CLOCK}{_OFFSET}))?"
_NAME = r"[^\s,(][^,(]*"
_YES_OR_NO = ("yes", "no", "true", "false", "y", "n", "on", "off", "1", "0")


def schema() -> dict[str, Any]:
    """The schema of any entry's front matter: what holds of its kind is under `$defs`."""
    return {
        "$schema": DRAFT,
        "title": "Front matter of a kb entry",
        "type": "object",
        "required": ["id", "kind"],
        "properties": {
            "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,95}$"},
            "kind": {"enum": list(KINDS)},
        },
        "allOf": [
            {"if": {"properties": {"kind": {"const": kind}}}, "then": {"$ref": f"#/$defs/{kind}"}} for kind in KINDS
        ],
        "$defs": {
            "zone": {"enum": ["", *sorted(available_timezones()), None]},
            **{kind: {"properties": _properties(kind)} for kind in KINDS},
        },
    }


def _properties(kind: str) -> dict[str, Any]:
    types = get_type_hints(KINDS[kind])
    return {field.key: _value(field.key, types.get(field.key)) for field in FRONT[kind]}


def _value(key: str, hint: Any) -> dict[str, Any]:
    """What a key may hold, by the type its value is read as."""
    if key == "timezone":
        return {"$ref": "#/$defs/zone"}
    if key == "window":
        return _matching(_SPAN)
    if Moment in get_args(hint):
        return _matching(_AT)
    if hint is bool:
        return {"anyOf": [{"type": "boolean"}, {"enum": [0, 1]}, _choice(_YES_OR_NO)]}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _choice(tuple(hint))
    if ServiceVersion in get_args(hint):
        return _list(rf"{_NAME}(?:\([^(),]*\))?")
    if DeploymentLink in get_args(hint):
        return _list(rf"[^\s,(]+(?:\s*\((?:{_any_case(tuple(Relation))})?\))?")
    return {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]} if get_args(hint) else _SCALAR


def _matching(pattern: str) -> dict[str, Any]:
    return {"type": ["string", "null"], "pattern": rf"^(?:\s*{pattern}\s*)?$"}


def _choice(words: tuple[str, ...]) -> dict[str, Any]:
    """One of some words, which an editor offers, in whatever case and with whatever hyphens."""
    return {"anyOf": [{"enum": [str(word) for word in words if word]}, _matching(f"(?:{_any_case(words)})")]}


def _any_case(words: tuple[str, ...]) -> str:
    """A pattern without flags, which JSON Schema has none of."""
    return "|".join("".join(map(_letter, word)) for word in words if word)


def _letter(c: str) -> str:
    return r"[\s_-]+" if c in " -_" else f"[{c.upper()}{c}]" if c.isalpha() else c


def _list(item: str) -> dict[str, Any]:
    """Things in a list, or separated by commas."""
    one = {"type": ["string", "number", "null"], "pattern": rf"^(?:\s*{item}\s*)?$"}
    line = {"type": ["string", "number", "null"], "pattern": rf"^\s*(?:{item})?\s*(?:,\s*(?:{item})?\s*)*$"}
    return {"anyOf": [line, {"type": "array", "items": one}]}
