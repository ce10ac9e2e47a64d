"""`kb init`: a new knowledge base, ready to build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kb.cli import output
from kb.cli.options import Json
from kb.config import CONFIG_FILE


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; made if it is not there.")] = Path(),
    name: Annotated[str, typer.Option(metavar="NAME", help="The site's name; else the folder's.")] = "",
    timezone: Annotated[str, typer.Option(metavar="ZONE", help="Europe/Berlin, …; else this machine's.")] = "",
    git: Annotated[
        bool, typer.Option("--git", help="It is there already: set up git, once in each clone, and nothing else.")
    ] = False,
    library: Annotated[
        bool, typer.Option("--with-library", help="Begin with the well-known incidents of others.")
    ] = False,
    github: Annotated[
        bool, typer.Option("--github", help="Workflows too: check pull requests, publish the site to GitHub Pages.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make a knowledge base in a folder: settings, templates, and room for entries."""
    from kb.errors import UsageError
    from kb.journeys.founding import at_the_top, found, join_git, workflows
    from kb.model import zone

    where = folder.resolve()
    if github:
        at_the_top(where)
    if git or (github and (where / CONFIG_FILE).is_file()):
        made = join_git(where) if git else []
        more, kept = workflows(where) if github else ([], [])
        _made(where, [*made, *more], as_json, kept)
        return
    chosen = timezone or _local_zone()
    try:
        zone(chosen)
    except ValueError as error:
        raise UsageError(str(error), "give an IANA name such as Europe/Berlin") from None
    made = found(where, name or where.name or "Postmortems", chosen, library)
    more, kept = workflows(where) if github else ([], [])
    _made(where, [*made, *more], as_json, kept, timezone=chosen)
    if as_json:
        return
    change = "" if where == Path.cwd() else f"cd {folder} && "
    output.say(
        f"Times are {chosen}; change that in mkdocs.yml. ",
        ("Next: ", "dim"),
        (f'{change}kb new incident "what happens"', "bold"),
    )


def _made(where: Path, made: list[str], as_json: bool, kept: list[str], **more: str) -> None:
    if as_json:
        output.print_json({"root": str(where), **more, "made": made, "kept": kept})
        return
    shown = [path for path in made if not path.startswith("entries/library/")]
    for path in shown:
        output.say(("✓ ", "green"), path)
    if len(made) > len(shown):
        output.say(("✓ ", "green"), f"entries/library, {len(made) - len(shown)} well-known incidents of others")
    for path in kept:
        output.tell(("note: ", "yellow"), f"{path} is there already and was left alone")


def _local_zone() -> str:
    """This machine's time zone, or UTC where it does not say."""
    import tzlocal

    try:
        name = str(tzlocal.get_localzone_name() or "UTC")
    except (LookupError, ValueError, OSError):
        return "UTC"
    return "UTC" if name in ("Etc/UTC", "Etc/UCT", "Zulu") else name


COMMANDS = [("init", init, {"epilog": 'Example: kb init postmortems --name "Outage notes" --timezone Europe/Berlin'})]
