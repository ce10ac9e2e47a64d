"""What an entry says, put into a Markdown page that is mailed or posted: as words, and as nothing else."""

from __future__ import annotations

import re

from kb.model.visible import visible

_LONGEST = 300
"""Characters of one text."""
_MARKS = re.compile(r"[\\`*\[\]{}~]|(?<![^\W_])_|_(?![^\W_])")
_STARTS = re.compile(r"^([#+=|:-]|\d+(?=[.)]))")


def quoted(text: str) -> str:
    """The words of an entry's text on one line, so that Markdown and HTML read them as words and nothing else."""
    from kb.markdown.html import to_text  # it loads a Markdown parser, which no other command line needs

    words = visible(to_text(text)).replace("\n", " ")
    words = words if len(words) <= _LONGEST else words[:_LONGEST].rpartition(" ")[0] + " …"
    words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    words = _MARKS.sub(lambda mark: f"\\{mark[0]}", words)
    return _STARTS.sub(lambda mark: f"{mark[0]}\\" if mark[0].isdigit() else f"\\{mark[0]}", words)
