"""Front matter: YAML read as text with line numbers, and written back one key at a time.

Nothing is typed here: `no`, `1:30` and `4.10` stay what was written. Anchors, aliases and tags are refused, because a
file must mean what it says at the place where it says it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MAX_BYTES = 64 * 1024
_MAX_DEPTH = 6
_PLAIN = re.compile(r"[^\W\d_][\w./@+()'> -]*[\w./@+()'-]|[^\W\d_]|https?://[^\s#,\[\]{}]+", re.UNICODE)
_DATED = re.compile(
    r"\d{4}-\d\d-\d\d(?:-[a-z0-9-]+(?: \([a-z-]+\))?| \d\d:\d\d(?::\d\d)?(?:[+-]\d\d:\d\d)?(?: to [\d :+-]{10,25})?)?",
    re.ASCII,
)
_BREAKS = "\r\x85\u2028\u2029"
_LONE = re.compile("[\ud800-\udfff]")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value stands: lines and columns counted from 0 in the file; the end column is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the front matter, its value as text, lists and mappings, and where both stand."""

    name: str
    line: int
    value: Any
    span: Span
    block_items: tuple[tuple[Any, Span], ...] = ()


class FrontMatterError(ValueError):
    """Front matter that cannot be read.

    Args:
        line: its line in the file, counted from 1.
    """

    def __init__(self, line: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.line, self.message, self.hint = line, message, hint


@dataclass(slots=True)
class _Reader:
    events: Iterator[Any]
    offset: int
    breaks: Mapping[int, int]
    keys: list[Key] = field(default_factory=list)

    def fail(self, mark: Any, message: str, hint: str) -> FrontMatterError:
        return FrontMatterError(mark.line + self.offset + 1, message, hint)

    def value(self, event: Any, depth: int) -> tuple[Any, Span, list[tuple[Any, Span]]]:
        if getattr(event, "anchor", None) or isinstance(event, yaml.AliasEvent):
            raise self.fail(event.start_mark, "anchors and aliases are not allowed", "write the value out")
        if getattr(event, "tag", None):
            raise self.fail(event.start_mark, f"the tag {event.tag} is not allowed", "leave it out")
        if depth > _MAX_DEPTH:
            raise self.fail(event.start_mark, "nested too deeply", f"use at most {_MAX_DEPTH} levels")
        if isinstance(event, yaml.ScalarEvent):
            if _UNWRITABLE.search(event.value):
                raise self.fail(
                    event.start_mark, "a character that cannot be kept", "leave out \\0 and lone surrogates"
                )
            return event.value.translate(self.breaks), self.span(event.start_mark, event.end_mark), []
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, depth)
        return self.mapping(event, depth)

    def sequence(self, start: Any, depth: int) -> tuple[Any, Span, list[tuple[Any, Span]]]:
        items: list[tuple[Any, Span]] = []
        last = start.end_mark
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                last = event.end_mark if start.flow_style else last
                break
            value, span, _ = self.value(event, depth + 1)
            items.append((value, span))
            last = _Mark(span.end_line - self.offset, span.end_column)
        return [value for value, _ in items], self.span(start.start_mark, last), [] if start.flow_style else items

    def mapping(self, start: Any, depth: int) -> tuple[Any, Span, list[tuple[Any, Span]]]:
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        last = start.end_mark
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                last = event.end_mark if start.flow_style else last
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise self.fail(event.start_mark, "a key must be a word", "write 'key: value'")
            name = event.value.translate(self.breaks)
            line = self.span(event.start_mark, event.end_mark).line - self.offset
            if name in values:
                first = lines[name] + self.offset + 1
                raise self.fail(event.start_mark, f"key '{name}' appears twice (first on line {first})", "keep one")
            values[name], span, items = self.value(next(self.events), depth + 1)
            lines[name] = line
            last = _Mark(span.end_line - self.offset, span.end_column)
            if depth == 0:
                self.keys.append(Key(name, line + self.offset, values[name], span, tuple(items)))
        return values, self.span(start.start_mark, last), []

    def span(self, start: Any, end: Any) -> Span:
        return Span(start.line + self.offset, start.column, end.line + self.offset, end.column)


@dataclass(frozen=True, slots=True)
class _Mark:
    line: int
    column: int


def read(text: str, offset: int) -> list[Key]:
    """The keys of a front matter, in order.

    Args:
        text: the lines between the two `---`.
        offset: how many lines of the file stand before it.

    Raises:
        FrontMatterError: it is not YAML, or uses more of YAML than an entry may.
    """
    if len(text) > _MAX_BYTES:
        raise FrontMatterError(offset + 1, "the front matter is larger than 64 KiB", "move text into sections")
    if lone := _LONE.search(text):
        line = offset + text.count("\n", 0, lone.start()) + 1
        raise FrontMatterError(line, "a character that cannot be kept", "leave out lone surrogates")
    try:
        return _read(text, offset)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
        line = offset + (mark.line if mark else 0) + 1
        raise FrontMatterError(line, f"not valid YAML: {problem}", "quote a value that holds ': ' or ' #'") from None
    except RecursionError:
        raise FrontMatterError(offset + 1, "nested too deeply", f"use at most {_MAX_DEPTH} levels") from None


def _breaks(text: str) -> dict[int, int]:
    """What YAML takes for the end of a line and nobody else does, with a sign to stand for it that the text lacks.

    Otherwise every line below such a sign would be known by a wrong number.
    """
    free = (code for code in range(0xE000, 0xF900) if chr(code) not in text)
    return {ord(sign): next(free, 0xFFFD) for sign in _BREAKS if sign in text}


def _read(text: str, offset: int) -> list[Key]:
    hidden = _breaks(text)
    shown = {other: sign for sign, other in hidden.items()}
    reader = _Reader(iter(yaml.parse(text.translate(hidden), Loader=_LOADER)), offset, shown)
    for event in reader.events:
        if isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent | yaml.StreamEndEvent):
            continue
        if isinstance(event, yaml.DocumentEndEvent):
            break
        if not isinstance(event, yaml.MappingStartEvent):
            raise reader.fail(
                event.start_mark, "the front matter is not a list of 'key: value'", "give every line a key"
            )
        reader.value(event, 0)
    return reader.keys


def scalar(text: str, flow: bool = False) -> str:
    """A text as a YAML scalar that every YAML reader takes for text, plain where that is safe."""
    plain = _PLAIN.fullmatch(text) or _DATED.fullmatch(text)
    if plain and text.lower() not in _WORDS and not (flow and re.search(r"[,\[\]{}]", text)) and text.isprintable():
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    escaped = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escape(c) for c in escaped)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def lines(key: str, value: Any) -> list[str]:
    """A key and its value as lines of front matter: short lists inline, others with one item a line."""
    if isinstance(value, str):
        return [f"{scalar_key(key)}: {scalar(value)}"]
    inline = flow(value)
    if len(inline) <= 100 and not (isinstance(value, list) and any(" (" in str(v) for v in value)):
        return [f"{scalar_key(key)}: {inline}"]
    return [f"{scalar_key(key)}:", *_block(value, 2)]


def scalar_key(name: str) -> str:
    """A key as YAML."""
    return scalar(name) if re.fullmatch(r"[A-Za-z][\w-]*", name) is None else name


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quoted(str(k))}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(str(value), flow=True)


def _block(value: Any, indent: int) -> list[str]:
    margin = " " * indent
    if isinstance(value, list | tuple):
        return [f"{margin}- {block_item(item)}" for item in value]
    return [f"{margin}{scalar_key(str(k))}: {flow(v)}" for k, v in value.items()]


def block_item(value: Any) -> str:
    """An item of a list with one item a line, without its dash."""
    return scalar(value) if isinstance(value, str) else flow(value)
