"""Bring what you have: what other tools exported taken in as entries, repeatably and without losing a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from kb.config import Settings
from kb.errors import InvalidEntry, KbError, NotFound, UsageError
from kb.files import git
from kb.journeys.base import KnowledgeBase
from kb.journeys.changing import AS_IT_CAME
from kb.journeys.publishing import secret_problems
from kb.journeys.record import NewEntry, Progress, Record
from kb.markdown import parse
from kb.markdown.adopt import ORIGIN, adopt
from kb.markdown.limits import beyond
from kb.model import Problem, Visibility
from kb.model.names import entry_id
from kb.secrets import masked
from kb.sources import Fault, Found, Opener, Passed, Plain, Tag, known, read_map, require_format

_VIA = "kb import"


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one thing.

    Args:
        source: the document it came from, or its name in the other tool.
        what: new, updated, unchanged, or kept as it is here.
        guessed: what kb took from where, in words.
        understood: the fields that have something now.
        aside: what kb has no field for; it is kept in the entry.
    """

    source: str
    id: str
    path: str
    what: str
    guessed: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    Args:
        faults: what could not be read, and why.
        passed_over: files that kb does not read.
        secrets: what looks like a secret.
    """

    brought: list[Brought] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    secrets: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Coming:
    """One thing to be taken in: how it is called, and what gives its text under an id."""

    title: str
    day: date | None
    guessed: tuple[str, ...]
    text: Callable[[str], str]


def import_paths(
    base: KnowledgeBase,
    settings: Settings,
    paths: Sequence[Path],
    dry_run: bool = False,
    progress: Progress | None = None,
    format: str = "auto",
    columns: Path | None = None,
) -> ImportReport:
    """Takes in what other tools exported; what was taken in before is updated, keeping what people added since.

    Args:
        paths: files, archives, or folders that are gone through; for the format git, repositories.
        dry_run: only tell what would be done.
        format: one of `kb.sources.FORMATS`.
        columns: a file that says which column of a table is what.

    Raises:
        NotFound: a path does not exist.
        UsageError: the format, or the map of columns, is none.
    """
    columns_map = read_map(_text(columns), str(columns)) if columns else None
    opener = Opener(require_format(format), settings.timezone, columns_map, _tags)
    coming = _Intake(base, settings, dry_run, ImportReport())
    everything = list(_everything(opener, paths, coming.report))
    for number, source in enumerate(everything, 1):
        coming.take(source)
        if progress:
            progress(number, len(everything))
    if coming.fresh and not dry_run:
        base.create_many(coming.fresh, via=_VIA)
    return coming.report


def _everything(opener: Opener, paths: Sequence[Path], report: ImportReport) -> Iterator[Plain | Found]:
    for path in paths:
        if not path.exists():
            raise NotFound(f"{path} does not exist", "name a file or a folder")
        for one in opener.everything(path):
            if isinstance(one, Passed):
                report.passed_over.append(one.name)
            elif isinstance(one, Fault):
                report.faults.append(Problem(one.name, 1, one.error.message, one.error.hint))
            else:
                yield one


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "name a file that says 'field: column' a line") from None


def _tags(path: Path) -> tuple[str, list[Tag]]:
    return git.project(path), [Tag(*found) for found in git.tags(path)]


@dataclass(slots=True)
class _Intake:
    base: KnowledgeBase
    settings: Settings
    dry_run: bool
    report: ImportReport
    fresh: list[NewEntry] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    known: dict[str, Record] = field(default_factory=dict)
    here: dict[str, Record] = field(default_factory=dict)

    def __post_init__(self) -> None:
        records = self.base.records()
        self.here = {record.entry.id: record for record in records}
        self.known = {origin: record for record in records if (origin := str(record.entry.extra.get(ORIGIN, "")))}

    def take(self, source: Plain | Found) -> None:
        """Takes one thing in; what cannot be read is only told."""
        name, place = source.key, _place(source)
        try:
            if isinstance(source, Plain) and (problem := beyond(source.text, place)):
                self.report.faults.append(problem)
            elif name in self.known:
                self.again(source, self.known[name])
            else:
                self.first_time(source)
        except KbError as error:
            self.report.faults.append(Problem(place, 1, error.message, error.hint))

    def coming(self, source: Plain | Found) -> _Coming:
        """What it is called, by its own words or by a guess; secrets are told, or masked where that is the rule."""
        if isinstance(source, Found):
            found = replace(source, entry=replace(source.entry, visibility=Visibility(self.settings.visibility)))
            title = masked(source.title) if self.settings.secrets == "mask" else source.title
            text = partial(found.text, origin=source.key)
            return _Coming(title, source.day, source.guessed, lambda id_: self.gated(text(id_), source.key))
        plain = self.gated(source.text, _place(source))
        adopted = adopt(plain, Path(source.name).name, self.settings.timezone, self.settings.visibility)
        return _Coming(adopted.title, adopted.day, tuple(adopted.guessed), lambda id_: adopted.text(id_, source.name))

    def gated(self, text: str, name: str) -> str:
        found = secret_problems(name, text)
        self.report.secrets += found
        if found and self.settings.secrets == "refuse":
            raise InvalidEntry(found[-1].message, "take it out, or mask it")
        return masked(text) if found and self.settings.secrets == "mask" else text

    def first_time(self, source: Plain | Found) -> None:
        """Something that was never taken in before: an entry of kb's own stays what it is."""
        own = parse(source.text) if isinstance(source, Plain) and "\0" not in source.text else None
        if isinstance(source, Plain) and own and own.ok and own.entry and own.entry.id not in self.taken:
            if there := self.here.get(own.entry.id):
                self.tell(source.name, own.entry.id, there.path, "unchanged" if there.text == source.text else _KEPT)
                return
            if not self.base.exists(own.entry.id):
                self.new(source, source.path, own.entry.id, self.gated(source.text, _place(source)), ())
                return
        coming = self.coming(source)
        made = self.base.free_id(entry_id(coming.day, coming.title), self.taken)
        self.new(source, "", made, coming.text(made), coming.guessed)

    def new(self, source: Plain | Found, path: str, made: str, text: str, guessed: tuple[str, ...]) -> None:
        entry = parse(text).entry
        if entry is None:
            raise InvalidEntry("it cannot be read as an entry")
        self.taken.add(made)
        elsewhere = not path and entry.kind == "incident" and entry.source and entry.company
        path = f"entries/library/{made}.md" if elsewhere else path
        shown = (*guessed, *(("library, because it names a company and a source",) if elsewhere and guessed else ()))
        self.tell(source.key, made, path, "new", shown, source)
        self.fresh.append(NewEntry(entry, path, text))

    def again(self, source: Plain | Found, record: Record) -> None:
        """Something taken in before: what changed in it is merged with what people changed here."""
        coming, name = self.coming(source), record.entry.id
        text = coming.text(name)
        came = [r for r in self.base.history(name) if r.via in (_VIA, f"{_VIA}{AS_IT_CAME}")]
        last = next((r for r in reversed(came) if r.via != _VIA), came[0] if came else None)
        if text == (self.base.text_at(name, last.rev) if last else record.text):
            self.tell(source.key, name, record.path, "unchanged")
        elif last is None:  # this database never saw the import: what changed at the source cannot be told
            self.tell(source.key, name, record.path, _KEPT)
        else:
            if not self.dry_run:
                self.base.save(name, text, last.rev, via=_VIA, keep=True)
            self.tell(source.key, name, record.path, "updated", coming.guessed, source)

    def tell(
        self,
        name: str,
        id_: str,
        path: str,
        what: str,
        guessed: tuple[str, ...] = (),
        source: Plain | Found | None = None,
    ) -> None:
        found = source if isinstance(source, Found) else None
        aside = tuple(map(str, found.aside)) if found and isinstance(found.aside, dict) else ()
        understood = known(found.entry) if found else ()
        self.report.brought.append(Brought(name, id_, path, what, guessed, understood, aside))


def _place(source: Plain | Found) -> str:
    """How messages call it: by its file where it has one."""
    return (source.file if isinstance(source, Plain) else "") or source.key


_KEPT = "kept as it is here"
