"""What a file of another tool is, and everything in it. Which tool it comes from is seen, unless it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from kb.errors import InvalidEntry, UsageError
from kb.sources import own, pagers, releases, slack, table
from kb.sources.found import Found
from kb.sources.reading import archive, contents, decoded, document, lines

MARKDOWN = (".md", ".markdown")
_TOLD: Mapping[str, Callable[[Any, str], Iterator[Found]]] = {
    "pagerduty": pagers.pagerduty, "opsgenie": pagers.opsgenie, "statuspage": pagers.statuspage,
    "octopus": releases.octopus, "argocd": releases.argocd, "github-releases": releases.github,
}  # fmt: skip
FORMATS = ("auto", "markdown", "slack", "csv", "json", "kb", "git", "git-log", *_TOLD)
"""What `--format` takes."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A document in Markdown.

    Args:
        name: says where it comes from, and finds it again.
        path: its place among the entries, if it had one.
        file: the file it was found in, for messages.
        wanted: whether it is an entry of kb's own, to be taken as it is.
    """

    name: str
    text: str
    path: str = ""
    wanted: bool = False
    file: str = ""

    @property
    def key(self) -> str:
        """Its name, as other tools' things have one."""
        return self.name


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that could not be read, and why; the rest was."""

    name: str
    error: InvalidEntry


@dataclass(frozen=True, slots=True)
class Passed:
    """A file that is nothing kb reads."""

    name: str


Read = Plain | Found | Fault | Passed


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens files.

    Args:
        format: one of FORMATS.
        timezone: of times without an offset, and of the entries.
        columns: which column of a table is what, if somebody said so.
        tags: reads the tags of a git repository.
    """

    format: str
    timezone: str
    columns: table.Columns | None = None
    tags: Callable[[Path], tuple[str, list[releases.Tag]]] | None = None

    def everything(self, path: Path) -> Iterator[Read]:
        """What a file or a folder holds."""
        if self.format == "git" and self.tags:
            name, found = self.tags(path)
            yield from releases.tags(name, found, self.timezone)
        elif path.is_file():
            yield from self.one(path, path.name)
        else:
            yield from self._folder(path)

    def _folder(self, folder: Path) -> Iterator[Read]:
        files = sorted(file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
        below = [file.relative_to(folder).as_posix() for file in files]
        if self.format == "slack" or (self.format == "auto" and slack.is_export(below)):
            yield from self._slack({name: contents(folder / name) for name in below if name.endswith(".json")})
            yield from (Passed(name) for name in below if not name.endswith(".json"))
            return
        top = folder.parent if folder.name else folder
        for file in files:
            yield from self.one(file, file.relative_to(top).as_posix())

    def one(self, path: Path, name: str) -> Iterator[Read]:
        """What a file holds; a fault in it is told, and nothing of it is taken."""
        try:
            if path.suffix.lower() == ".zip":
                yield from list(self._archive(path, name))
            else:
                found = list(self.parts(name, lambda: contents(path)))
                yield from (replace(one, file=str(path)) if isinstance(one, Plain) else one for one in found)
        except InvalidEntry as error:
            yield Fault(str(path), error)
        except (TypeError, ValueError, AttributeError, KeyError, OverflowError, RecursionError) as error:
            what = f"it is not as {self.format if self.format != 'auto' else 'its tool'} writes it: {error}"
            yield Fault(str(path), InvalidEntry(what, "say what it is with --format, or export it again"))

    def _archive(self, path: Path, name: str) -> Iterator[Read]:
        members = archive(path)
        if self.format == "slack" or (self.format == "auto" and slack.is_export(members)):
            yield from self._slack({one: data for one, data in members.items() if one.endswith(".json")})
            return
        if own.FILE in members:
            yield from own_entries(own.read(document(members[own.FILE])))
            return
        for member, data in sorted(members.items()):
            yield from self.parts(f"{name}/{member}", lambda data=data: data)  # type: ignore[misc]

    def parts(self, name: str, data: Callable[[], bytes]) -> Iterator[Read]:
        """What is in some bytes of that name."""
        suffix = PurePosixPath(name).suffix.lower()
        if suffix in MARKDOWN and self.format in ("auto", "markdown"):
            yield Plain(name, decoded(data()))
        elif self.format == "csv" or (self.format == "auto" and suffix in (".csv", ".tsv")):
            yield from self._table(table.rows_of_csv(decoded(data())), name)
        elif self.format == "git-log" or (self.format == "auto" and suffix in (".log", ".txt")):
            text = decoded(data())
            if releases.is_log(text):
                yield from releases.log(text, PurePosixPath(name).stem, self.timezone)
            else:
                yield Passed(name)
        elif suffix in (".jsonl", ".ndjson"):
            yield from self._json(lines(data()), name)
        elif suffix == ".json" or self.format not in ("auto", "markdown"):
            yield from self._json(document(data()), name)
        else:
            yield Passed(name)

    def _json(self, told: Any, name: str) -> Iterator[Read]:
        what = self.format if self.format != "auto" else _tool(told)
        if what == "kb":
            yield from own_entries(own.read(told))
        elif what == "slack":
            yield slack.one_channel(told, PurePosixPath(name).stem, self.timezone)
        elif reader := _TOLD.get(what):
            found = list(reader(told, self.timezone))
            if not found:
                raise InvalidEntry(f"there is nothing of {what} in it", "say what it is with --format")
            yield from found
        elif rows := _rows(told):
            yield from self._table(rows, name)
        else:
            raise InvalidEntry("it is of no tool that kb knows", f"say what it is: --format {', '.join(FORMATS[1:])}")

    def _table(self, rows: list[dict[str, Any]], name: str) -> Iterator[Read]:
        header = list(dict.fromkeys(key for row in rows for key in row))
        columns = self.columns or table.guessed_columns(header)
        yield from table.table(rows, columns, PurePosixPath(name).name, self.timezone)

    def _slack(self, files: dict[str, bytes]) -> Iterator[Read]:
        found = False
        for one in slack.channels(files, self.timezone):
            found = True
            yield one if isinstance(one, Found) else Fault(*one)
        if not found:
            raise InvalidEntry("there is no channel with messages in it", "is it an export of Slack?")


def _rows(told: Any) -> list[dict[str, Any]]:
    """The objects of a list, or of the only list there is in an object; nothing where anything else is among them."""
    lists = [value for value in told.values() if isinstance(value, list)] if isinstance(told, dict) else [told]
    rows = lists[0] if len(lists) == 1 else None
    return rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else []


def own_entries(entries: Iterator[tuple[str, str]]) -> Iterator[Read]:
    """Entries of an export of kb's own."""
    yield from (Plain(path, text, path, wanted=True) for path, text in entries)


def require_format(name: str) -> str:
    """A format there is.

    Raises:
        UsageError: there is none of that name.
    """
    if name not in FORMATS:
        raise UsageError(f"there is no format '{name}'", f"formats are {', '.join(FORMATS)}")
    return name


def _tool(told: Any) -> str:
    """Which tool a document comes from, by what only that tool says."""
    if isinstance(told, list):
        first = next((one for one in told if isinstance(one, dict)), {})
        return next(
            (
                tool
                for tool, key in (("kb", "kb_entry"), ("github-releases", "tag_name"), ("slack", "ts"))
                if key in first
            ),
            "json",
        )
    if not isinstance(told, dict):
        return "json"
    incidents = [one for one in told.get("incidents") or () if isinstance(one, dict)]
    items = [one for one in told.get("items") or () if isinstance(one, dict)]
    signs = (
        ("kb", own.MARK in told),
        ("statuspage", "scheduled_maintenances" in told or any("incident_updates" in one for one in incidents)),
        ("pagerduty", bool(incidents) or "incident" in told),
        ("opsgenie", isinstance(told.get("data"), list | dict)),
        ("octopus", "Items" in told or "Deployments" in told),
        ("argocd", told.get("kind") in ("Application", "ApplicationList") or any("spec" in one for one in items)),
    )  # fmt: skip
    return next((tool for tool, is_it in signs if is_it), "json")
