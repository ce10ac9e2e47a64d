"""The chapters of the README, which comes with kb: one text for the web and for a terminal without one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

import kb
from kb.errors import NotFound
from kb.model.names import slug

_HEADING = re.compile(r"(#{2,3}) (.+)")
_UNSEEN = re.compile(r"\s*(?:<!-- [a-z-]+ -->|!\[.*\]\(.*\)|</?details>(?:<summary>(?P<title>.*)</summary>)?)\s*")
"""What only a browser shows, on a line of its own."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter.

    Args:
        topic: what it is asked for by.
        depth: 2 or 3; one of depth 3 is a part of the last one of depth 2.
        text: its Markdown, with its heading and the chapters that are part of it.
    """

    topic: str
    title: str
    depth: int
    text: str


def chapters() -> list[Chapter]:
    """Every chapter, in the order of the README."""
    inside = files("kb") / "README.md"
    text = (inside if inside.is_file() else Path(kb.__file__).parents[1] / "README.md").read_text("utf-8")
    lines, fenced = text.split("\n"), False
    starts: list[tuple[int, int, str]] = []
    for at, line in enumerate(lines):
        fenced ^= line.lstrip().startswith("```")
        if not fenced and (found := _HEADING.fullmatch(line)):
            starts.append((at, len(found[1]), found[2]))
    ends = (
        next((later for later, other, _ in starts if later > at and other <= depth), len(lines))
        for at, depth, _ in starts
    )
    return [
        Chapter(slug(title), title, depth, _shown(lines[at:end]))
        for (at, depth, title), end in zip(starts, ends, strict=True)
    ]


def chapter(words: str) -> Chapter:
    """The chapter of a topic, or of a word that stands in the title of only one.

    Raises:
        NotFound: there is none, or more than one; the message names those that are near.
    """
    wanted, there = slug(words), {one.topic: one for one in chapters()}
    if wanted in there:
        return there[wanted]
    holding = [topic for topic in there if wanted in topic]
    if len(holding) == 1:
        return there[holding[0]]
    near = holding or get_close_matches(wanted, there, 3, 0.5)
    hint = (
        f"did you mean {' or '.join(near)}?" if near else "'kb help' lists the topics; 'kb COMMAND --help' tells of one"
    )
    raise NotFound(f"no topic '{words}'", hint)


def _shown(lines: list[str]) -> str:
    seen = (found["title"] if (found := _UNSEEN.fullmatch(line)) else line for line in lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in seen if line is not None)).strip("\n") + "\n"
