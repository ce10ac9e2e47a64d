"""Quotations and lists in each other, read in a time that grows with their length, and never beyond their end.

markdown-it looks for the end of a quotation over all lines without a mark that might go on with its paragraph, and
begins anew where the block inside has ended before: a thousand times `> > #` with a plain line after it took a minute.
And where blocks are nested deeper than it follows, it takes the rest of the text for theirs, headings included.
"""

from __future__ import annotations

from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block

Rule = Callable[[StateBlock, int, int, bool], bool]

DEEPEST = 60
"""Levels markdown-it may follow; quotations and lists stay below it, for a list takes two."""
_QUOTATIONS, _LISTS = 6, 20
"""So many of them in each other; what is deeper is text with a mark before it."""
_UNMARKED = 4
"""Lines of a quotation that may lack the mark; what comes after them stands outside of it."""


def bounded(engine: MarkdownIt) -> MarkdownIt:
    """The same engine, which reads quotations and lists so."""
    engine.options["maxNesting"] = DEEPEST
    ends = ["paragraph", "reference", "blockquote", "list"]  # what the two may interrupt, as markdown-it has it
    engine.block.ruler.at("blockquote", _within("quotations", _QUOTATIONS, _quotation), {"alt": ends})
    engine.block.ruler.at("list", _within("lists", _LISTS, list_block), {"alt": ends[:3]})
    return engine


def _within(name: str, deepest: int, rule: Rule) -> Rule:
    """The rule, which does not hold where it holds so many times already."""

    def read(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        depth = state.env.get(name, 0)
        if depth >= deepest:
            return False
        state.env[name] = depth + 1
        try:
            return rule(state, start, end, silent)
        finally:
            state.env[name] = depth

    return read


def _quotation(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    unmarked, line = 0, start
    while not silent and line < end and unmarked <= _UNMARKED and not state.isEmpty(line):
        unmarked += not state.src.startswith(">", state.bMarks[line] + state.tShift[line])
        line += 1
    return blockquote(state, start, line if unmarked > _UNMARKED else end, silent)
