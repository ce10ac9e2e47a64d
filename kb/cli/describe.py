"""Commands by which kb tells of itself: the fields of an entry, for editors; the chapters of its README, for people."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kb.cli import complete, output


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


def help_(
    topic: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TOPIC]", autocompletion=complete.topics, help="A chapter; else all are listed."),
    ] = None,
) -> None:
    """Read a chapter of the README here; without a topic, list them."""
    from kb.journeys import handbook

    if not topic:
        for one in handbook.chapters():
            output.say("  " * (one.depth - 2), (f"kb help {one.topic}", "bold"), (f"  {one.title}", "dim"))
        return
    text = handbook.chapter(" ".join(topic)).text
    if not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    from rich.markdown import Markdown

    out = output.console()
    out.print(Markdown(text, hyperlinks=False), width=min(80, out.width))


COMMANDS = [
    ("help", help_, {"epilog": "Example: kb help deployments"}),
    ("schema", schema, {"epilog": "Example: kb schema --to kb.schema.json"}),
]
