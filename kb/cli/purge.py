"""`kb purge-secret`: what should never have been recorded, taken out of everything."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kb.cli import output
from kb.cli.options import Json, Root, opened
from kb.errors import NotFound, UsageError

_NEXT = (
    "have it changed where it opens something: whoever read it still knows it",
    "git keeps it in every commit it was in: 'git filter-repo --replace-text' rewrites them, and every clone",
    "other checkouts: 'kb sync' there writes their files; their own '.kb/' needs 'kb purge-secret' too",
    "backups, and a PostgreSQL server's own logs and backups, keep it until they are gone",
)


def purge_secret(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is the right one.")] = False,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Take a secret out of every entry, every revision of it, drafts, index and staged site.

    It is typed at a prompt, or comes on stdin, so that it does not stand in the history of your shell too.
    """
    from kb.journeys.purging import purge

    secret = _asked(yes) if sys.stdin.isatty() else sys.stdin.read()
    if not secret.strip():
        raise UsageError("no secret was given", "type it, or send it: kb purge-secret < file")
    with opened(root, files_alone=False) as (base, _):
        done = purge(base.work, secret)
        problems = base.problems
    if as_json:
        told = {"entries": done.entries, "revisions": done.revisions, "files": done.files, "site": done.site}
        output.print_json({**told, "problems": problems, "next": _NEXT})
    else:
        for name in (*done.entries, *done.files):
            output.say(("✓ ", "green"), name)
        output.say(
            f"{done.revisions} revisions of {len(done.entries)} entries rewritten, and {len(done.files)} other files"
        )
        if done.site:
            output.tell(("! ", "yellow"), "the site built last still has it: 'kb build' or 'kb publish' it again")
        output.tell("What kb cannot do:")
        for line in _NEXT:
            output.tell("  - ", line)
    if not done.entries and not done.files and not done.site:
        raise NotFound("it stands nowhere in this knowledge base", "is it written exactly so?")


def _asked(yes: bool) -> str:
    """The secret as it is typed, unseen; twice, unless it is to be believed at once."""
    return str(typer.prompt("Secret", hide_input=True, confirmation_prompt=not yes, err=True))


COMMANDS = [("purge-secret", purge_secret, {"epilog": "Example: kb purge-secret < leaked.txt"})]
