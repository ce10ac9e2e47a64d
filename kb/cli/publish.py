"""Commands that make the site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kb.cli import output
from kb.cli.options import Root, now, settings

Strict = Annotated[bool, typer.Option("--strict", help="Faults and warnings fail the build.")]


def build(
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help="Where; else site/ beside mkdocs.yml.")] = None,
    strict: Strict = False,
    as_of: Annotated[str, typer.Option("--as-of", metavar="TIME", help="The moment it is made for; else now.")] = "",
    root: Root = None,
) -> None:
    """Build the site, from the entries alone; the same entries as of the same moment give the same bytes."""
    from kb.cli.when import moment
    from kb.site.run import build as run

    chosen = settings(root)
    at = moment(as_of, chosen.timezone, now()).at if as_of else None
    built = run(chosen.root, to.resolve() if to else None, strict=strict, as_of=at)
    output.say(
        ("✓ ", "green"), f"{built.pages} pages in {built.seconds:.1f} s: ", (str(built.site / "index.html"), "bold")
    )


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
