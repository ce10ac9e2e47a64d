"""Commands that keep the knowledge base whole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from kb.cli import output
from kb.cli.options import Json, Root, alone, opened, settings
from kb.config import Settings
from kb.errors import ProblemsFound

Accept = Annotated[bool, typer.Option("--accept-deletions", help="Yes, those files were meant to disappear.")]


def check(
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail the check too (for CI).")] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Hold files, rows, index and history against each other.")
    ] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what '--deep' finds, from what is left.")] = False,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Name every fault in the entries as file:line: what: how to mend it."""
    if deep or repair:
        _examine(settings(root), repair, as_json)
        return
    from kb.journeys import check as journey
    from kb.journeys.base import KnowledgeBase

    chosen = settings(root)
    with (
        KnowledgeBase.open(chosen.root, chosen, files_alone=True) as base,
        output.progress("Reading entries") as told,
    ):
        base.sync(progress=told, strict=False)
        alone(base.work.away)
        found = journey.problems(base, chosen.root)
        total = len(base.records())
    _unready(chosen.root)
    errors = sum(problem.level == "error" for problem in found)
    if as_json:
        output.print_json({"entries": total, "problems": found})
    else:
        output.problem_lines(found)
    said = f"{total} entries, {errors} errors, {len(found) - errors} warnings"
    if errors or (strict and found):
        raise ProblemsFound(said, "each line above says how to mend it" if found else "")
    output.tell(("✓ " if not found else "", "green"), said)


def _examine(chosen: Settings, repair: bool, as_json: bool) -> None:
    """What is wrong below the entries' words, and what was done about it."""
    from kb.journeys.doctor import examine

    with output.progress("Holding everything against each other") as told:
        found = examine(chosen, repair, told)
    left = [one for one in found if not one.mended]
    if as_json:
        output.print_json({"findings": found, "mended": len(found) - len(left)})
    else:
        for one in found:
            output.say((f"{one.part}: ", "bold"), f"{one.entry}: " if one.entry else "", (one.what, "red"))
            output.say("  ", (one.mended, "green") if one.mended else (one.hint, "dim"))
    if left:
        raise ProblemsFound(
            f"{len(left)} things do not agree", "" if repair else "'--repair' mends them from what is left"
        )
    output.tell(("✓ ", "green"), f"{len(found)} mended" if found else "files, rows, index and history agree")


def sync(accept_deletions: Accept = False, root: Root = None, as_json: Json = False) -> None:
    """Take in what was edited, added, moved or deleted by hand or by git."""
    from kb.journeys.base import KnowledgeBase
    from kb.journeys.find import Finder

    chosen = settings(root)
    with KnowledgeBase.open(chosen.root, chosen) as base:
        with output.progress("Reading entries") as told:
            report = base.sync(accept_deletions, progress=told)
        with output.progress("Indexing") as told:
            Finder(chosen, base, told).catch_up()
    _unready(chosen.root)
    if as_json:
        changed = [change._asdict() for change in report.changed]
        output.print_json(
            {
                "changed": changed,
                "problems": report.problems,
                "conflicts": report.conflicts,
                "unchanged": report.unchanged,
            }
        )
    else:
        for change in report.changed[:20]:
            output.say((f"{change.what:>8} ", "bold"), change.path)
        if len(report.changed) > 20:
            counts = Counter(change.what for change in report.changed[20:])
            output.say("  and ", ", ".join(f"{number} {what}" for what, number in counts.items()))
        output.problem_lines(report.problems)
        output.tell(f"{report.unchanged} unchanged, {len(report.changed)} taken in or written")
    if report.conflicts or any(problem.level == "error" for problem in report.problems):
        raise ProblemsFound("some files could not be taken in as they are", "each line above says how to mend it")


def _unready(root: Path) -> None:
    from kb.journeys.merging import unready

    for said in unready(root):
        output.tell(("note: ", "yellow"), said)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Must not exist yet.")], root: Root = None
) -> None:
    """Copy the database, checked and whole, even while others write."""
    with opened(root, files_alone=False) as (base, _):
        base.backup(file)
    output.say(("✓ ", "green"), str(file))


COMMANDS = [
    ("check", check, {"epilog": "Example: kb check --strict; or kb check --deep --repair"}),
    ("sync", sync, {"epilog": "Example: git pull && kb sync"}),
    ("backup", backup, {"epilog": "Example: kb backup kb-2026-11-22.sqlite"}),
]
