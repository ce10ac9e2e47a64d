"""The syntax of a list item: marker, first line, continuation, `(key: value; …)` at the end of the first line, id.

Typed by hand an item may have none of the extras.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.markdown.document import Block

_MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])( *)", re.ASCII)
_ID = re.compile(r"<!--\s*[a-z]:(?P<id>[0-9a-z]{4,16})\s*-->", re.ASCII)
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_PAIR = re.compile(r'\s*([a-z_]+):\s*("(?:[^"\\]|\\.)*"\s*|[^;()"]*)', re.ASCII)
_LISTS = ("bullet_list", "ordered_list")
_GROUP_TRIES = 24
_MOST_OPENED = 3
"""Brackets in one value of a group; a group of five is still found within the tries."""


@dataclass(frozen=True, slots=True)
class RawItem:
    """An item's text as it stands in the file.

    Args:
        line: its first line, counted from 0.
        end: the line after its last one that is not blank.
        first: its first line without marker and id.
        rest: its other lines, without the item's indentation.
        nested: the items of the lists inside it, where those are told apart from its text.
        default_kind: what kind the heading above says it is of.
    """

    line: int
    end: int
    first: str
    rest: tuple[str, ...] = ()
    id: str = ""
    nested: tuple[RawItem, ...] = ()
    default_kind: str = ""

    def text(self, first: str) -> str:
        """The item's text when its first line reads `first`."""
        joined = "\n".join((first.strip(), *self.rest)).rstrip()
        return joined if first.strip() else joined.lstrip("\n")


def raw_item(lines: Sequence[str], block: Block, with_nested: bool = False) -> RawItem:
    """The text of a list item; with `with_nested` the items of the lists inside it are taken out of the text."""
    end = block.end
    while end > block.start + 1 and not lines[end - 1].strip():
        end -= 1
    inner = [b for b in block.children if with_nested and b.kind in _LISTS and b.start > block.start]
    taken = {number for b in inner for number in range(b.start, b.end)}
    column = _content_column(lines[block.start])
    first, item_id = _take_id(lines[block.start][column:])
    rest = tuple(_dedent(lines[n], column) for n in range(block.start + 1, end) if n not in taken)
    nested = tuple(raw_item(lines, child) for b in inner for child in b.children)
    return RawItem(block.start, end, first, rest, item_id, nested)


def _content_column(line: str) -> int:
    indent = len(line) - len(line.lstrip(" "))
    marker = _MARKER.match(line, indent)
    if not marker:
        return indent
    spaces = len(marker[1])
    return marker.end() if 1 <= spaces <= 4 else marker.end() - spaces + 1


def _dedent(line: str, column: int) -> str:
    line = line.expandtabs(4) if "\t" in line[:column] else line
    blank = len(line) - len(line.lstrip(" "))
    return line[min(blank, column) :] if line.strip() else ""


def _take_id(first: str) -> tuple[str, str]:
    line = first.rstrip()
    at = line.rfind("<!--") if line.endswith("-->") else -1
    found = _ID.fullmatch(line, at) if at == 0 or (at > 0 and line[at - 1].isspace()) else None
    return (line[:at].rstrip(), found["id"]) if found else (first, "")


def take_group(text: str, known: frozenset[str]) -> tuple[str, dict[str, str]]:
    """A first line split into its text and the `(key: value; …)` at its end, when all its keys are known ones."""
    stripped = text.strip()
    at = len(stripped) if stripped.endswith(")") else -1
    for _ in range(_GROUP_TRIES):
        at = stripped.rfind("(", 0, max(at, 0))
        if at < 0:
            break
        pairs = _pairs(stripped[at + 1 : -1], known) if at == 0 or stripped[at - 1].isspace() else None
        if pairs is not None:
            return stripped[:at].rstrip(), pairs
    return stripped, {}


def _pairs(inner: str, known: frozenset[str]) -> dict[str, str] | None:
    pairs: dict[str, str] = {}
    at = 0
    while at < len(inner):
        found = _PAIR.match(inner, at)
        if not found or found[1] not in known or found[1] in pairs:
            return None
        value = _pair_text(found[2].strip())
        if value is None or inner[found.end() : found.end() + 1] not in ("", ";"):
            return None
        pairs[found[1]] = value
        at = found.end() + 1
    return pairs


def _pair_text(written: str) -> str | None:
    if not written.startswith('"'):
        return written
    try:
        text = str(json.loads(written))
    except ValueError:
        return None
    return None if _UNWRITABLE.search(text) else text


def group(pairs: Mapping[str, str], text: str, known: frozenset[str]) -> str:
    """The group to write after a first line; `()` where the text would otherwise be taken for having one."""
    written = "; ".join(f"{key}: {_pair_value(value)}" for key, value in pairs.items() if value)
    if written:
        return f" ({written})"
    return " ()" if take_group(text, known)[0] != text.strip() else ""


def _pair_value(value: str) -> str:
    safe = value == value.strip() and not re.search(r'[;()"\n\\]|<!--|-->', value) and value.isprintable()
    if safe:
        return value
    quoted = json.dumps(value, ensure_ascii=False).replace("<!--", "\\u003c!--").replace("-->", "--\\u003e")
    return quoted if quoted.count("(") <= _MOST_OPENED else quoted.replace("(", "\\u0028")


def written(first: str, text: str, item_id: str, prefix: str, indent: str = "") -> list[str]:
    """An item as lines: marker, first line, id; the text's other lines below, indented.

    Args:
        first: the whole first line.
        text: the item's text, of which all but the first line follow.
    """
    comment = f"<!-- {prefix}:{item_id} -->" if item_id else ""
    head = f"{indent}- {' '.join(part for part in (first.strip(), comment) if part)}".rstrip()
    return [head, *(f"{indent}  {line}" if line else "" for line in text.split("\n")[1:])]


def fenced(text: str, info: str = "text") -> str:
    """A text in a fence longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{info}\n{text}\n{ticks}"
