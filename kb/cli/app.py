"""The commands put together, and what happens when one fails."""

from __future__ import annotations

import io
import os
import sys

import typer
from typer.core import TyperGroup

from kb import __version__
from kb.cli import (
    action,
    brief,
    capture,
    deploy,
    describe,
    digest,
    exchange,
    export,
    find,
    gate,
    git,
    history,
    inventory,
    keep,
    mcp,
    new,
    publish,
    purge,
    read,
    start,
    stats,
    useful,
)  # fmt: skip
from kb.cli.output import complain, unavailable
from kb.errors import KbError

PANELS = {
    "While it burns": ("new", "log", "ask", "answer", "mitigate", "resolve", "set", "link", "lesson", "action"),
    "Have we seen this before?": ("search", "similar", "questions", "useful"),
    "Deployments": ("brief", "risk", "verify", "freeze", "inventory"),
    "Read and edit": ("show", "list", "edit", "history"),
    "What it adds up to": ("stats", "digest"),
    "Publish": ("build", "serve", "publish"),
    "For assistants": ("mcp",),
    "The knowledge base": (
        "init",
        "check",
        "sync",
        "mend",
        "restore",
        "backup",
        "import",
        "export",
        "purge-secret",
        "schema",
        "help",
    ),
}


class _InOrder(TyperGroup):
    """Lists the commands in the order they are given in."""

    def list_commands(self, _ctx: typer.Context) -> list[str]:  # type: ignore[override]
        return [name for names in PANELS.values() for name in names]


app = typer.Typer(
    name="kb",
    cls=_InOrder,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Have we seen this before, what did we ask that cracked it, and what fixed it?",
    epilog='Begin with: kb init, then kb new incident "what happens". Each command has --help with an example.',
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kb {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass


for room in (
    new, capture, action, find, brief, deploy, inventory, read, stats, digest, publish, start, keep, history, git,
    exchange, export, purge, useful, mcp, describe,
):  # fmt: skip
    for name, command, options in room.COMMANDS:
        panel = next((panel for panel, names in PANELS.items() if name in names), None)  # none: only programs call it
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=panel, **options)
        else:
            app.command(name, rich_help_panel=panel, **options)(command)


def run() -> None:
    """Run a command; whatever fails ends in one sentence, a hint, and an exit code that means something."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a mark the terminal cannot show stops nobody
    try:
        sys.argv[1:] = gate.words(sys.argv[1:])
        app(prog_name="kb")  # however it was started: completion goes by the name
    except KbError as error:
        complain(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        fault = unavailable(error)
        complain(fault)
        sys.exit(fault.exit_code)
