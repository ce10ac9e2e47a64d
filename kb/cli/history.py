"""Commands that look back, and bring back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import complete, output
from kb.cli.options import Json, Root, now, opened
from kb.errors import KbError, UsageError
from kb.model import Moment
from kb.model.names import ENTRY_ID

if TYPE_CHECKING:
    from kb.journeys.base import KnowledgeBase
    from kb.journeys.revisions import Step

Rev = Annotated[int | None, typer.Option("--rev", metavar="N", min=1, help="A revision, as 'kb history' counts them.")]


def history(
    id_: Annotated[
        str,
        typer.Argument(
            metavar="ID", autocompletion=complete.ids, help="An id or a part of it; of a deleted entry the whole id."
        ),
    ],
    rev: Rev = None,
    diff: Annotated[bool, typer.Option("--diff", help="What it changed; of the newest if none is named.")] = False,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """What became of an entry, revision by revision; or the text of one, or what it changed."""
    from kb.journeys import revisions

    with opened(root, files_alone=False) as (base, chosen):
        name = _whole(base, id_)
        steps = revisions.steps(base.work, name)
        number = rev or steps[-1].revision.rev
        if diff:
            changed = revisions.difference(base.work, name, number)
        text = base.text_at(name, number) if rev and not diff else ""
    if as_json:
        rows = [_row(step) for step in steps if rev is None or step.revision.rev == rev]
        told = {"diff": changed} if diff else {"text": text} if text else {}
        output.print_json({"id": name, "revisions": rows, **told})
    elif diff:
        for line in changed:
            output.say((line, {"+": "green", "-": "red", "@": "dim"}.get(line[:1], "")))
    elif text:
        output.say(text.rstrip("\n"))
    else:
        _list(steps, chosen.timezone)


def _row(step: Step) -> dict[str, object]:
    one = step.revision
    made = {"rev": one.rev, "at": one.at, "by": one.by, "via": one.via, "sha256": one.sha256, "checkout": one.checkout}
    return {**made, "lines_added": step.added, "lines_removed": step.removed}


def _list(steps: list[Step], timezone: str) -> None:
    for step in steps:
        one = step.revision
        output.say(
            (f"{one.rev:>4}  ", "bold"),
            (f"{Moment(one.at, 'second').local(timezone)}  ", "dim"),
            (f"{f'+{step.added}':>5} {f'-{step.removed}':<5} ", "dim"),
            one.via,
            (f"  {one.by}" if one.by else "", "dim"),
        )


def _whole(base: KnowledgeBase, fragment: str) -> str:
    """The id meant; a deleted entry is known by its whole id only."""
    try:
        return base.get(fragment).entry.id
    except KbError:
        if ENTRY_ID.fullmatch(fragment) and base.exists(fragment):
            return fragment
        raise


def restore(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID …", autocompletion=complete.ids, help="Entries; else all that have no file."),
    ] = None,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="As the entry was then: 'yesterday 9am'.")] = "",
    rev: Rev = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Write entry files back from the database, byte for byte; or make an earlier revision of one the newest.

    Nothing is lost by going back: what came after it stays in 'kb history', and can be gone back to.
    """
    if not at and rev is None:
        _write_back(ids, root, as_json)
        return
    if not ids or len(ids) != 1:
        raise UsageError("one entry is needed to go back in", "name it: kb restore ID --at TIME")
    if at and rev is not None:
        raise UsageError("a time and a revision are one too many", "give --at or --rev")
    _go_back(ids[0], at, rev, root, as_json)


def _go_back(fragment: str, at: str, rev: int | None, root: Root, as_json: bool) -> None:
    from kb.cli.when import moment
    from kb.journeys import revisions

    with opened(root, files_alone=False) as (base, chosen):
        name = _whole(base, fragment)
        wanted = rev or revisions.revision_at(base.work, name, moment(at, chosen.timezone, now()).at)
        record = revisions.go_back(base.work, name, wanted)
    if as_json:
        output.print_json({"id": name, "path": record.path, "rev": record.rev, "restored": wanted})
        return
    output.say(("✓ ", "green"), f"{record.path} is as it was in revision {wanted}")
    output.tell(f"undone by: kb restore {name} --rev {record.rev - 1}")


def _write_back(ids: list[str] | None, root: Root, as_json: bool) -> None:
    from kb.cli.options import settings
    from kb.journeys.base import KnowledgeBase

    chosen = settings(root)
    with KnowledgeBase.open(chosen.root, chosen) as base:
        report = base.restore(ids or None)
    if as_json:
        written = [{"id": name, "path": path} for name, path in report.written]
        output.print_json({"written": written, "problems": report.problems, "unchanged": report.unchanged})
        return
    for _, path in report.written:
        output.say((" written ", "bold"), path)
    output.problem_lines(report.problems)
    output.tell(f"{len(report.written)} written, {report.unchanged} were there already")


COMMANDS = [
    ("history", history, {"epilog": "Example: kb history all-applications --rev 3 --diff"}),
    ("restore", restore, {"epilog": "Example: kb restore all-applications --at 'yesterday 9am'"}),
]
