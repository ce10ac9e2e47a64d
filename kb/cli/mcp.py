"""`kb mcp`: the knowledge base for assistants."""

from __future__ import annotations

from typing import Annotated

import typer

from kb import config
from kb.cli.options import Root
from kb.errors import ConfigurationError


def mcp(
    write: Annotated[bool, typer.Option("--write", help="The assistant may record too; else it only reads.")] = False,
    root: Root = None,
) -> None:
    """Let an assistant ask the knowledge base: a server of the Model Context Protocol on stdin and stdout."""
    where = config.find_root(root)
    try:
        from kb.cli.assistant import serve
    except ImportError as error:
        raise ConfigurationError(
            f"the SDK of the Model Context Protocol is not installed, or not whole: {error}",
            "pip install 'postmortem-kb[mcp]'",
        ) from None
    serve(where, write)


COMMANDS = [("mcp", mcp, {"epilog": "Example: kb mcp --root ~/postmortems"})]
