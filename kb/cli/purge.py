"""`kb purge-secret`: what should never have been recorded, taken out of everything."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kb.cli import output
from kb.cli.options import Json, Root, opened
from kb.errors import NotFound, ProblemsFound, UsageError
from kb.model.spoken import count

_NEXT = (
    "have it changed where it opens something: whoever read it still knows it",
    "git keeps it in every commit it was in: 'git filter-repo --replace-text' rewrites them, and every clone",
    "other checkouts: 'kb sync' there writes their files; their own '.kb/' needs 'kb purge-secret' too",
    "backups, and a PostgreSQL server's own logs and backups, keep it until they are gone",
)

_LEFT = "build or publish the sites again; take it out of other files by hand; then do this again"
_NAMED = 10


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
        told = {"entries": done.entries, "revisions": done.revisions, "files": done.files, "left": done.left}
        output.print_json({**told, "renamed": dict(done.renamed), "problems": problems, "next": _NEXT})
    else:
        for name in (*done.entries, *done.files):
            output.say(("✓ ", "green"), name)
        for old, new in done.renamed:
            output.say(("✓ ", "green"), f"its id had it: {old} is {new} now, without its history")
        output.say(f"{count(done.revisions, 'revision')} rewritten, and {count(len(done.files), 'other file')}")
        output.tell("What kb cannot do:")
        for line in _NEXT:
            output.tell("  - ", line)
    if done.left:
        for place in done.left[:_NAMED]:
            output.tell(("! ", "yellow"), "it still stands in ", place)
        raise ProblemsFound(f"it still stands in {count(len(done.left), 'place')}", _LEFT)
    if not done.entries and not done.files:
        raise NotFound("it stands nowhere in this knowledge base", "is it written exactly so?")


def _asked(yes: bool) -> str:
    """The secret as it is typed, unseen; twice, unless it is to be believed at once."""
    return str(typer.prompt("Secret", hide_input=True, confirmation_prompt=not yes, err=True))


COMMANDS = [("purge-secret", purge_secret, {"epilog": "Example: kb purge-secret < leaked.txt"})]
