"""A secret taken out of everything that kb keeps: files, revisions, rows, drafts, the index, the staged site."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb import files
from kb.config import CONFIG_FILE, ENTRIES_FOLDER
from kb.errors import InvalidEntry, UsageError
from kb.journeys.changing import create, delete
from kb.journeys.record import NewEntry
from kb.journeys.sync import sync
from kb.journeys.workspace import Workspace
from kb.journeys.writing import Outbox
from kb.markdown import parse
from kb.markdown.traces import replaced, traces
from kb.model.names import slug
from kb.store import Draft, Stored, Writer

REDACTED = "[redacted]"
SHORTEST = 4
"""Characters of the shortest thing that is taken out: a shorter one stands in every other word."""

_KEPT_APART = ("drafts/*", "saved/*", "rescue/*", "searches.jsonl")
_IN_IDS = 8
_ROUNDS = 4
"""What was in a file, or left beside it by a command that was cut off, is taken in while the files are written."""
_IN_ID = "redacted"
_MADE_AGAIN = ("index", "site", "public", "offline", "meaning.npz", "vocabulary.json")
_FRONT = re.compile(r"\A\ufeff?---\r?\n.*?\n---[ \t]*\r?\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Purged:
    """What was rewritten.

    Args:
        entries: ids of the entries it stood in, now or before.
        revisions: how many of their revisions.
        files: other files it stood in, from the root.
        renamed: ids that held it, each with the new one.
        left: where it still stands, which kb does not change: the site as it was built last, say.
    """

    entries: tuple[str, ...]
    revisions: int
    files: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sought:
    """What is sought, and what stands in its place.

    Args:
        names: ids that hold it, each with the new one.
        in_ids: finds what an id makes of it, also where another entry names one that is gone already.
    """

    pattern: re.Pattern[str]
    names: dict[str, str]
    in_ids: re.Pattern[str] | None = None

    def without(self, text: str) -> str:
        """A text without it; in the front matter its place has a word that means no list there."""
        if self.in_ids:
            text = self.in_ids.sub(_IN_ID, text)
        front = _FRONT.match(text)
        end = front.end() if front else 0
        word = REDACTED.strip("[]")
        return replaced(self.pattern, word, text[:end]) + replaced(self.pattern, REDACTED, text[end:])

    def within(self, text: str) -> bool:
        """Whether it stands there."""
        return self.without(text) != text


def purge(work: Workspace, secret: str) -> Purged:
    """Takes a secret out of everything; cut off at any point, it is done again from the start.

    Raises:
        UsageError: it is too short to be told from other words.
        InvalidEntry: an entry could not be read without it; nothing was changed in that one.
    """
    if len("".join(secret.split())) < SHORTEST:
        raise UsageError(
            f"what is shorter than {SHORTEST} characters stands in other words too", "give the whole secret"
        )
    with work.lock:
        sync(work, "keep")
        files.unsettle(work.root)
        work.store.forget_deleted()
        sought = _sought(work, secret)
        _rename(work, sought)
        with work.store.writing() as writer:
            for name in sought.names if not work.store.shared else ():
                writer.erase(name)
        found: dict[str, int] = {}
        for _ in range(_ROUNDS):
            with work.store.writing() as writer:
                again = {name: n for name in sorted(writer.marks()) if (n := _in_history(work, writer, name, sought))}
            with work.store.reading() as reader:
                held = reader.held()
            outbox = Outbox(work, frozenset(held))
            outbox.write(again)
            work.problems += outbox.problems
            found = again | found
            if not again:
                break
        others = [*_rewritten(work.root, held, sought), *_in_state(work.root, sought)]
        work.store.scrub()
        left = (*_left(work, sought), *_elsewhere(work.root, sought))
    entries = tuple(sorted({*found, *sought.names.values()}))
    return Purged(entries, sum(found.values()), tuple(others), tuple(sought.names.items()), left)


def _sought(work: Workspace, secret: str) -> _Sought:
    """What is sought, with the ids made from it; a short or cut one is not told from others."""
    part = slug(secret.strip(), 96)
    if len(part) < _IN_IDS:
        return _Sought(traces(secret), {})
    in_ids = re.compile(rf"(?<![a-z0-9]){re.escape(part)}(?![a-z0-9])")
    with work.store.reading() as reader:
        names = {name: in_ids.sub(_IN_ID, name) for name in sorted(reader.marks()) if in_ids.search(name)}
    return _Sought(traces(secret), names, in_ids)


def _rename(work: Workspace, sought: _Sought) -> None:
    """Records each entry whose id holds it under another one, and deletes it."""
    for old, new in list(sought.names.items()):
        with work.store.reading() as reader:
            stored, there = reader.entry(old), reader.marks()
        if stored is None or stored.deleted_at is not None:
            continue
        text = sought.without(stored.text)
        if new not in there:
            entry = parse(text).entry
            if entry is None:
                raise InvalidEntry(f"{old} could not be read without it", "take it out by hand, and do this again")
            path = stored.path.replace(old, new)
            create(work, [NewEntry(entry, path if path != stored.path else "", text)], work.origin("kb purge-secret"))
        delete(work, old, work.origin("kb purge-secret"))


def _in_history(work: Workspace, writer: Writer, entry_id: str, sought: _Sought) -> int:
    """Rewrites every revision of an entry; the newest one becomes one more, so that every checkout writes its file."""
    old = writer.lock(entry_id)
    assert old is not None
    changed = writer.rewrite(entry_id, sought.without)
    if not changed and not sought.within(old.text):
        return 0
    text = sought.without(old.text)
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


def _rewritten(root: Path, held: dict[str, tuple[str, str | None]], sought: _Sought) -> list[str]:
    """Rewrites the files that the database does not write: those with a fault."""
    found = []
    for path in held:
        while (data := files.read(root, path)) is not None:
            text = data.decode("utf-8", "surrogateescape")
            made = sought.without(text).encode("utf-8", "surrogateescape")
            if made == data:
                break
            files.replace(root, path, made, files.digest(data))  # again, should somebody have saved it meanwhile
            found.append(path)
    return sorted(set(found))


def _in_state(root: Path, sought: _Sought) -> list[str]:
    """Rewrites drafts and saves, and throws away what is made again from the entries."""
    state, found = files.state_folder(root), []
    for pattern in _KEPT_APART:
        for file in sorted(state.glob(pattern)):
            text = file.read_bytes().decode("utf-8", "surrogateescape")
            if sought.within(text):
                found.append(file.relative_to(root).as_posix())
                if file.parent.name == "rescue":
                    file.unlink()
                else:
                    file.write_bytes(sought.without(text).encode("utf-8", "surrogateescape"))
    for name in _MADE_AGAIN:
        item = state / name
        if item.is_dir():
            shutil.rmtree(item)
        else:
            item.unlink(missing_ok=True)
    return found


def _left(work: Workspace, sought: _Sought) -> Iterator[str]:
    """Where kb keeps it still, though it should not."""
    with work.store.reading() as reader:
        for name in sorted(reader.marks()):
            if name in sought.names:
                yield f"the id of {name}, which is deleted: other checkouts must know it until they have it deleted too"
            elif any(sought.within(text) for _, text in reader.texts(name)):
                yield f"the history of {name}"
    for folder in (work.root / ENTRIES_FOLDER, files.state_folder(work.root)):
        yield from _standing(work.root, folder, sought)


def _elsewhere(root: Path, sought: _Sought) -> Iterator[str]:
    """Where it stands in what kb does not change: settings, templates, the sites as they were built last."""
    yield from _standing(root, root / CONFIG_FILE, sought)
    for name in ("templates", "site", "public"):
        yield from _standing(root, root / name, sought)


def _standing(root: Path, place: Path, sought: _Sought) -> Iterator[str]:
    for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
        name = path.relative_to(root).as_posix()
        if path.is_file() and sought.within(f"{name}\n{path.read_bytes().decode('utf-8', 'surrogateescape')}"):
            yield name
