"""`kb export`: an entry for somebody who has no kb, or everything for another program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import complete, output
from kb.cli.options import Json, Root, now, opened
from kb.errors import AlreadyExists, UsageError

if TYPE_CHECKING:
    from kb.config import Settings
    from kb.journeys.base import KnowledgeBase
    from kb.journeys.record import Record

_ONE = (".md", ".html", ".pdf")


def export(
    id_: Annotated[
        str | None,
        typer.Argument(metavar="ID", autocompletion=complete.ids, help="An id or a part of it; else everything."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="FILE", help="A new file: .md, .html, .pdf; of everything .json, .jsonl, .csv, .zip."
        ),
    ] = None,
    own: Annotated[bool, typer.Option("--own", help="Of everything, leave the library out.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of everything instead.")] = False,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Write an entry into one file for somebody who has no kb, or everything for another program.

    'kb import' of everything as JSON, JSON Lines or zip gives back the same knowledge base.
    """
    if schema:
        from kb.journeys.whole import export_schema

        typer.echo(json.dumps(export_schema(), indent=2))
        return
    if to is None:
        raise UsageError("where to is not said", "kb export ID --to FILE.html, or kb export --to FILE.zip")
    if to.exists():
        raise _there(to)
    made = f"{export_all(to, root, own)} entries" if id_ is None else export_one(id_, to, root)
    if as_json:
        output.print_json({"id" if id_ else "written": made, "file": str(to)})
    else:
        output.say(("✓ ", "green"), f"{made}: ", (str(to), "bold"))


def export_all(to: Path, root: Path | None, own: bool) -> int:
    """Writes everything into a file that is not there yet, and gives how many entries; secrets are told."""
    from kb.journeys.whole import written

    with opened(root) as (base, chosen):
        records = [record for record in base.records() if not (own and record.library)]
        _keep(to, written(records, chosen, to.suffix, now()))
    _secrets(records)
    return len(records)


def export_one(id_: str, to: Path, root: Path | None) -> str:
    """Writes one entry into a file that is not there yet, and gives its id; secrets are told."""
    if to.suffix not in _ONE:
        raise UsageError(f"an entry is not written as '{to.suffix}'", f"end the file's name in {', '.join(_ONE)}")
    with opened(root) as (base, chosen):
        record = base.get(id_)
        content = _written(base, chosen, record, to.suffix)
    _secrets([record])
    _keep(to, content)
    return record.entry.id


def _secrets(records: list[Record]) -> None:
    from kb.journeys.publishing import secret_problems

    output.problem_lines([problem for record in records for problem in secret_problems(record.path, record.text)])


def _written(base: KnowledgeBase, chosen: Settings, record: Record, suffix: str) -> bytes:
    from kb.journeys.single import pdf, wiki
    from kb.site.single import addresses, page

    if suffix == ".md":
        return wiki(record, addresses(chosen, base.records())).encode("utf-8", "replace")
    made = page(chosen, base.records(), record.entry.id, now())
    return pdf(made) if suffix == ".pdf" else made


def _keep(to: Path, content: bytes) -> None:
    try:
        with to.open("xb") as file:
            file.write(content)
    except FileExistsError:  # also where a link leads nowhere
        raise _there(to) from None


def _there(to: Path) -> AlreadyExists:
    return AlreadyExists(f"{to} is there already", "name another file, or remove it first")


COMMANDS = [
    ("export", export, {"epilog": "Example: kb export all-applications --to outage.pdf; kb export --to everything.zip"})
]
