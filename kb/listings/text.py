"""Bytes as people's files come, cut into lines and columns."""

from __future__ import annotations

import codecs
import csv
import re

from kb.model.visible import visible

_COLOUR = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")
_LONGEST = 4000
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 as `>` of PowerShell writes it, or else what Windows calls ANSI (cp1252)."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if data[1:200:2].count(0) > len(data[:200]) // 4:
        return data.decode("utf-16-le", "replace")  # its byte order mark was lost on the way
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def lines(text: str) -> list[str]:
    """The lines of a text, without colours, tabs, and control characters that drive a terminal."""
    plain = visible(_COLOUR.sub("", text).removeprefix("\ufeff").replace("\xa0", " "))
    return [line.expandtabs(8)[:_LONGEST].rstrip() for line in plain.split("\n")]


def is_ruler(line: str) -> bool:
    """Whether a line is the ruler under a table's head: `==== ===` or `---- ---`."""
    return line.lstrip()[:2] in ("==", "--") and not line.strip("=- ")


def spans(ruler: str) -> list[tuple[int, int]]:
    """Where the columns of a ruler begin and end."""
    return [found.span() for found in re.finditer(r"=+|-+", ruler)]


def cut(line: str, starts: list[int]) -> list[str]:
    """A row cut where its columns begin; a figure that stands out to the left of its heading stays whole."""
    edges = [_edge(line, start) for start in starts[1:]]
    return [line[a:b].strip() for a, b in zip([0, *edges], [*edges, len(line)], strict=True)]


def _edge(line: str, start: int) -> int:
    while 0 < start <= len(line) and line[start - 1] != " ":
        start -= 1
    return start


def quoted(line: str) -> list[str]:
    """The cells of a line of CSV in quotes, as Windows writes it; none when it is none."""
    plain = line.strip()
    if not plain.startswith('"'):
        return []
    try:
        return next(csv.reader([plain], delimiter=";" if '";"' in plain else ",", strict=True), [])
    except csv.Error:
        return []
