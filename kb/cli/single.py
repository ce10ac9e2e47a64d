"""`kb export`: an entry for somebody who has no kb."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import output
from kb.cli.options import Json, Root, now, opened
from kb.errors import AlreadyExists, UsageError

if TYPE_CHECKING:
    from kb.config import Settings
    from kb.journeys.record import Record

_SUFFIXES = (".md", ".html", ".pdf")


def export(
    id_: Annotated[str, typer.Argument(metavar="ID", help="An id or a part of it.")],
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="A new file: .md, .html or .pdf.")],
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Write an entry into one file: Markdown for a wiki, a page that needs nothing else, or that page printed."""
    made = export_one(id_, to, root)
    if as_json:
        output.print_json({"id": made, "file": str(to)})
    else:
        output.say(("✓ ", "green"), f"{made}: ", (str(to), "bold"))


def export_one(id_: str, to: Path, root: Path | None) -> str:
    """Writes one entry into a file that is not there yet, and gives its id; what looks like a secret is told."""
    from kb.journeys.publishing import secret_problems

    if to.suffix not in _SUFFIXES:
        raise UsageError(f"an entry is not written as '{to.suffix}'", f"end the file's name in {', '.join(_SUFFIXES)}")
    if to.exists():
        raise _there(to)
    with opened(root) as (base, chosen):
        record = base.get(id_)
        content = _written(base.records(), chosen, record, to.suffix)
    output.problem_lines(secret_problems(record.path, record.text))
    try:
        with to.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise _there(to) from None
    return record.entry.id


def _written(records: list[Record], chosen: Settings, record: Record, suffix: str) -> bytes:
    from kb.journeys.single import pdf, wiki
    from kb.site.single import addresses, page

    if suffix == ".md":
        return wiki(record, addresses(chosen, records)).encode("utf-8", "replace")
    made = page(chosen, records, record.entry.id, now())
    return pdf(made) if suffix == ".pdf" else made


def _there(to: Path) -> AlreadyExists:
    return AlreadyExists(f"{to} is there already", "name another file, or remove it first")


COMMANDS = [("export", export, {"epilog": "Example: kb export all-applications --to outage.pdf"})]
