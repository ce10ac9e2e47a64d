"""`kb useful`: what was proposed, judged."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli import complete, output
from kb.cli.options import Json, On, Root, captured, opened
from kb.errors import UsageError


def useful(
    id_: Annotated[
        str,
        typer.Argument(metavar="ID", autocompletion=complete.incidents, help="A past incident, or a part of its id."),
    ],
    not_: Annotated[bool, typer.Option("--not", help="It was proposed, and was of no use.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Unsay it.")] = False,
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Say of a past incident that 'kb similar' proposed whether it was of use to this one.

    It is kept in this incident, and counts in what is proposed next: much here, a little elsewhere.
    """
    from kb.journeys import capture, feedback

    if not_ and undo:
        raise UsageError("--not and --undo are one too many", "--undo unsays either")
    with opened(root) as (base, _):
        here = capture.target(base, on, "incident").entry.id
        past = base.get(id_, "incident").entry.id
        done = feedback.judge(base, here, past, None if undo else not not_)
        captured(done, as_json, base)
    if not (as_json or undo):
        output.tell(f"unsaid by: kb useful {past} --undo --on {here}")


COMMANDS = [("useful", useful, {"epilog": "Example: kb useful all-applications-down; kb useful s3-typo --not"})]
