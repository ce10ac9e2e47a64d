"""Commands around a deployment: the risks weighed before it, what is verified after it, and when none may be."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import complete, output
from kb.cli.options import By, Json, Root, captured, now, opened, settings
from kb.model import Check, Deployment, Moment, Risk
from kb.model.meeting import risk_outcome
from kb.model.plain import plain

if TYPE_CHECKING:
    from kb.journeys.base import KnowledgeBase
    from kb.journeys.record import Record

On = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="ID",
        autocompletion=complete.deployments,
        help="The deployment, or a part of its id; else the one under way or planned.",
    ),
]


class OutcomeWord(StrEnum):
    """What became of a risk, as it is typed."""

    DID_NOT_HAPPEN = "did-not-happen"
    HELD = "held"
    HAPPENED = "happened"


_WRITTEN = {
    OutcomeWord.DID_NOT_HAPPEN: "did not happen",
    OutcomeWord.HELD: "happened, the mitigation held",
    OutcomeWord.HAPPENED: "happened",
}

risk = typer.Typer(no_args_is_help=True, help="What could go wrong with a deployment, and what became of it.")
verify = typer.Typer(no_args_is_help=True, help="What is looked at before and after a deployment.")


def _where(base: KnowledgeBase, on: str | None) -> list[Record]:
    """The deployment meant, and behind it, where none is named, the team's others."""
    from kb.journeys import capture

    meant = capture.target(base, on, "deployment")
    if on is not None:
        return [meant]
    others = [record for record in base.records("deployment") if not record.library]
    return [meant, *(record for record in others if record.entry.id != meant.entry.id)]


@risk.command("add", epilog='Example: kb risk add "The index locks a table" --likelihood low --mitigation "at 5 am"')
def risk_add(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What could go wrong.")],
    likelihood: Annotated[str, typer.Option(metavar="WORD", help="low, medium, high.")] = "",
    impact: Annotated[str, typer.Option(metavar="WORD", help="low, medium, high.")] = "",
    mitigation: Annotated[str, typer.Option(metavar="TEXT", help="What is done against it.")] = "",
    owner: Annotated[str, typer.Option(metavar="WHO", help="Who looks after it.")] = "",
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Add a risk that was named."""
    from kb.journeys import capture, weighing

    with opened(root) as (base, _):
        record = capture.target(base, on, "deployment")
        captured(weighing.add_risk(base, record, Risk(text, likelihood, impact, mitigation, owner)), as_json, base)


@risk.command("became", epilog='Example: kb risk became "old browser tab" held --note "two people asked"')
def risk_became(
    which: Annotated[str, typer.Argument(metavar="RISK", help="Its id, or a part of its text.")],
    outcome: Annotated[OutcomeWord, typer.Argument(metavar="OUTCOME", help="did-not-happen, held or happened.")],
    note: Annotated[str, typer.Option(metavar="TEXT", help="More about it, in your words.")] = "",
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Say what became of a risk: it did not happen, it happened and the mitigation held, it happened."""
    from kb.journeys import weighing

    text = f"{_WRITTEN[outcome]}: {note.strip()}" if note.strip() else _WRITTEN[outcome]
    with opened(root) as (base, _):
        record, found = weighing.find_risk(_where(base, on), which)
        captured(weighing.became(base, record, found, text), as_json, base)


@risk.command("list", epilog="Example: kb risk list --on release-4-10")
def risk_list(on: On = None, root: Root = None, as_json: Json = False) -> None:
    """List the risks of a deployment."""
    found = _deployment(on, root)
    if as_json:
        rows = [{**plain(one), "became": str(risk_outcome(one.outcome))} for one in found.risks]
        output.print_json({"deployment": found.id, "risks": rows})
        return
    for one in found.risks:
        output.say(("• ", "yellow"), (one.text, "bold"))
        odds = [f"{name} {word}" for name, word in (("likelihood", one.likelihood), ("impact", one.impact)) if word]
        output.say((f"  {' · '.join(filter(None, [one.id, *odds, one.owner]))}", "dim"))
        for label, said in (("against it", one.mitigation), ("became", one.outcome)):
            if said:
                output.say((f"  {label}: ", "dim"), said)
    if not found.risks:
        output.tell(f"no risk is named in {found.id}; 'kb risk add' does")


@verify.command("add", epilog='Example: kb verify add "Log in, put into the basket, check out"')
def verify_add(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be looked at.")],
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Add something to verify."""
    from kb.journeys import capture, weighing

    with opened(root) as (base, _):
        captured(weighing.add_check(base, capture.target(base, on, "deployment"), text), as_json, base)


@verify.command("done", epilog='Example: kb verify done basket --result "passed, a little slow" --by Ada')
def verify_done(
    which: Annotated[str, typer.Argument(metavar="CHECK", help="Its id, or a part of its text.")],
    result: Annotated[str, typer.Option(metavar="TEXT", help="What came of it.")] = "passed",
    by: By = "",
    on: On = None,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Say what came of a check."""
    from kb.journeys import weighing

    with opened(root) as (base, _):
        record, found = weighing.find_check(_where(base, on), which)
        captured(weighing.verified(base, record, found, result, by), as_json, base)


@verify.command("list", epilog="Example: kb verify list --on release-4-10")
def verify_list(on: On = None, root: Root = None, as_json: Json = False) -> None:
    """List the checks of a deployment."""
    found = _deployment(on, root)
    if as_json:
        output.print_json({"deployment": found.id, "checks": plain(found.checks)})
        return
    for one in found.checks:
        _check_line(one)
    if not found.checks:
        output.tell(f"nothing is to be verified in {found.id}; 'kb verify add' says what")


def _check_line(one: Check) -> None:
    output.say(("☑ " if one.done else "☐ ", "green" if one.done else ""), (one.text, "dim" if one.done else "bold"))
    output.say((f"  {' · '.join(filter(None, [one.id, one.result or 'no result', one.by]))}", "dim"))


def _deployment(on: str | None, root: Root) -> Deployment:
    from kb.journeys import capture

    with opened(root) as (base, _):
        found = capture.target(base, on, "deployment").entry
    assert isinstance(found, Deployment)
    return found


def freeze(root: Root = None, as_json: Json = False) -> None:
    """List the freezes, each with the time it is or the next one."""
    chosen, here = settings(root), now()
    rows = [(one, one.coming(here)) for one in chosen.freeze]
    if as_json:
        output.print_json({
            "freezes": [
                {"name": one.name, "when": one.words, "from": window and window[0].isoformat(),
                 "to": window and window[1].isoformat(), "now": bool(window and window[0] <= here)}
                for one, window in rows
            ]
        })  # fmt: skip
        return
    for one, window in rows:
        first, last = (Moment(at).local(one.timezone) for at in window) if window else ("", "")
        going_on = bool(window and window[0] <= here)
        output.say((one.name, "bold red" if going_on else "bold"), (f"  {one.words}", "dim"))
        told = f"now, until {last}" if going_on else f"next {first} to {last}"
        output.say(f"  {told if window else 'over, or not within the next two years'}")
    if not rows:
        output.tell("no freeze is set; the option 'freeze' in mkdocs.yml names them")


COMMANDS = [
    ("risk", risk, {}),
    ("verify", verify, {}),
    ("freeze", freeze, {"epilog": "Example: kb freeze --json"}),
]
