"""Recording what a command changes: one transaction, which is the acknowledgement, and then the file.

A change begins from the newest text and from what was just saved in the file, so that nobody else's is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kb import files
from kb.errors import AlreadyExists, InvalidEntry, NotFound, StoreUnavailable
from kb.journeys.intake import BY_HAND, Held, Incoming, Intake, Taken, newly_held, understand
from kb.journeys.record import NewEntry, Progress, Record, record_of, stale_ids
from kb.journeys.workspace import Workspace, usual_path
from kb.journeys.writing import Outbox
from kb.markdown import parse, render, revise
from kb.markdown.limits import require_entry
from kb.markdown.merge import merge
from kb.model import Entry, Problem
from kb.store import Draft, Mark, Origin, Stored, Writer

AS_IT_CAME = ", as it came"
"""How a revision says that it is a text as it was given, which was then merged with what had been recorded."""


def create(
    work: Workspace, entries: Sequence[NewEntry], origin: Origin, progress: Progress | None = None
) -> list[Record]:
    """Records new entries, all or none, and writes their files.

    Raises:
        AlreadyExists: there is an entry of that id, or a file in that place; nothing was written.
        InvalidEntry: an entry cannot be written down (it is too long, say), or a path is no place for it.
    """
    drafts = []
    for done, new in enumerate(entries, 1):
        drafts.append(_draft(work, new))
        if progress:
            progress(done, len(entries))
    with work.lock:
        _require_free(work, drafts)
        files.unsettle(work.root)
        with work.store.writing() as writer:
            saved = []
            for draft in drafts:
                saved.append(writer.save(draft, None, origin))
                writer.mark_file(draft.entry.id, draft.path, 0, "")
        _write(work, {draft.entry.id: draft.path for draft in drafts})
    return [record_of(stored, stored.path) for stored in saved]


def change(work: Workspace, entry_id: str, edit: Callable[[Entry], Entry], origin: Origin) -> Record:
    """Changes only the lines of what differs.

    Raises:
        NotFound: there is no such entry.
        InvalidEntry: the change cannot be written, or makes the entry too long; nothing was changed.
    """

    def make(old: Stored) -> tuple[str, Entry]:
        wanted = edit(record_of(old, "").entry)
        return revise(old.text, wanted), wanted

    return _revise(work, entry_id, make, origin)


def save(work: Workspace, entry_id: str, text: str, base_rev: int, origin: Origin, keep: bool = False) -> Record:
    """Records a text that was edited as a whole, merged with what has been recorded since.

    Args:
        keep: keep the text as it came as a revision of its own, to compare the next one with.

    Raises:
        NotFound: there is no such entry or revision.
        InvalidEntry: the text is not an entry, or of another one, or too long; nothing was changed.
    """
    require_entry(text, "")
    parsed = parse(text)
    if parsed.entry is None or not parsed.ok:
        first = next(problem for problem in parsed.problems if problem.level == "error")
        raise InvalidEntry(f"line {first.line}: {first.message}", first.hint)
    if parsed.entry.id != entry_id:
        raise InvalidEntry(f"the id was {entry_id} and is now {parsed.entry.id}", "set it back; an id never changes")
    with work.store.reading() as reader:
        base = reader.text(entry_id, base_rev)
    if base is None:
        raise NotFound(f"{entry_id} has no revision {base_rev}", f"see 'kb history {entry_id}'")

    def make(old: Stored) -> tuple[str, Entry]:
        merged = merge(base, old.text, text).text
        entry = parse(merged).entry
        assert entry is not None
        return merged, entry

    return _revise(work, entry_id, make, origin, text if keep else "")


def delete(work: Workspace, entry_id: str, origin: Origin) -> None:
    """Deletes an entry and its file; the text stays in the database.

    Raises:
        NotFound: there is no such entry.
    """
    with work.lock:
        mark = _refresh(work, entry_id)
        files.unsettle(work.root)
        with work.store.writing() as writer:
            writer.tombstone(_locked(writer, entry_id), origin)
        _write(work, {entry_id: mark.path})


def _draft(work: Workspace, new: NewEntry) -> Draft:
    path = new.path or usual_path(new.entry, work.clock().year)
    files.place(work.root, path)
    text = new.text or render(new.entry)
    require_entry(text, "")
    if "\0" in text or parse(text).entry != new.entry:
        raise InvalidEntry(f"{new.entry.id} cannot be written down so that it reads the same", "change its text")
    return Draft(new.entry, text, path)


def _require_free(work: Workspace, drafts: Sequence[Draft]) -> None:
    with work.store.reading() as reader:
        known = reader.marks()
    taken = {mark.path for mark in known.values() if not mark.deleted}
    for draft in drafts:
        if mark := known.get(draft.entry.id):
            hint = f"'kb restore {mark.id}' brings it back" if mark.deleted else f"its file is {mark.path}"
            state = "was deleted" if mark.deleted else "exists already"
            raise AlreadyExists(f"{mark.id} {state}", hint)
        if draft.path in taken or files.place(work.root, draft.path).exists():
            raise AlreadyExists(f"{draft.path} exists already", "nothing was overwritten; choose another title or id")
        taken.add(draft.path)
        known[draft.entry.id] = Mark(draft.entry.id, 1, False, draft.path, 0, "")


def _revise(
    work: Workspace, entry_id: str, make: Callable[[Stored], tuple[str, Entry]], origin: Origin, keep: str = ""
) -> Record:
    with work.lock:
        mark = _refresh(work, entry_id)
        with work.store.writing() as writer:
            old = _locked(writer, entry_id)
            stale = stale_ids(writer.held())
            text, entry = make(old)
            require_entry(text, old.text)
            if text == old.text and not keep:
                return record_of(old, mark.path, stale)
            if "\0" in text:
                raise InvalidEntry(f"{entry_id} would hold a NUL character", "nothing was changed")
            files.unsettle(work.root)
            if keep:
                writer.keep(entry_id, old.rev + 1, keep, replace(origin, via=f"{origin.via}{AS_IT_CAME}"))
            new = writer.save(Draft(entry, text, old.path), old, origin, skip=1 if keep else 0)
        _write(work, {entry_id: mark.path})
    return record_of(new, mark.path, stale)


def _locked(writer: Writer, entry_id: str) -> Stored:
    found = writer.lock(entry_id)
    if found is None or found.deleted_at is not None:
        raise NotFound(f"no entry {entry_id}", "'kb list' shows what there is")
    return found


def _refresh(work: Workspace, entry_id: str) -> Mark:
    """Takes in what was just saved in one entry's file, so that a change begins from it; a fault is only noted."""
    with work.store.reading() as reader:
        mark, held = reader.mark(entry_id), reader.held()
    if mark is None or mark.deleted:
        raise NotFound(f"no entry {entry_id}", "'kb list' shows what there is")
    data = files.read(work.root, mark.path) if mark.file_rev else None
    if data is None or files.digest(data) in (mark.sha256, held.get(mark.path, ("",))[0]):
        return mark
    found = understand(mark.path, data)
    files.unsettle(work.root)
    with work.store.writing() as writer:
        taken = _taken(work, writer, found, mark)
        others = {path: value for path, value in held.items() if path != mark.path}
        if isinstance(taken, Held):
            writer.hold(others | {mark.path: (found.sha256, mark.id)})
            work.problems += taken.problems
        else:
            writer.mark_file(mark.id, mark.path, taken.file_rev, found.sha256)
            writer.hold(others)
            work.problems += [clash.problem() for clash in taken.clashes]
    return mark


def _taken(work: Workspace, writer: Writer, found: Incoming | Held, mark: Mark) -> Taken | Held:
    if isinstance(found, Held):
        return newly_held(found, mark)
    if found.entry.id != mark.id:
        problem = Problem(found.path, 1, f"the id was {mark.id} and is now {found.entry.id}", "run 'kb sync'")
        return Held(found.path, found.sha256, (problem,), mark.id)
    return Intake(writer, work.root, work.store.checkout, work.origin(BY_HAND)).take(found, mark)


def _write(work: Workspace, paths: Mapping[str, str]) -> None:
    """Writes the files of what is recorded, entry by path. That it cannot be done yet is told, and no failure."""
    try:
        with work.store.reading() as reader:
            held = reader.held()
        outbox = Outbox(work, frozenset(held) | stale_ids(held))
        outbox.write(paths)
    except StoreUnavailable as error:
        hint = "it is kept in the database; the next command writes it"
        message = f"the file is not written yet: {error.message}"
        work.problems += [Problem(path, 1, message, hint) for path in paths.values()]
        return
    work.problems += outbox.problems
    work.problems += [clash.problem() for clash in outbox.clashes]
