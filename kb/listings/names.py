"""One name a line, and what stands around listings that people paste: prompts, rulers, the command they typed."""

from __future__ import annotations

import re

from kb.listings.commands import base
from kb.listings.text import is_ruler
from kb.listings.thing import Form, Row, Thing, named

_NAME = re.compile(r"[\w@/\\(.$+&~-][\w@.:/\\$()+&#*~-]*(?: [\w@.:/\\$()+&#*~-]+){0,5}")
_PROMPT = re.compile(
    r"(?:PS )?[A-Za-z]:\\[^>]{0,200}>|PS>|[$>❯] \S"
    r"|[\w.-]{1,40}@[\w.-]{1,80}(?::[^\s#$%]{0,200})?[#$%](?: |$)|\[[\w.-]{1,40}@[^\]]{1,200}\] ?[#$%]"
)
_COMMAND = re.compile(
    r"(?:# )?(?:sudo )?(?:ps(?: +-?[a-z]{1,6})* *(?:\||$)|systemctl\b.* list-|systemctl list-"
    r"|tasklist(?:\.exe)?(?: +/|$)|get-(?:service|process)\b|docker (?:ps|compose|container)\b|kubectl\b.* get\b"
    r"|\S*appcmd(?:\.exe)?\"? list\b|#TYPE )",
    re.IGNORECASE,
)
_LONGEST = 100


def aside(line: str) -> bool:
    """Whether a line tells nothing of what runs: blank, a ruler, a prompt, or the command that was typed."""
    plain = line.strip()
    return not plain or is_ruler(line) or bool(_PROMPT.match(plain) or _COMMAND.match(plain))


def _row(line: str) -> Row:
    plain = line.partition(" #")[0].strip()
    if plain.startswith("#"):
        return ()
    if not _NAME.fullmatch(plain) or plain.endswith((".", ":")) or " :" in plain or ": " in plain:
        return None
    if len(plain) > _LONGEST or not any(map(str.isalpha, plain)):
        return None
    return (Thing(named(base(plain)), "name", path=plain if plain.startswith("/") else ""),) if base(plain) else None


NAMES = Form("names", "one name a line", "", lambda line, ruler: None, _row)
