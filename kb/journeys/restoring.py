"""Entry files written back from the database, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable

from kb import files
from kb.errors import NotFound
from kb.journeys.record import RestoreReport
from kb.journeys.sync import sync
from kb.journeys.workspace import Workspace
from kb.journeys.writing import Outbox
from kb.markdown import parse
from kb.store import Draft, Mark, Writer


def restore(work: Workspace, ids: Iterable[str] | None) -> RestoreReport:
    """Writes back every entry that has no file, or the named ones, even deleted or faulty.

    Raises:
        NotFound: an id is of no entry; nothing was restored.
    """
    named = None if ids is None else list(dict.fromkeys(ids))
    with work.lock:
        with work.store.reading() as reader:
            known = reader.marks()
        if unknown := [entry_id for entry_id in named or () if entry_id not in known]:
            raise NotFound(f"no entry {unknown[0]}", "'kb list' shows what there is")
        report = sync(work, "keep")
        written = [(change.id, change.path) for change in report.changed if change.what == "written"]
        if named is not None:
            written = [*_named(work, named), *(pair for pair in written if pair[0] in named)]
    return RestoreReport(tuple(sorted(set(written))), tuple(work.problems), report.unchanged)


def _named(work: Workspace, ids: list[str]) -> list[tuple[str, str]]:
    """Brings back the named ones. A faulty file leaves its place only when the database knows that one is to be written
    there: a command that is cut off in between has deleted nothing.
    """
    files.unsettle(work.root)
    faulty: list[str] = []
    with work.store.writing() as writer:
        held = writer.held()
        for entry_id in ids:
            mark = writer.mark(entry_id)
            assert mark is not None
            if mark.deleted:
                _revive(work, writer, mark)
            elif mark.path in held:
                faulty.append(mark.path)
                writer.mark_file(entry_id, mark.path, 0, "")
                held.pop(mark.path)
        writer.hold(held)
    for path in faulty:
        if (place := files.place(work.root, path)).exists():
            files.keep_save(work.root, place)
    work.problems[:] = [problem for problem in work.problems if problem.path not in faulty]
    outbox = Outbox(work, frozenset(held))
    outbox.write(ids)
    work.problems += outbox.problems
    return [(change.id, change.path) for change in outbox.written]


def _revive(work: Workspace, writer: Writer, mark: Mark) -> None:
    old = writer.lock(mark.id)
    assert old is not None
    entry = parse(old.text).entry
    assert entry is not None
    writer.save(Draft(entry, old.text, old.path), old, work.origin("kb restore"))
    writer.mark_file(mark.id, old.path, 0, "")
