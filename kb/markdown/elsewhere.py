"""Markdown of an entry for a place that reads more into Markdown than kb does: a wiki runs HTML and fetches pictures.

Tags become text, notes to the writer go, pictures become links, and links lead to the web or are only their words. The
result is read as CommonMark with HTML and tables would be; where anything is left in it that kb would not show, its
signs are taken as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from kb.markdown.nesting import bounded

Address = Callable[[str], str]
"""The address on the web of the entry with an id; empty where it has none."""

_PARTS = re.compile(
    r"(?P<fenced>^(?P<fence>[ \t>]*(?:`{3,}|~{3,}))[^\n]*\n(?s:.*?)(?:^(?P=fence)[`~]*[ \t]*$|\Z))"
    r"|(?P<code>(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<escaped>\\[^\n])|(?P<auto><https?://[^\s<>]+>)"
    r"|(?P<note><!--(?s:.*?)-->)|(?P<tag><)"
    r"|!?\[(?P<label>[^\[\]\n]*)\]\((?P<target>[^()\s]*)\)|(?P<picture>!\[)",
    re.MULTILINE,
)
_ENTRY = re.compile(r"(?:[\w./-]*/)?([a-z0-9-]+)\.md(?:#.*)?")
_WEB = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f]*", re.IGNORECASE)
_MOST_BRACKETS = 2_000
_SIGNS = str.maketrans({"<": "&lt;", "[": "\\[", "]": "\\]"})


def elsewhere(text: str, address: Address) -> str:
    """The text as it may be put into a wiki."""
    if text.count("[") <= _MOST_BRACKETS:
        made = _PARTS.sub(lambda found: _part(found, address), text)
        if not any(map(_more_than_text, _engine().parse(made))):
            return made
    return text.translate(_SIGNS)


def _part(found: re.Match[str], address: Address) -> str:
    if found["fenced"] or found["code"] or found["escaped"] or found["auto"]:
        return found[0]
    if found["tag"]:
        return "&lt;"
    if found["note"]:
        return ""
    if found["picture"]:
        return "["
    label, target = found["label"], found["target"]
    if entry := _ENTRY.fullmatch(target):
        target = address(entry[1])
    label = label.replace("<", "&lt;")
    return f"[{label}]({target})" if _WEB.fullmatch(target) else label


def _more_than_text(token: Token) -> bool:
    """Whether a wiki would run it, fetch it, or lead somewhere with it that is not the web."""
    if token.type in ("html_block", "html_inline", "image"):
        return True
    if token.type == "link_open" and not _WEB.fullmatch(str(token.attrs.get("href", ""))):
        return True
    return any(map(_more_than_text, token.children or ()))


@cache
def _engine() -> MarkdownIt:
    engine = bounded(MarkdownIt("js-default", {"html": True}))
    engine.validateLink = _any  # type: ignore[method-assign]
    return engine


def _any(url: str) -> bool:  # noqa: ARG001  (markdown-it gives it)
    """Whatever a wiki might take for a link."""
    return True
