"""Two branches, one entry: what git calls when it merges, and what mends a merge made without it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kb.cli import driver, output
from kb.cli.options import Json, Root, settings
from kb.errors import ProblemsFound


def mend(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE …", help="Files with conflict markers; else all of them.")
    ] = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Merge again, item by item, what git has merged by lines and left with conflict markers."""
    from kb.journeys import merging

    done = merging.mend(settings(root).root, paths or ())
    if as_json:
        output.print_json({"files": done})
    for one in () if as_json else done:
        output.say(("✓ " if one.done else "! ", "green" if one.done else "yellow"), one.path)
        for where in one.conflicts:
            output.say("  both versions kept: ", where)
        if one.said:
            output.say((f"  {one.said}", "dim"))
    if not done and not as_json:
        output.tell("nothing to mend")
    if any(one.conflicts for one in done):
        raise ProblemsFound(
            "both sides changed the same thing",
            "settle what is below 'Unresolved conflicts', then delete that section",
        )
    if any(not one.done for one in done):
        raise ProblemsFound("not every file could be mended", "each line above says what to do")


def merge_driver(
    base: Annotated[str, typer.Argument(metavar="%O")],
    ours: Annotated[str, typer.Argument(metavar="%A")],
    theirs: Annotated[str, typer.Argument(metavar="%B")],
    path: Annotated[str, typer.Argument(metavar="%P")],
) -> None:
    """Merge three versions of an entry; git calls this."""
    raise typer.Exit(driver.merge(base, ours, theirs, path))


COMMANDS = [
    ("mend", mend, {"epilog": "Example: git merge main; kb mend"}),
    ("merge-driver", merge_driver, {"hidden": True}),
]
