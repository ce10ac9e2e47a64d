"""Action items: written down, ticked off, and listed until they are done."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from kb.cli import complete, output, tasks
from kb.cli.options import Json, On, Root, captured, now, opened
from kb.model import ActionItem, Moment, todo

action = typer.Typer(no_args_is_help=True, help="What is to be done so that it does not happen again.")


@action.command("add", epilog='Example: kb action add "Alert on unknown services" --owner @ops --due "in 2 weeks"')
def action_add(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be done.")],
    owner: Annotated[str, typer.Option(metavar="WHO", help="Who does it.")] = "",
    due: Annotated[str, typer.Option(metavar="DAY", help="Until when: 2026-12-01, 'next friday', 'in 2 weeks'.")] = "",
    ticket: Annotated[str, typer.Option(metavar="ID", help="Its ticket.")] = "",
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Add an action item."""
    from kb.cli.when import day
    from kb.journeys import capture

    with opened(root) as (base, _):
        record = capture.target(base, on)
        until = day(due, record.entry.timezone, now()) if due else None
        captured(capture.add_action(base, record, ActionItem(text, False, owner, until, ticket)), as_json, base)


@action.command("done", epilog="Example: kb action done a8s1pc")
def action_done(
    which: Annotated[str, typer.Argument(metavar="ACTION", help="Its id, or a part of its text.")],
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Tick an action item off."""
    from kb.journeys import capture

    with opened(root) as (base, _):
        records = [base.get(on)] if on else [r for r in base.records() if not r.library]
        record, item = capture.find_action(records, which)
        today = Moment(now()).local(record.entry.timezone)[:10]
        captured(capture.finish_action(base, record, item, date.fromisoformat(today)), as_json, base)


@action.command("list", epilog="Example: kb action list --overdue --service storefront --owner @ops")
def action_list(
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those past their due date.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Finished ones too.")] = False,
    service: Annotated[
        str,
        typer.Option(metavar="NAME", autocompletion=complete.services, help="Only of entries that name this service."),
    ] = "",
    owner: Annotated[str, typer.Option(metavar="WHO", help="Only what is theirs.")] = "",
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """List action items, the most overdue first, with how late they are and how long they have waited."""
    from kb.journeys.services import named, spelled

    with opened(root) as (base, _):
        entries = [base.get(on).entry] if on else [one.entry for one in base.records() if not one.library]
    if service:
        spelled(entries, service)
        entries = named(entries, service)
    found = [
        task for task in todo.tasks(entries, now().date())
        if (every or not task.action.done) and (task.late or not overdue)
        and (not owner or todo.owner_key(task.action.owner) == todo.owner_key(owner))
    ]  # fmt: skip
    if as_json:
        output.print_json({"actions": [tasks.whole_json(task) for task in found]})
        return
    tasks.say(found)
    if not found:
        output.tell("no action items" + (" overdue" if overdue else " open"))


COMMANDS: list[tuple[str, typer.Typer, dict[str, str]]] = [("action", action, {})]
