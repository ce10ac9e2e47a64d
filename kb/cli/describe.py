"""Commands by which kb tells of itself: the fields of an entry, for editors; the chapters of its README, for people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kb.cli import output


def schema(
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Write it there; else it is printed.")] = None,
) -> None:
    """The front matter of an entry as a JSON Schema, by which editors complete and underline."""
    import json

    from kb.markdown.schema import schema as made

    text = json.dumps(made(), ensure_ascii=False, indent=2) + "\n"
    if to is None:
        typer.echo(text, nl=False)
        return
    to.write_text(text, "utf-8", newline="\n")
    output.say(("✓ ", "green"), str(to))


COMMANDS = [("schema", schema, {"epilog": "Example: kb schema --to kb.schema.json"})]
