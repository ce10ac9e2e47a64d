"""Markdown as people wrote it, made into HTML that is safe to publish.

Two walls, each of which would do: the renderer knows no raw HTML (tags in the text come out as text), and what it gives
is cleaned against a short list of tags, without any attribute that could run, style or name something. Pictures become
links: an address in an entry must not make a reader's browser call another site.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, MutableMapping, Sequence
from functools import cache, lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from kb.markdown.nesting import bounded
from kb.model.visible import readable

Resolve = Callable[[str], str]
"""Turns an address written in an entry into the one to publish; an empty answer drops the link."""

_TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "code": {"class"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MOST_BRACKETS = 2_000
"""In one text; each may begin a link, so that looking for where they all end takes long. The rest stays as it is."""
_MARKUP = re.compile(r"[^\w ,.;:?!()+\-/%=@#$'\"–’“”…]|_|://")
"""What Markdown, or HTML, may make something of inside a line; most of what people write has nothing of it."""
_BARE = re.compile(r"(?<![\w<(\[\"'/])https?://[^\s<>\"'`|\\]+[^\s<>\"'`|\\.,;:!?)\]]")


def to_html(text: str, resolve: Resolve | None = None) -> str:
    """The text as HTML blocks: paragraphs, lists, tables, code.

    Args:
        resolve: what to make of each link's address; addresses stay as they are without it.
    """
    return _cleaned(_engine().render(_prepared(text)), resolve)


def to_inline(text: str, resolve: Resolve | None = None) -> str:
    """The text as HTML to stand inside a line: emphasis, code, links; no paragraphs."""
    if not _MARKUP.search(text) and text == text.strip():
        return text
    return _cleaned(_engine().renderInline(_prepared(text)), resolve)


@lru_cache(maxsize=4096)
def to_text(text: str) -> str:
    """The words alone, on one line, without any markup: for titles, tooltips and descriptions."""
    if text[:1].isalpha() and not _MARKUP.search(text):
        return " ".join(text.split())
    words: list[str] = []
    for token in _engine().parse(_prepared(text)):
        words.extend(_words(token))
        words.append(" ")
    return " ".join("".join(words).split())


def _words(token: Token) -> list[str]:
    if token.type in ("code_block", "fence", "code_inline", "text"):
        return [token.content]
    if token.type in ("softbreak", "hardbreak"):
        return [" "]
    return [word for child in token.children or () for word in _words(child)]


def _prepared(text: str) -> str:
    return readable(_CONTROL.sub("", text))


def _cleaned(markup: str, resolve: Resolve | None) -> str:
    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "a" and name == "href" and resolve is not None:
            return resolve(value) or None
        return value

    if "<" not in markup and "&" not in markup:
        return markup
    return nh3.clean(
        markup,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
        attribute_filter=attribute,
    )


@cache
def _engine() -> MarkdownIt:
    engine = bounded(MarkdownIt("js-default", {"html": False}))
    engine.block.ruler.before("paragraph", "comment", _block_comment, {"alt": ["paragraph"]})
    engine.inline.ruler.before("autolink", "comment", _inline_comment)
    engine.core.ruler.at("inline", _inline)
    engine.core.ruler.after("inline", "addresses", _addresses)
    engine.core.ruler.after("inline", "headings", _lower_headings)
    engine.add_render_rule("image", _picture_as_link)
    return engine


def _block_comment(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Notes to the writer (`<!-- … -->`) are not published, however many lines they have."""
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("<!--", first) or state.is_code_block(start):
        return False
    close = state.src.find("-->", first + 4, state.eMarks[end - 1])
    if close < 0:
        return False
    last = state.src.count("\n", first, close) + start
    if state.src[close + 3 : state.eMarks[last]].strip():
        return False
    if not silent:
        state.line = last + 1
    return True


def _inline_comment(state: StateInline, _silent: bool) -> bool:
    if not state.src.startswith("<!--", state.pos):
        return False
    close = state.src.find("-->", state.pos + 4)
    if close < 0:
        return False
    state.pos = close + 3
    return True


def _inline(state: Any) -> None:
    """What stands inside the lines; when there are more brackets than anybody writes, it is only text."""
    brackets = 0
    for token in state.tokens:
        if token.type != "inline":
            continue
        brackets += token.content.count("[")
        token.children = [_text(token.content)] if brackets > _MOST_BRACKETS else []
        if not token.children:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _addresses(state: Any) -> None:
    """Makes links of addresses that stand bare in the text."""
    for token in state.tokens:
        if token.type == "inline" and "://" in token.content:
            token.children = _linked(token.children or [])


def _lower_headings(state: Any) -> None:
    """The page's title and its sections own the first two levels."""
    for token in state.tokens:
        if token.tag in ("h1", "h2"):
            token.tag = "h3"


def _linked(tokens: Sequence[Token]) -> list[Token]:
    done: list[Token] = []
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type == "text" and depth == 0 and "://" in token.content:
            done.extend(_split_at_addresses(token))
        else:
            done.append(token)
    return done


def _split_at_addresses(token: Token) -> list[Token]:
    parts: list[Token] = []
    end = 0
    for found in _BARE.finditer(token.content):
        parts.append(_text(token.content[end : found.start()]))
        parts.append(Token("link_open", "a", 1, attrs={"href": found.group()}))
        parts.append(_text(found.group()))
        parts.append(Token("link_close", "a", -1))
        end = found.end()
    parts.append(_text(token.content[end:]))
    return [part for part in parts if part.type != "text" or part.content]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _picture_as_link(
    _renderer: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: MutableMapping[str, Any]
) -> str:
    token = tokens[at]
    address = html.escape(str(token.attrs.get("src", "")))
    return f'<a href="{address}">{html.escape(token.content or "picture")}</a>'
