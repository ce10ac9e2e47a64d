"""Bring what you have: Markdown documents taken in as entries, repeatably and without losing a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kb.config import Settings
from kb.errors import InvalidEntry, KbError, NotFound
from kb.journeys.base import KnowledgeBase
from kb.journeys.changing import AS_IT_CAME
from kb.journeys.publishing import secret_problems
from kb.journeys.record import NewEntry, Progress, Record
from kb.markdown import parse
from kb.markdown.adopt import ORIGIN, Adopted, adopt
from kb.markdown.limits import beyond
from kb.model import Problem
from kb.model.names import entry_id
from kb.secrets import masked

_VIA = "kb import"


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one document.

    Args:
        what: new, updated, unchanged, or kept as it is here.
        guessed: what kb took from where, in words.
    """

    source: str
    id: str
    path: str
    what: str
    guessed: tuple[str, ...] = ()


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    Args:
        faults: documents that could not be read, and why.
        passed_over: files that are no Markdown.
        secrets: what in them looks like a secret.
    """

    brought: list[Brought] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    secrets: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Document:
    path: Path
    name: str
    text: str


def import_paths(
    base: KnowledgeBase,
    settings: Settings,
    paths: Sequence[Path],
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Takes documents in; those taken in before are updated, keeping what people added since.

    Args:
        paths: files, or folders that are gone through.
        dry_run: only tell what would be done.

    Raises:
        NotFound: a path does not exist.
    """
    report = ImportReport()
    documents = list(_documents(paths, report))
    known = {origin: record for record in base.records() if (origin := str(record.entry.extra.get(ORIGIN, "")))}
    fresh: list[NewEntry] = []
    taken: set[str] = set()
    for number, given in enumerate(documents, 1):
        document = _gated(given, settings, report)
        try:
            if settings.secrets == "refuse" and report.secrets and report.secrets[-1].path == str(document.path):
                raise InvalidEntry(report.secrets[-1].message, "take it out, or mask it")
            if document.name in known:
                report.brought.append(_again(base, settings, document, known[document.name], dry_run))
            else:
                fresh.append(_first_time(base, settings, document, taken, report))
        except KbError as error:
            report.faults.append(Problem(str(document.path), 1, error.message, error.hint))
        if progress:
            progress(number, len(documents))
    if fresh and not dry_run:
        base.create_many(fresh, via=_VIA)
    return report


def _gated(document: _Document, settings: Settings, report: ImportReport) -> _Document:
    """A document with its secrets masked, if that is the rule; else they are told, and come along."""
    found = secret_problems(str(document.path), document.text)
    report.secrets += found
    if not found or settings.secrets != "mask":
        return document
    return replace(document, text=masked(document.text))


def _documents(paths: Sequence[Path], report: ImportReport) -> Iterator[_Document]:
    for path in paths:
        if not path.exists():
            raise NotFound(f"{path} does not exist", "name a Markdown file or a folder of them")
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink())
        for file in files:
            name = file.name if path.is_file() else file.relative_to(path.parent if path.name else path).as_posix()
            if file.suffix.lower() not in (".md", ".markdown"):
                report.passed_over.append(name)
                continue
            try:
                text = file.read_bytes().decode("utf-8")
                if problem := beyond(text, str(file)):
                    report.faults.append(problem)
                else:
                    yield _Document(file, name, text)
            except UnicodeDecodeError as error:
                report.faults.append(Problem(str(file), 1, f"not UTF-8 at byte {error.start}", "convert it to UTF-8"))
            except OSError as error:
                report.faults.append(Problem(str(file), 1, f"cannot be read: {error.strerror}", "see who may read it"))


def _first_time(
    base: KnowledgeBase, settings: Settings, document: _Document, taken: set[str], report: ImportReport
) -> NewEntry:
    own = parse(document.text)
    guessed: tuple[str, ...] = ()
    free = own.ok and own.entry and own.entry.id not in taken and not base.exists(own.entry.id)
    if free and own.entry and "\0" not in document.text:
        made, text = own.entry.id, document.text
    else:
        found = _adopted(settings, document)
        made = base.free_id(entry_id(found.day, found.title), taken)
        text, guessed = found.text(made, document.name), tuple(found.guessed)
    entry = parse(text).entry
    if entry is None:
        raise InvalidEntry("it cannot be read as an entry")
    taken.add(made)
    elsewhere = entry.kind == "incident" and entry.source and entry.company
    path = f"entries/library/{made}.md" if elsewhere else ""
    shown = (*guessed, *(("library, because it names a company and a source",) if elsewhere and guessed else ()))
    report.brought.append(Brought(document.name, made, path, "new", shown))
    return NewEntry(entry, path, text)


def _adopted(settings: Settings, document: _Document) -> Adopted:
    return adopt(document.text, document.path.name, settings.timezone, settings.visibility)


def _again(base: KnowledgeBase, settings: Settings, document: _Document, record: Record, dry_run: bool) -> Brought:
    """A document taken in before: what changed in it is merged with what people changed here."""
    found = _adopted(settings, document)
    text = found.text(record.entry.id, document.name)
    came = [r for r in base.history(record.entry.id) if r.via in (_VIA, f"{_VIA}{AS_IT_CAME}")]
    last = next((r for r in reversed(came) if r.via != _VIA), came[0] if came else None)
    if text == (base.text_at(record.entry.id, last.rev) if last else record.text):
        return Brought(document.name, record.entry.id, record.path, "unchanged")
    if last is None:  # this database never saw the import: what changed at the source cannot be told
        return Brought(document.name, record.entry.id, record.path, "kept as it is here")
    if not dry_run:
        base.save(record.entry.id, text, last.rev, via=_VIA, keep=True)
    return Brought(document.name, record.entry.id, record.path, "updated", tuple(found.guessed))
