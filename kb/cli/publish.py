"""Commands that make the site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from kb.cli import output
from kb.cli.options import Json, Root, now, settings

Strict = Annotated[bool, typer.Option("--strict", help="Faults and warnings fail the build.")]


def build(
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help="Where; else site/ beside mkdocs.yml.")] = None,
    strict: Strict = False,
    as_of: Annotated[str, typer.Option("--as-of", metavar="TIME", help="The moment it is made for; else now.")] = "",
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Build the site, from the entries alone; the same entries as of the same moment give the same bytes.

    Where the site was built before, only what changed is made anew; the result is the same.
    """
    from kb.cli.when import moment
    from kb.site.run import build as run

    chosen = settings(root)
    at = moment(as_of, chosen.timezone, now()).at if as_of else None
    with output.phases() as phase:
        built = run(chosen.root, to.resolve() if to else None, strict=strict, as_of=at, phase=phase)
    if as_json:
        output.print_json(replace(built, seconds=round(built.seconds, 2)))
        return
    anew = "" if built.made == built.pages else f", {built.made} of them made anew"
    output.say(
        ("✓ ", "green"),
        f"{built.pages} pages in {built.seconds:.1f} s{anew}: ",
        (str(built.site / "index.html"), "bold"),
    )
    output.say("  " + _shown(built.entries))
    if left := len(built.left_out):
        files = "1 file with a fault is" if left == 1 else f"{left} files with a fault are"
        output.say(("! ", "yellow"), f"{files} left out, or shown as before the fault; 'kb check' says how to mend it")


def _shown(entries: Mapping[str, int]) -> str:
    """`3 incidents, 1 deployment, 44 incidents of the library`."""
    names = {"incident": "", "deployment": "", "system": "", "library": "incident"}
    counts = ((entries.get(kind, 0), word or kind, " of the library" if word else "") for kind, word in names.items())
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}{where}" for n, word, where in counts if n) or "no entries yet"


def serve(
    address: Annotated[str, typer.Option("--address", metavar="HOST:PORT", help="Where to listen.")] = "127.0.0.1:8000",
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    root: Root = None,
) -> None:
    """Serve the site; a page reloads when an entry changes, from whichever terminal."""
    from kb.site.run import serve as run

    run(settings(root).root, address, open_browser=open_)


COMMANDS = [
    ("build", build, {"epilog": "Example: kb build --strict"}),
    ("serve", serve, {"epilog": "Example: kb serve --open"}),
]
