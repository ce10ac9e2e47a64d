"""What became of an entry: its revisions, what each changed, and the way back to one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff

from kb import files
from kb.errors import InvalidEntry, NotFound
from kb.journeys.record import Record, record_of
from kb.journeys.sync import sync
from kb.journeys.workspace import Workspace
from kb.journeys.writing import Outbox
from kb.markdown import parse
from kb.model import Moment
from kb.store import Draft, Reader, Revision


@dataclass(frozen=True, slots=True)
class Step:
    """A revision and what it changed.

    Args:
        added, removed: how many lines.
    """

    revision: Revision
    added: int
    removed: int


def steps(work: Workspace, entry_id: str) -> list[Step]:
    """The revisions of an entry with what each changed, oldest first.

    Raises:
        NotFound: there never was such an entry.
    """
    with work.store.reading() as reader:
        revisions = _known(reader, entry_id)
        texts = dict(reader.texts(entry_id))
    made, before = [], Counter[str]()
    for revision in revisions:
        now = Counter(texts[revision.rev].split("\n")) if revision.rev in texts else before
        made.append(Step(revision, (now - before).total(), (before - now).total()))
        before = now
    return made


def difference(work: Workspace, entry_id: str, rev: int) -> list[str]:
    """What a revision changed, as lines of a unified diff against the one before.

    Raises:
        NotFound: there is no such revision.
    """
    with work.store.reading() as reader:
        numbers = [revision.rev for revision in _known(reader, entry_id)]
        text = reader.text(entry_id, rev)
        earlier = [number for number in numbers if number < rev]
        before = reader.text(entry_id, earlier[-1]) if earlier else ""
    if text is None:
        raise NotFound(f"{entry_id} has no revision {rev}", f"see 'kb history {entry_id}'")
    names = f"revision {earlier[-1] if earlier else 0}", f"revision {rev}"
    return list(unified_diff((before or "").split("\n"), text.split("\n"), *names, lineterm=""))


def revision_at(work: Workspace, entry_id: str, moment: datetime) -> int:
    """The revision that was the newest at a moment.

    Raises:
        NotFound: there was none yet.
    """
    with work.store.reading() as reader:
        revisions = _known(reader, entry_id)
    earlier = [revision.rev for revision in revisions if revision.at <= moment]
    if not earlier:
        first = Moment(revisions[0].at, "second").local("UTC")
        raise NotFound(f"{entry_id} was not recorded yet", f"its first revision is of {first} UTC")
    return earlier[-1]


def go_back(work: Workspace, entry_id: str, rev: int) -> Record:
    """Makes the text of an earlier revision the newest one, byte for byte; what came after it stays in the history.

    Raises:
        NotFound: there is no such entry or revision.
        InvalidEntry: that text cannot be read by this release, or the entry's file has a fault; nothing was changed.
    """
    with work.lock:
        sync(work, "keep")
        files.unsettle(work.root)
        with work.store.writing() as writer:
            old, text, held = writer.lock(entry_id), writer.text(entry_id, rev), writer.held()
            mark = writer.mark(entry_id)
            if old is None or mark is None or text is None:
                raise NotFound(f"{entry_id} has no revision {rev}", f"see 'kb history {entry_id}'")
            if mark.path in held:
                raise InvalidEntry(f"{mark.path} has a fault", f"'kb restore {entry_id}' first brings it back")
            parsed = parse(text)
            if parsed.entry is None or not parsed.ok:
                hint = f"'kb history {entry_id} --rev {rev}' prints it"
                raise InvalidEntry(f"revision {rev} cannot be read by this release", hint)
            if old.deleted_at is not None:
                writer.mark_file(entry_id, old.path, 0, "")
            new = writer.save(Draft(parsed.entry, text, old.path), old, work.origin(f"kb restore, revision {rev}"))
        outbox = Outbox(work, frozenset(held))
        outbox.write([entry_id])
        work.problems += outbox.problems
    return record_of(new, mark.path)


def _known(reader: Reader, entry_id: str) -> list[Revision]:
    found = reader.revisions(entry_id)
    if not found:
        raise NotFound(f"no entry {entry_id}", "'kb list' shows what there is; a deleted one is known by its whole id")
    return found
