"""What a shell offers while a word is typed: ids from the names of files, other names from the first lines of them.

Nothing is locked, no database is opened, and nothing is taken in: a prompt must not wait.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from kb import files
from kb.markdown import frontmatter

_KINDS = {"incidents": "incident", "library": "incident", "deployments": "deployment", "systems": "system"}
_NEWEST = 2000
"""So many entries are looked into for names; reading more would be felt."""
_PLAIN = re.compile(r"\w[\w .,@+/-]*")
"""What any shell takes for text and nothing else, however often it reads it (zsh runs what it is offered otherwise)."""
_VERSION = re.compile(r"\s*\([^()]*\)$")


def ids(root: Path, kind: str | None, typed: str) -> list[str]:
    """The ids that go on as typed; from a letter on also their last words, where they name one alone.

    Args:
        kind: incident, deployment or system; None for all. A file that lies in a folder of no kind may be any.
    """
    found = [path.stem for path in _paths(root) if kind is None or _KINDS.get(path.parts[1], kind) == kind]
    whole = [name for name in found if name.startswith(typed)]
    ends = sorted(end for name in found for end in _ends(name) if typed and end.startswith(typed))
    neighbours = zip(["", *ends], ends, [*ends[1:], ""], strict=False)
    alone = [end for before, end, after in neighbours if before != end and not after.startswith(end)]
    return sorted(filter(_PLAIN.fullmatch, {*whole, *alone}))


def _ends(name: str) -> Iterator[str]:
    """`back-office-down`, `office-down` and `down` of `2026-01-02-back-office-down`."""
    words = name.split("-")
    yield from ("-".join(words[at:]) for at, word in enumerate(words) if not word.isdigit())


def names(root: Path, key: str) -> list[str]:
    """What the newest entries have under a key of their front matter: services, systems, tags."""
    block = re.compile(rf"^{key}:.*(?:\n[ \t]*-? .*)*", re.MULTILINE)
    newest = sorted(_paths(root), key=lambda path: path.name, reverse=True)[:_NEWEST]
    heads = (files.head(root, str(path)).decode("utf-8", "replace").partition("\n---")[0] for path in newest)
    written = {found[0] for head in heads if (found := block.search(head))}
    return sorted({name for text in written for name in _listed(text) if _PLAIN.fullmatch(name)})


def _listed(text: str) -> Iterator[str]:
    """The names in a line of front matter, without their versions; none when it cannot be read."""
    try:
        (key,) = frontmatter.read(text, 0)
    except ValueError:
        return
    values = key.value.split(",") if isinstance(key.value, str) else key.value
    yield from (_VERSION.sub("", value).strip() for value in values if isinstance(value, str))


def _paths(root: Path) -> list[PurePosixPath]:
    return [PurePosixPath(path) for path in files.names(root)]
