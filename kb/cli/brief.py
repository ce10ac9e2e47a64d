"""`kb brief`: one page for the risk meeting, from history alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import complete, output
from kb.cli.options import Json, Root, now, settings, told_of, versioned
from kb.errors import UsageError
from kb.model.plain import plain

if TYPE_CHECKING:
    from kb.journeys.paper import Line, Paper
    from kb.model import Deployment

_SIGNS = {"star": ("★", "bold yellow"), "bad": ("!", "bold red"), "wait": ("~", "yellow"), "ok": ("✓", "green")}


def brief(
    deployment: Annotated[
        str,
        typer.Argument(
            metavar="[DEPLOYMENT]",
            autocompletion=complete.deployments,
            help="An id or a part of it; else the next one planned.",
        ),
    ] = "",
    service: Annotated[
        list[str] | None,
        typer.Option(
            "--service",
            metavar="NAME[=VERSION]",
            autocompletion=complete.services,
            help="Before it is recorded; repeatable.",
        ),
    ] = None,
    system: Annotated[
        list[str] | None,
        typer.Option("--system", metavar="NAME", autocompletion=complete.machines, help="Where it goes."),
    ] = None,
    tool: Annotated[str, typer.Option(metavar="NAME", help="Octopus Deploy, Argo CD, a script, …")] = "",
    change: Annotated[str, typer.Option("--change", metavar="TEXT", help="What is changed.")] = "",
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, to paste or to mail.")] = False,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Before a deployment: what went wrong the last times, and what to ask in the meeting."""
    from kb.journeys import briefing
    from kb.journeys.find import Finder
    from kb.journeys.paper import paper

    given = service or system or tool or change
    if deployment and given:
        raise UsageError("give a deployment, or --service and --tool of one that is not recorded yet, not both")
    with output.progress("Indexing") as told:
        finder = Finder(settings(root), progress=told)
        here = now()
        plan = _planned(service, system, tool, change) if given else briefing.meant(finder, deployment, here)
        found = briefing.briefed(finder, plan, here)
    told_of(finder)
    if as_json:
        output.print_json(plain(found))
    elif markdown:
        sys.stdout.write("\n".join(_markdown(paper(found))) + "\n")
    else:
        _print(paper(found))


def _planned(service: list[str] | None, system: list[str] | None, tool: str, change: str) -> Deployment:
    """A deployment as far as it is known before anybody has recorded it."""
    from kb.journeys.services import called, versions
    from kb.model import Deployment

    services = versions(map(versioned, service or ()))
    title = called(services) or change or "the deployment"
    return Deployment(id="", title=title, services=services, systems=tuple(system or ()), tool=tool, summary=change)


def _print(page: Paper) -> None:
    """The page on a terminal."""
    output.heading(page.title)
    if page.lead:
        output.say((page.lead, "dim"))
    for part in page.parts:
        output.heading(part.heading)
        if part.lead:
            output.say(part.lead)
        for line in part.lines:
            output.point(_SIGNS.get(line.sign, ("·", "dim")), line.text, _source(line), line.notes)


def _source(line: Line) -> str:
    """The entry that says so, when no note names it."""
    named = any(name in note for name in line.entries for note in line.notes)
    return "" if named else next(iter(line.entries), "")


def _markdown(page: Paper) -> Iterator[str]:
    """The page as Markdown, each thing on one line with what is to be known of it below."""
    from kb.markdown.quote import quoted

    yield f"# {quoted(page.title)}"
    if page.lead:
        yield f"\n{quoted(page.lead)}"
    for part in page.parts:
        yield f"\n## {quoted(part.heading)}\n"
        if part.lead:
            yield f"{quoted(part.lead)}\n"
        for line in part.lines:
            star = "★ " if line.sign == "star" else ""
            source = _source(line)
            yield f"- {star}**{quoted(line.text)}**{f' ({source})' if source else ''}"
            yield from (f"  - {quoted(note)}" for note in line.notes)


COMMANDS = [("brief", brief, {"epilog": 'Example: kb brief --service storefront=4.11 --tool "Octopus Deploy"'})]
