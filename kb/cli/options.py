"""Options that several commands share, and the knowledge base opened for one command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb import config
from kb.cli import complete, gate, output
from kb.config import Settings
from kb.errors import InvalidEntry, TooLong
from kb.files import keep_text
from kb.model import Problem

if TYPE_CHECKING:
    from kb.journeys.base import KnowledgeBase
    from kb.journeys.capture import Captured
    from kb.journeys.find import Finder

Root = Annotated[
    Path | None, typer.Option("--root", metavar="DIR", help="The knowledge base; else the one around this folder.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
On = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="ID",
        autocompletion=complete.ids,
        help="The entry, or a part of its id; else the open incident, or deployment.",
    ),
]
At = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="When: 09:05, '10 minutes ago', 2026-11-22 09:05.")
]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who.")]
Limit = Annotated[int, typer.Option("-n", min=1, max=1000, help="How many at most.")]


def now() -> datetime:
    """The clock, in UTC."""
    return datetime.now(UTC)


def versioned(text: str) -> str:
    """A service as an entry has it, from `web=4.10` or `web=4.9->4.10`: `web (4.9 -> 4.10)`."""
    name, sign, version = text.partition("=")
    return f"{name} ({' -> '.join(map(str.strip, version.split('->')))})" if sign else name


def settings(root: Path | None) -> Settings:
    """The settings of the knowledge base a command works on."""
    return config.load(config.find_root(root))


@contextmanager
def opened(root: Path | None, files_alone: bool = True) -> Iterator[tuple[KnowledgeBase, Settings]]:
    """The knowledge base, with everything that was changed by hand taken in; its faults are told on stderr.

    Args:
        files_alone: while the database server does not answer the files here will do.
    """
    chosen = settings(root)
    with at_work(chosen, files_alone) as base:
        yield base, chosen


@contextmanager
def at_work(chosen: Settings, files_alone: bool = True) -> Iterator[KnowledgeBase]:
    """The same, of settings that are known already."""
    from kb.journeys.base import KnowledgeBase

    with (
        KnowledgeBase.open(chosen.root, chosen, files_alone=files_alone) as base,
        output.progress("Reading entries") as told,
    ):
        report = base.sync(progress=told, strict=False)  # a wrong branch stops no log; `kb sync` asks about it
        alone(base.work.away)
        held(report.problems)
        try:
            yield base
        except TooLong as error:
            kept = keep_text(chosen.root, error.text)
            raise InvalidEntry(error.message, f"{error.hint}; it is kept in {kept}") from None


def alone(away: str) -> None:
    """Say on stderr that the database server does not answer, and what that means."""
    if away:
        output.tell(("note: ", "yellow"), away)
        output.tell("  going on with the files here; 'kb sync' brings it to everybody when the server is back")


def told_of(finder: Finder) -> None:
    """Say on stderr what a search could not take in."""
    alone(finder.away)
    held(finder.problems)


def held(problems: Iterable[Problem]) -> None:
    """Say on stderr which files could not be taken in; the work goes on without them."""
    errors = [problem for problem in problems if problem.level == "error"]
    for problem in errors[:3]:
        output.tell(("warning: ", "yellow"), str(problem))
    if len(errors) > 3:
        output.tell(("warning: ", "yellow"), f"{len(errors) - 3} more; 'kb check' lists them all")


def captured(done: Captured, as_json: bool, base: KnowledgeBase) -> None:
    """What a capture command answers: what was kept, in which entry."""
    record = done.record
    if as_json:
        output.print_json(capture_json(done, base))
        return
    output.say(("✓ ", "green"), done.said or ", ".join(done.changed))
    where = (f"  {record.path}", "dim")
    output.say(where, ("  kept; the file waits to be mended", "yellow") if record.stale else "")
    held(problem for problem in base.problems if problem.path == record.path and not record.stale)


def capture_json(done: Captured, base: KnowledgeBase) -> dict[str, object]:
    """The JSON of a capture command."""
    record = done.record
    mine = [problem for problem in base.problems if problem.path == record.path] + gate.problems
    return {"id": record.entry.id, "path": record.path, "changed": list(done.changed), "problems": mine}
