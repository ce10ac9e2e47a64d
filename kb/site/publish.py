"""A site made in a folder of its own, looked through, and only then put where it is published."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from urllib.parse import unquote

from kb import secrets
from kb.config import STATE_FOLDER
from kb.errors import AlreadyExists, ProblemsFound
from kb.journeys.publishing import Published
from kb.site.plugin import PUBLIC_STAGE
from kb.site.run import Built, Phase, build

OURS = "assets/kb-site.js"
"""What tells a site of kb."""
_DATA = frozenset({".html", ".xml", ".txt", ".json", ".js", ".md", ".svg", ".ics"})
_THEME = re.compile(
    r"assets/(?:javascripts|stylesheets|images|fonts)/|assets/(?:kb-(?:site|table|rank|search)|iframe-worker)\.js$"
)
"""What comes with the theme and with kb, and holds nothing of an entry."""
_TAG = re.compile(r"<[^<>]{0,5000}>")


def publish(
    root: Path,
    target: Path,
    only: Published | None = None,
    *,
    as_of: datetime | None = None,
    phase: Phase | None = None,
) -> Built:
    """Builds the site strictly and from nothing, looks through every file of it, and puts it in its place as a whole.

    Args:
        target: the folder; one with a site of kb is replaced.
        only: what strangers may read, and what must not stand anywhere.

    Raises:
        AlreadyExists: the folder holds something else; it was not touched.
        ProblemsFound: the build failed, or something private stood in it; what was there before is untouched.
    """
    if target.exists() and (not target.is_dir() or (any(target.iterdir()) and not (target / OURS).is_file())):
        raise AlreadyExists(f"{target} holds something that is no site of kb", "name a folder that may be replaced")
    target.parent.mkdir(parents=True, exist_ok=True)
    made = target.with_name(f".{target.name}-{token_hex(4)}")
    try:
        built = build(root, made, strict=True, as_of=as_of, phase=phase, only=only, fresh=True)
        if only and (found := list(leaks(made, only.forbidden, only.allowed))):
            place, word = found[0]
            raise ProblemsFound(
                f"nothing was published: {place} would show {word!r}, and {len(found) - 1} more such places",
                "name it in 'people', 'customers' or 'hosts' in mkdocs.yml, or mark the place as internal",
            )
        _take_place(made, target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
        shutil.rmtree(root / STATE_FOLDER / PUBLIC_STAGE, ignore_errors=True)
    return Built(target, built.pages, built.made, built.entries, built.left_out, built.seconds)


def leaks(site: Path, forbidden: Iterable[str], allowed: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """What stands in a finished site and must not: file, and the word or the kind of secret.

    Args:
        allowed: what looks like a secret and is none.
    """
    words = sorted(
        {" ".join(word.casefold().split()) for word in forbidden if word.strip()}, key=lambda w: (-len(w), w)
    )
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)") if words else None
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if not path.is_file() or path.suffix not in _DATA or _THEME.match(name):
            continue
        text = path.read_text("utf-8", "replace")
        if path.suffix == ".ics":  # its lines are folded anywhere, and commas in it escaped
            text = re.sub(r"\n[ \t]", "", text.replace("\r", "")).replace("\\n", "\n").replace("\\", "")
        plain = " ".join(unquote(html.unescape(f"{name} {text}")).split())
        if pattern and (found := pattern.search(plain.casefold())):
            yield name, found[0]
        words_only = html.unescape(_TAG.sub(" ", text))
        for secret in secrets.find(words_only):
            if words_only[secret.start : secret.end] not in allowed:
                yield name, f"a secret ({secret.kind})"
                break


def _take_place(made: Path, target: Path) -> None:
    """The new site in the place of the old one; whoever is cut off in between finds one of them beside it."""
    old = target.with_name(f"{made.name}-old")
    if target.exists():
        target.rename(old)
    made.rename(target)
    shutil.rmtree(old, ignore_errors=True)
