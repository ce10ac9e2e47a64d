"""The structure of a file: front matter, title, sections and list items, each with its lines.

Lines are counted as markdown-it counts them, by line feeds alone. What is between the pieces is nobody's business here,
so an edit that replaces some lines leaves every other byte as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from kb.markdown.nesting import bounded

BOM = "\ufeff"
_ITEM = re.compile(r"- (?:\*\*\d|[A-Za-z]|\[[ xX]\] )")
_SHORTEST_RUN = 8
_CONFLICT = (re.compile(r"<{7}( |$)"), re.compile(r"={7}$"), re.compile(r">{7}( |$)"))


@dataclass(frozen=True, slots=True)
class Block:
    """A block of Markdown: its kind as markdown-it names it, its lines [start, end), what it holds."""

    kind: str
    start: int
    end: int
    info: str = ""
    children: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A section: the line of its heading, and the lines [start, end) below it."""

    heading: str
    line: int
    start: int
    end: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A file taken apart.

    Args:
        lines: the text of each line without its line ending.
        front: lines [start, end) between the `---`, or None.
        title_line: the line of the first level-1 heading, or None.
        body_start: the first line after the front matter.
        lead: lines [start, end) between the title and the first section.
    """

    lines: tuple[str, ...]
    front: tuple[int, int] | None
    body_start: int
    title: str
    title_line: int | None
    title_end: int
    lead: tuple[int, int]
    parts: tuple[Part, ...]
    blocks: tuple[Block, ...]

    def text(self, start: int, end: int) -> str:
        """Lines [start, end) without blank lines around them and without trailing blanks."""
        found = list(self.lines[start:end])
        while found and not found[0].strip():
            found.pop(0)
        return "\n".join(found).rstrip()


def physical_lines(text: str) -> list[str]:
    """The lines of a text with their carriage returns; joined by line feeds they are the text again."""
    return text.split("\n")


def conflict_line(text: str) -> int | None:
    """The line (from 1) where git's conflict markers begin, when all three stand there in order."""
    step, first = 0, None
    for number, line in enumerate(text.split("\n"), 1):
        if _CONFLICT[step].match(line.rstrip("\r")):
            first = number if step == 0 else first
            step += 1
            if step == len(_CONFLICT):
                return first
    return None


def take_apart(text: str) -> Document:
    """The structure of any text; it never fails."""
    raw = text.removeprefix(BOM)
    lines = tuple(line.removesuffix("\r").replace("\r", " ").replace("\0", " ") for line in physical_lines(raw))
    front = _front(lines)
    body_start = front[1] + 1 if front else 0
    blocks = _blocks("\n".join(lines[body_start:]), body_start)
    return _assemble(lines, front, body_start, blocks)


def _front(lines: tuple[str, ...]) -> tuple[int, int] | None:
    if lines[0].rstrip() != "---":
        return None
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    return (1, end) if end else None


def _assemble(
    lines: tuple[str, ...], front: tuple[int, int] | None, body_start: int, blocks: tuple[Block, ...]
) -> Document:
    end = len(lines)
    heads = [block for block in blocks if block.kind == "h2"]
    first = heads[0].start if heads else end
    title = next((block for block in blocks if block.kind == "h1" and block.start < first), None)
    after = title.end if title else body_start
    bounds = [*(head.start for head in heads[1:]), end]
    parts = tuple(
        Part(head.info, head.start, head.end, stop, tuple(b for b in blocks if head.end <= b.start < stop))
        for head, stop in zip(heads, bounds, strict=False)
    )
    return Document(
        lines, front, body_start, title.info if title else "", title.start if title else None, after,
        (after, first), parts, blocks,
    )  # fmt: skip


@cache
def _markdown() -> MarkdownIt:
    return bounded(MarkdownIt("commonmark").disable("inline"))


def _blocks(text: str, offset: int) -> tuple[Block, ...]:
    """The top-level blocks; of lists the items, and inside each the blocks it holds."""
    lines = text.split("\n")
    kept, left_out = _thinned(lines)
    if left_out:
        found = _tree(_markdown().parse("\n".join(lines[number] for number in kept)), 0)
        restored = tuple(_restored(found, kept, left_out, offset))
        if not left_out:
            return restored
    return _tree(_markdown().parse(text), offset)


def _thinned(lines: list[str]) -> tuple[list[int], dict[int, int]]:
    """The lines that need to be parsed, and how many are left out after one.

    A long timeline is a run of items of one line each. When the second of a run turns out to be an item of a list, so
    does each until the last: nothing in such a line reaches over its end. So the first two and the last are parsed.
    """
    kept: list[int] = []
    left_out: dict[int, int] = {}
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and _ITEM.match(lines[end]):
            end += 1
        if end - at >= _SHORTEST_RUN:
            kept += (at, at + 1, end - 1)
            left_out[at + 1] = end - at - 3
        else:
            kept += range(at, end)
        if end < len(lines):
            kept.append(end)
        at = end + 1
    return kept, left_out


def _restored(
    blocks: tuple[Block, ...], kept: list[int], left_out: dict[int, int], offset: int, inside: str = ""
) -> Iterator[Block]:
    """The blocks of thinned lines where they stand in the whole text, with the items that were left out.

    What has been put back is taken out of `left_out`: what remains there was no item of a list after all.
    """
    for number, block in enumerate(blocks):
        start, end = kept[block.start], kept[block.end - 1] + 1
        children = tuple(_restored(block.children, kept, left_out, offset, block.kind))
        made = Block(block.kind, start + offset, end + offset, block.info, children)
        yield made
        if start in left_out and inside == "bullet_list" and (block.end, len(children)) == (block.start + 1, 1):
            after = blocks[number + 1 : number + 2]
            if after and after[0].start == block.end and children[0].kind == "paragraph":
                for line in range(made.end, made.end + left_out.pop(start)):
                    yield Block(block.kind, line, line + 1, block.info, (Block("paragraph", line, line + 1),))


def _tree(tokens: list[Token], offset: int) -> tuple[Block, ...]:
    stack: list[tuple[Token, list[Block], str]] = []
    current: list[Block] = []
    for token in tokens:
        if token.nesting == 1:
            stack.append((token, current, ""))
            current = []
        elif token.nesting == -1:
            opening, outer, info = stack.pop()
            outer.append(_block(opening, offset, info, tuple(current)))
            current = outer
        elif token.type == "inline":
            opening, outer, _ = stack[-1]
            stack[-1] = (opening, outer, token.content)
        elif token.map:
            current.append(_block(token, offset, token.info.strip(), ()))
    return tuple(current)


def _block(token: Token, offset: int, info: str, children: tuple[Block, ...]) -> Block:
    start, end = token.map or (0, 0)
    kind = token.tag if token.type == "heading_open" else token.type.removesuffix("_open")
    return Block(kind, start + offset, end + offset, info if kind != "paragraph" else "", children)
