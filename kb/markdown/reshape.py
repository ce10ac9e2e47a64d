"""The shapes that common postmortem templates have, turned into ours: labels, tables, headings of issue forms.

Google's SRE workbook has `**Impact**: …` lines and a table of action items, PagerDuty a table as timeline, a GitHub
issue form headings of the third level. Only the shape changes; every word stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kb.markdown.document import Part, take_apart
from kb.markdown.fields import SECTIONS
from kb.markdown.times import LEADING_TIME

_LABEL = re.compile(r"\*\*(?P<label>[A-Z][A-Za-z /]{2,30}?):?\*\*\s*:?[ \t]*(?P<value>.*)")
_TIMED = re.compile(r"\s*[*_]{1,2}(?P<time>[^*_]{4,30}?)[*_]{1,2}[ \t:–—-]*(?P<rest>\S.*)")
_RULE = re.compile(r"\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*")
_HEADING = re.compile(r"#{3,6} ")
_DONE = ("done", "closed", "fixed", "complete", "completed")
_COLUMNS = {
    "owner": ("owner", "assignee", "who", "responsible"), "ticket": ("bug", "ticket", "issue", "jira", "tracking"),
    "due": ("due", "deadline", "eta", "by when"),
}  # fmt: skip


@dataclass(slots=True)
class Reshaped:
    """A body in our shape.

    Args:
        values: what labels said of the incident, by label in lower case.
        guessed: what was taken for what, in words.
    """

    body: str
    values: dict[str, str] = field(default_factory=dict)
    guessed: list[str] = field(default_factory=list)


def reshape(body: str) -> Reshaped:
    """A document's body as near to our shape as its words allow."""
    made = Reshaped(body)
    _issue_form(made)
    _labels(made)
    _sections(made)
    return made


def _aliases(attr: str) -> frozenset[str]:
    """What people call a section of an incident, in lower case."""
    found = next(place for place in SECTIONS["incident"] if place.attr == attr)
    return frozenset({found.heading.lower(), *found.aliases})


_TIMELINE, _ACTIONS = _aliases("timeline"), _aliases("actions")
_PROSE: frozenset[str] = frozenset().union(*(
    {place.heading.lower(), *place.aliases} for place in SECTIONS["incident"] if place.items is None
))  # fmt: skip


def _issue_form(made: Reshaped) -> None:
    """Headings of the third level become sections where there is none of the second."""
    found = take_apart(made.body)
    heads = [block for block in found.blocks if block.kind in ("h3", "h4", "h5", "h6")]
    if found.parts or sum(block.kind == "h3" for block in heads) < 2:
        return
    lines = made.body.split("\n")
    for head in heads:
        if _HEADING.match(lines[head.start]):
            lines[head.start] = lines[head.start][1:]
    made.body = "\n".join(lines)
    made.guessed.append("headings of the third level as sections")


def _labels(made: Reshaped) -> None:
    """Labels above the first section become sections of their own, or say what the incident is."""
    found, lines = take_apart(made.body), made.body.split("\n")
    start, end = found.lead
    left, blocks, at = lines[:start], [], start
    while at < end:
        label = _LABEL.fullmatch(lines[at])
        name = label["label"].strip().lower() if label else ""
        if label is None or name not in _PROSE:
            if label and label["value"].strip():
                made.values.setdefault(name.replace(" ", "_"), label["value"].strip())
            left.append(lines[at])
            at += 1
            continue
        stop = at + 1
        while stop < end and lines[stop].strip() and not _LABEL.match(lines[stop]):
            stop += 1
        text = "\n".join([label["value"], *lines[at + 1 : stop]]).strip()
        blocks += [f"## {label['label'].strip()}", "", text, ""]
        made.guessed.append(f"section {label['label'].strip()} from its label")
        at = stop + (stop < end and not lines[stop].strip())
    if blocks:
        gap = [""] if left and left[-1].strip() else []
        made.body = "\n".join([*left, *gap, *blocks, *lines[end:]])


def _sections(made: Reshaped) -> None:
    lines = made.body.split("\n")
    for part in reversed(take_apart(made.body).parts):
        name = part.heading.strip().lower()
        if name in _TIMELINE:
            shaped = _timeline(lines[part.start : part.end])
        elif name in _ACTIONS:
            shaped = _actions(lines[part.start : part.end])
        else:
            continue
        if shaped != lines[part.start : part.end]:
            made.guessed.append(_said(part))
            lines[part.start : part.end] = shaped
    made.body = "\n".join(lines)


def _said(part: Part) -> str:
    return f"items of {part.heading.strip()} from its lines or table"


def _timeline(lines: list[str]) -> list[str]:
    """Rows and lines that begin with a time, as items."""
    made: list[str] = []
    for row, cells in _rows(lines):
        if cells and LEADING_TIME.match(cells[0].strip("*_` ")):
            made += [""] if made and _RULE.fullmatch(made[-1].strip()) else []
            made.append(f"- {cells[0].strip('*_` ')} {' | '.join(filter(None, cells[1:]))}".rstrip())
        elif (timed := _TIMED.fullmatch(row)) and LEADING_TIME.match(timed["time"].strip()):
            made.append(f"- {timed['time'].strip()} {timed['rest']}")
        else:
            made.append(row)
    return made


def _actions(lines: list[str]) -> list[str]:
    """The rows of a table as action items; the columns say who, until when, and which ticket."""
    made: list[str] = []
    header: list[str] = []
    rows = list(_rows(lines))
    for number, (row, cells) in enumerate(rows):
        follows = rows[number + 1][0] if number + 1 < len(rows) else ""
        if cells and not header and _RULE.fullmatch(follows.strip()):
            header = cells
            made.append(row)
        elif header and _RULE.fullmatch(row.strip()):
            made += [row, ""]
        elif cells and header:
            made.append(_action(dict(zip(header, cells, strict=False))))
        else:
            header = []
            made.append(row)
    return made


def _action(cells: Mapping[str, str]) -> str:
    """A row as an item; a column nobody knows is told behind the text."""
    extras, more, done = [], [], False
    text, *rest = cells.items()
    for column, value in rest:
        key = next((key for key, names in _COLUMNS.items() if column.lower() in names), "")
        done = done or any(word in _DONE for word in re.findall(r"[a-z]+", value.lower())[-1:])
        if key and value and not re.search(r"[;()\"]", value):
            extras.append(f"{key}: {value}")
        elif value:
            more.append(f"{column}: {value}")
    told = f" [{'; '.join(more)}]" if more else ""
    return f"- [{'x' if done else ' '}] {text[1]}{told}" + (f" ({'; '.join(extras)})" if extras else "")


def _rows(lines: Iterable[str]) -> Iterable[tuple[str, list[str]]]:
    """Each line with the cells of the row that it is."""
    fence = ""
    for line in lines:
        mark = line.strip()[:3]
        if mark in ("```", "~~~"):
            fence = "" if fence == mark else fence or mark
        bare = line.strip()
        is_row = not fence and bare.startswith("|") and bare.endswith("|") and bare.count("|") > 2
        rule = _RULE.fullmatch(bare) if bare else None
        yield line, [] if not is_row or rule else [cell.strip() for cell in re.split(r"(?<!\\)\|", bare[1:-1])]
