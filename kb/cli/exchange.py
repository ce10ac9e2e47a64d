"""`kb import`: bring what you have."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import output
from kb.cli.options import Json, Root, opened
from kb.errors import ProblemsFound

if TYPE_CHECKING:
    from kb.journeys.exchange import ImportReport

_FORMAT = (
    "markdown, slack, pagerduty, opsgenie, statuspage, octopus, argocd, github-releases, git (tags), git-log, csv, "
    "json, kb; else it is seen."
)


def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH …", help="Files, archives, or folders of them.")],
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help=f"What it is: {_FORMAT}")] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    columns: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Which column is what: 'title: Summary' a line.")
    ] = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Take in what other tools recorded; again, to take in what changed there.

    What kb has a field for is understood, everything else is kept in the entry, and you are told what was guessed.
    """
    from kb.journeys.exchange import import_paths

    with opened(root) as (base, chosen), output.progress("Importing") as told:
        report = import_paths(base, chosen, paths, dry_run, told, format_, columns)
    if as_json:
        found = [*report.faults, *report.secrets]
        output.print_json({"brought": report.brought, "problems": found, "passed_over": report.passed_over})
    else:
        _tell(report, dry_run)
    if report.faults:
        raise ProblemsFound(f"{len(report.faults)} could not be read", "everything else was taken in")


def _tell(report: ImportReport, dry_run: bool) -> None:
    counts = Counter(brought.what for brought in report.brought)
    would = "would be " if dry_run else ""
    output.say(
        ("✓ ", "green"),
        ", ".join(f"{number} {would}{what}" for what, number in sorted(counts.items())) or "nothing to import",
    )
    for guess, number in Counter(one for brought in report.brought for one in brought.guessed).most_common():
        output.say((f"{number:>6} × ", "dim"), guess)
    for label, found in (
        ("understood", Counter(one for brought in report.brought for one in brought.understood)),
        ("kept aside", Counter(one for brought in report.brought for one in brought.aside)),
    ):
        if found:
            output.say((f"{label}: ", "bold"), ", ".join(f"{one} {number}" for one, number in found.most_common()))
    if report.passed_over:
        more = " …" if len(report.passed_over) > 3 else ""
        output.tell(f"{len(report.passed_over)} files passed over: {', '.join(report.passed_over[:3])}{more}")
    output.problem_lines([*report.faults, *report.secrets])


COMMANDS = [
    ("import", import_, {"epilog": "Example: kb import ~/wiki/postmortems --dry-run; kb import slack-export.zip"})
]
