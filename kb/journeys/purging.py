"""A secret taken out of everything that kb keeps: files, revisions, rows, drafts, the index, the staged site."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from html import escape
from pathlib import Path

from kb import files
from kb.errors import InvalidEntry, UsageError
from kb.journeys.sync import sync
from kb.journeys.workspace import Workspace
from kb.journeys.writing import Outbox
from kb.markdown import parse
from kb.store import Draft, Stored, Writer

REDACTED = "[redacted]"
SHORTEST = 4
"""Characters of the shortest thing that is taken out: a shorter one stands in every other word."""

_KEPT_APART = ("drafts", "saved", "rescue")
_MADE_AGAIN = ("index", "site", "public", "meanings", "vocabulary.json")
_FRONT = re.compile(r"\A\ufeff?---\r?\n.*?\n---[ \t]*\r?\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Purged:
    """What was rewritten.

    Args:
        entries: ids of the entries it stood in, now or before.
        revisions: how many of their revisions.
        files: other files it stood in, from the root.
        site: whether it stands in the site as it was built last; it is not touched.
    """

    entries: tuple[str, ...]
    revisions: int
    files: tuple[str, ...]
    site: bool


def purge(work: Workspace, secret: str) -> Purged:
    """Takes a secret out of everything; cut off at any point, it is done again from the start.

    Raises:
        UsageError: it is too short to be told from other words.
        InvalidEntry: an entry could not be read without it; nothing was changed in that one.
    """
    pattern = _pattern(secret)
    with work.lock:
        sync(work, "keep")
        files.unsettle(work.root)
        work.store.forget_deleted()
        with work.store.writing() as writer:
            found = {
                name: count for name in sorted(writer.marks()) if (count := _in_history(work, writer, name, pattern))
            }
        with work.store.reading() as reader:
            held = reader.held()
        outbox = Outbox(work, frozenset(held))
        outbox.write(found)
        work.problems += outbox.problems
        others = [*_rewritten(work.root, held, pattern), *_in_state(work.root, pattern)]
        work.store.scrub()
    return Purged(tuple(found), sum(found.values()), tuple(others), _in_site(work.root, secret))


def _pattern(secret: str) -> re.Pattern[str]:
    """Finds a secret, also one of several lines that was indented with an item."""
    lines = [line.strip() for line in secret.strip().split("\n")]
    if len("".join(lines)) < SHORTEST:
        raise UsageError(
            f"what is shorter than {SHORTEST} characters stands in other words too", "give the whole secret"
        )
    return re.compile(r"[ \t]*\r?\n[ \t]*".join(map(re.escape, lines)))


def without(text: str, pattern: re.Pattern[str]) -> str:
    """A text with what is sought replaced; in the front matter by a word that means no list there."""
    front = _FRONT.match(text)
    end = front.end() if front else 0
    return pattern.sub(REDACTED.strip("[]"), text[:end]) + pattern.sub(REDACTED, text[end:])


def _in_history(work: Workspace, writer: Writer, entry_id: str, pattern: re.Pattern[str]) -> int:
    """Rewrites every revision of an entry; the newest one becomes one more, so that every checkout writes its file."""
    old = writer.lock(entry_id)
    assert old is not None
    changed = writer.rewrite(entry_id, lambda text: without(text, pattern))
    if not changed and not pattern.search(old.text):
        return 0
    text = without(old.text, pattern)
    if old.deleted_at is None:
        parsed = parse(text)
        if parsed.entry is None or not parsed.ok:
            raise InvalidEntry(f"{entry_id} could not be read without it", "take it out by hand, and do this again")
        writer.save(Draft(parsed.entry, text, old.path), old, work.origin("kb purge-secret"))
    else:
        _forget(writer, old, text)
    return max(changed, 1)


def _forget(writer: Writer, old: Stored, text: str) -> None:
    parsed = parse(text)
    if parsed.entry is not None:
        writer.overwrite(old, text, parsed.entry)


def _rewritten(root: Path, held: dict[str, tuple[str, str | None]], pattern: re.Pattern[str]) -> list[str]:
    """Rewrites the files that the database does not write: those with a fault."""
    found = []
    for path in held:
        while (data := files.read(root, path)) is not None:
            text = data.decode("utf-8", "surrogateescape")
            made = without(text, pattern).encode("utf-8", "surrogateescape")
            if made == data:
                break
            files.replace(root, path, made, files.digest(data))  # again, should somebody have saved it meanwhile
            found.append(path)
    return sorted(set(found))


def _in_state(root: Path, pattern: re.Pattern[str]) -> list[str]:
    """Rewrites drafts and saves, and throws away what is made again from the entries."""
    state, found = files.state_folder(root), []
    for name in _KEPT_APART:
        for file in sorted((state / name).glob("*")):
            text = file.read_bytes().decode("utf-8", "surrogateescape")
            if pattern.search(text):
                found.append(file.relative_to(root).as_posix())
                if name == "rescue":
                    file.unlink()
                else:
                    file.write_bytes(without(text, pattern).encode("utf-8", "surrogateescape"))
    for name in _MADE_AGAIN:
        item = state / name
        if item.is_dir():
            shutil.rmtree(item)
        else:
            item.unlink(missing_ok=True)
    return found


def _in_site(root: Path, secret: str) -> bool:
    """Whether it stands in the site as it was built last, in the usual places."""
    line = secret.strip().split("\n", 1)[0]
    needles = {line.encode(), escape(line).encode()}
    pages = (page for name in ("site", "public") for page in (root / name).rglob("*") if page.is_file())
    return any(needle in data for data in map(Path.read_bytes, pages) for needle in needles)
