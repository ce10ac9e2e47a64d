"""`kb import`: bring what you have."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from kb.cli import output
from kb.cli.options import Json, Root, opened
from kb.errors import ProblemsFound


def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH …", help="Markdown files, or folders of them.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Take in postmortems written elsewhere; again, to take in what changed in them.

    Known headings become fields, everything else is kept as it is, and you are told what was guessed.
    """
    from kb.journeys.exchange import import_paths

    with opened(root) as (base, chosen), output.progress("Importing") as told:
        report = import_paths(base, chosen, paths, dry_run, told)
    if as_json:
        found = [*report.faults, *report.secrets]
        output.print_json({"brought": report.brought, "problems": found, "passed_over": report.passed_over})
    else:
        counts = Counter(brought.what for brought in report.brought)
        would = "would be " if dry_run else ""
        output.say(
            ("✓ ", "green"),
            ", ".join(f"{number} {would}{what}" for what, number in sorted(counts.items())) or "nothing to import",
        )
        guesses = Counter(guess for brought in report.brought for guess in brought.guessed)
        for guess, number in guesses.most_common():
            output.say((f"{number:>6} × ", "dim"), guess)
        if report.passed_over:
            output.tell(
                f"{len(report.passed_over)} files passed over, not Markdown: {', '.join(report.passed_over[:3])} …"
            )
        output.problem_lines([*report.faults, *report.secrets])
    if report.faults:
        raise ProblemsFound(f"{len(report.faults)} documents could not be read", "the others were taken in")


COMMANDS = [("import", import_, {"epilog": "Example: kb import ~/wiki/postmortems --dry-run"})]
