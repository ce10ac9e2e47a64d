"""`kb stats`: what the team's incidents and deployments add up to, each figure with what it rests on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.cli import complete, output
from kb.cli.options import Json, Root, now, opened, settings
from kb.model.definitions import CRACK, DEFINITIONS, DELAY, FAILURES, FREQUENCY, OVERDUE, RECOVERY, RECURRENCE
from kb.model.metrics import FEW, Bin, Spread
from kb.model.spoken import count, decimal, middle_half, percent, span, too_few

if TYPE_CHECKING:
    from kb.config import Settings
    from kb.journeys.measures import Measures
    from kb.model.delivery import Frequency
    from kb.model.recurrence import Recurrence

Since = Annotated[
    str, typer.Option("--since", metavar="TIME", help="Only what began since: 90d, 12w, 2026-01-01, '3 months ago'.")
]
_NAME, _VALUE, _REST, _N = 35, 12, 27, 5
"""Columns of a figure's line; together they are 79."""
_BAR, _UNIT = 40, 2
"""Columns of the longest bar, and of one value where there are few."""
_PARTS = " ▏▎▍▌▋▊▉"
_SHOWN = 5
_Rests = tuple[str, int]
"""A figure's name, and how many values it rests on."""


def stats(
    since: Since = "",
    service: Annotated[
        str, typer.Option(metavar="NAME", autocompletion=complete.services, help="Only what names this service.")
    ] = "",
    explain: Annotated[bool, typer.Option("--explain", help="What each figure means, and who says so.")] = False,
    searches: Annotated[
        bool, typer.Option("--searches", help="What was searched here and not found, instead.")
    ] = False,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """How long it takes, how often a deployment hurts, what comes back, what is left undone; each with its n."""
    if searches:
        _searches(settings(root), as_json)
        return
    from kb.cli.when import since as begin
    from kb.journeys.measures import measures
    from kb.journeys.services import spelled

    clock = now()
    with opened(root) as (base, chosen):
        entries = [record.entry for record in base.records() if not record.library]
    start = begin(since, chosen.timezone, clock) if since else None
    name = spelled(entries, service) if service else ""
    found = measures(entries, clock, start, name)
    if as_json:
        output.print_json(_json(found, start, name, explain))
        return
    _say(found, start, name)
    if explain:
        _definitions()


def _searches(chosen: Settings, as_json: bool) -> None:
    """What people here searched and did not find: what is worth writing down."""
    from kb.journeys.unfound import unfound

    found = unfound(chosen)
    if as_json:
        output.print_json({"searches": found, "kept": chosen.searches})
        return
    for one in found:
        output.say((f"{one.times:>4} × ", "dim"), one.words, (f"  {one.last[:10]}", "dim"))
    if not found:
        output.tell(
            "Everything that was searched here was found." if chosen.searches else "The option searches is off."
        )


def _say(found: Measures, since: datetime | None, service: str) -> None:
    if not (found.incidents or found.deployments or found.unfinished):
        _nothing(since, service)
        return
    about = f" of {service}" if service else ""
    period = f" since {since:%Y-%m-%d}" if since else ""
    counted = f"{count(found.incidents, 'incident')} and {count(found.deployments, 'deployment')}"
    _wrapped(f"{counted}{about}{period}", "bold", "")
    output.say(("Times are medians; n is what they rest on.", "dim"))
    warning = too_few([*_durations(found), *_deployments(found), *_undone(found)])
    if warning:
        output.say()
        _wrapped(warning, "yellow", "! ")


def _nothing(since: datetime | None, service: str) -> None:
    of = f" of {service}" if service else ""
    if since:
        _wrapped(
            f"Nothing{of} is recorded since {since:%Y-%m-%d}; without --since all that is recorded counts.", "", ""
        )
    else:
        output.say("There is nothing to measure yet.")
        output.say('kb new incident "what happens" makes the first entry.')


def _durations(found: Measures) -> Iterator[_Rests]:
    """How long it takes; gives what it rests on."""
    if not found.incidents:
        return
    output.heading("How long it takes")
    _line("", "median", "middle half", "n", "dim")
    yield from _spreads((*found.durations, (CRACK, found.crack)))
    if found.crack:
        output.heading("Until the right question was asked")
        _bars(found.crack_bins)


def _deployments(found: Measures) -> Iterator[_Rests]:
    if not found.deployments:
        return
    output.heading("Deployments")
    share = found.failures
    if not share.whole:
        output.say("  None of them has reached production.")
        return
    reached = f"{share.whole:,}"
    _line("Reached production", reached, f"of {found.deployments:,} written down", reached)
    yield from _frequency(found.frequency)
    _line(FAILURES, percent(share), f"{share.part} of {share.whole}", str(share.whole))
    yield FAILURES, share.whole
    yield from _spreads(((RECOVERY, found.recovery), (DELAY, found.delay)))
    if any(one.n for one in (*found.delay_bins, *found.cleared_bins)):
        output.heading("From a deployment to the incident it had a part in")
        _bars(found.delay_bins, [f"{one.n:,} ruled out, not counted" if one.n else "" for one in found.cleared_bins])


def _frequency(often: Frequency | None) -> Iterator[_Rests]:
    if often is None:
        _line(FREQUENCY, "–", "no week is over yet", "0")
        return
    for name, one in (("Deployments in a week", often.a_week), ("Days with a deployment in a week", often.days_a_week)):
        _line(name, decimal(one.median), middle_half(one, decimal), f"{one.n:,}")
    yield FREQUENCY, often.weeks


def _undone(found: Measures) -> Iterator[_Rests]:
    if found.came_back:
        output.heading("Came back")
        for one in found.came_back[:_SHOWN]:
            _back(one)
        _more(len(found.came_back))
        open_ = count(len(found.recurrences), "incident")
        said = f"{open_} of {found.incidents} came while an action against an earlier one was still open."
        _wrapped(said, "", "  ")
        yield RECURRENCE, found.incidents
    if found.unfinished:
        output.heading(OVERDUE)
        output.say(f"  {len(found.overdue)} of {count(found.unfinished, 'action')} still to be done.")
        if found.overdue:
            _bars(found.overdue_bins)
            output.say(("  kb action list --overdue shows them.", "dim"))


def _back(one: Recurrence) -> None:
    _wrapped(f"{one.incident.id}: {one.incident.title}", "bold", "  ")
    for prior in one.earlier:
        left = "; ".join(action.text for action in prior.undone)
        _wrapped(f"of {prior.incident.id}" + (f", still open then: {left}" if left else ", all of it done"), "", "    ")


def _more(number: int) -> None:
    if number > _SHOWN:
        output.say((f"  and {number - _SHOWN} more; --json names them all", "dim"))


def _spreads(found: Iterable[tuple[str, Spread | None]]) -> Iterator[_Rests]:
    """A line each; gives what each rests on."""
    for name, one in found:
        if one is None:
            _line(name, "–", "no times written down", "0")
            continue
        _line(name, span(one.median), middle_half(one), str(one.n))
        yield name, one.n


def _line(name: str, value: str, rest: str, n: str, style: str = "") -> None:
    figure = (f"{value:>{_VALUE}}", style or "bold")
    output.say((f"  {name:<{_NAME - 2}}", style), figure, (f"  {rest:<{_REST - 2}}{n:>{_N}}", "dim"))


def _bars(bins: Iterable[Bin], notes: Sequence[str] = ()) -> None:
    """A lying bar for each bin, with its number: without colours it says the same.

    Args:
        notes: what else is to be said of each bin.
    """
    every = list(bins)
    most = max((one.n for one in every), default=0) or 1
    for one, note in zip(every, notes or [""] * len(every), strict=True):
        eighths = round(8 * min(_BAR / most, _UNIT) * one.n)
        bar = "█" * (eighths // 8) + _PARTS[eighths % 8].strip()
        more = (f"   {note}" if note else "", "dim")
        output.say(f"  {one.label:<16}", (bar, "cyan"), f"{' ' if bar else ''}{one.n:,}", more)


def _wrapped(words: str, style: str, indent: str) -> None:
    for line in textwrap.wrap(output.safe(words), 79, initial_indent=indent, subsequent_indent=" " * len(indent)):
        output.say((line.replace("\u00a0", " "), style))


def _definitions() -> None:
    output.heading("What the figures mean")
    for one in DEFINITIONS:
        output.say((f"  {one.name}", "bold"))
        _wrapped(one.text, "", "    ")
        if one.source:
            output.say((f"    {one.source}: {one.address}", "dim"))


def _json(found: Measures, since: datetime | None, service: str, explain: bool) -> dict[str, Any]:
    often = found.frequency
    return {
        "since": since, "service": service or None, "incidents": found.incidents, "deployments": found.deployments,
        "few_below": FEW,
        "durations": {name.lower().replace(" ", "_"): _spread(one) for name, one in found.durations},
        "time_to_right_question": {**_spread(found.crack), "bins": _bins(found.crack_bins, "seconds")},
        "deployment_frequency": {
            "n": often.n if often else 0, "weeks": often.weeks if often else 0,
            "per_week": _of_weeks(often.a_week) if often else None,
            "days_per_week": _of_weeks(often.days_a_week) if often else None,
        },
        "change_failure_rate": {
            "part": found.failures.part, "n": found.failures.whole, "fraction": found.failures.fraction
        },
        "failed_deployment_recovery_time": _spread(found.recovery),
        "delay_to_incident": {
            **_spread(found.delay), "bins": _bins(found.delay_bins, "seconds"),
            "ruled_out_bins": _bins(found.cleared_bins, "seconds"),
        },
        "recurrence": {
            "part": len(found.recurrences), "n": found.incidents,
            "came_back": [_recurrence(one) for one in found.came_back],
        },
        "overdue_actions": {
            "part": len(found.overdue), "n": found.unfinished, "bins": _bins(found.overdue_bins, "days"),
        },
        **({"definitions": [asdict(one) for one in DEFINITIONS]} if explain else {}),
    }  # fmt: skip


def _spread(one: Spread | None) -> dict[str, Any]:
    if one is None:
        return {"n": 0, "median_seconds": None, "low_seconds": None, "high_seconds": None}
    return {"n": one.n, "median_seconds": one.median, "low_seconds": one.low, "high_seconds": one.high}


def _of_weeks(one: Spread) -> dict[str, Any]:
    return {"n": one.n, "median": one.median, "low": one.low, "high": one.high}


def _bins(bins: Iterable[Bin], unit: str) -> list[dict[str, Any]]:
    return [{"label": one.label, f"up_to_{unit}": one.upto, "n": one.n} for one in bins]


def _recurrence(one: Recurrence) -> dict[str, Any]:
    earlier = [
        {"id": prior.incident.id, "undone": [{"id": left.id, "text": left.text, "owner": left.owner, "due": left.due}
                                             for left in prior.undone]}
        for prior in one.earlier
    ]  # fmt: skip
    return {"id": one.incident.id, "title": one.incident.title, "earlier": earlier}


COMMANDS = [("stats", stats, {"epilog": "Example: kb stats --since 90d --service storefront --explain"})]
