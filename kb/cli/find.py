"""Commands that answer: have we seen this before, and what did we ask?"""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from kb.cli import complete, output
from kb.cli.options import Json, Limit, Root, now, opened, settings, told_of
from kb.errors import UsageError
from kb.model import Incident

Text = Annotated[
    str, typer.Option("--text", metavar="TEXT", help="What is seen, in your own words; '-' reads it from stdin.")
]
Id = Annotated[
    str | None,
    typer.Argument(
        metavar="ID", autocompletion=complete.incidents, help="An incident, or a part of its id; else the open one."
    ),
]


def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS …", help='Words, "phrases", prefix*, and filters.')],
    limit: Limit = 10,
    root: Root = None,
    as_json: Json = False,
) -> None:
    """Search everything that is recorded.

    Filters: service: system: severity: tag: kind: status: company: before: after:
    """
    from kb.journeys import unfound
    from kb.journeys.find import Finder

    query = " ".join(words)
    with output.progress("Indexing") as told:
        finder = Finder(settings(root), progress=told)
        found = finder.search(query, limit)
    told_of(finder)
    unfound.note(finder.settings, query, found.hits, now())
    if as_json:
        hits = [output.hit_json(match) for match in found.hits]
        output.print_json({"query": query, "total": found.total, "suggestion": found.suggestion, "hits": hits})
        return
    if found.suggestion:
        output.tell("Did you mean: ", (found.suggestion, "bold"), "?")
    if not found.hits:
        output.tell("Nothing like this is recorded.")
        return
    output.hits(found.hits)
    if found.total > len(found.hits) and found.hits[0].fit != "none":
        output.say()
        output.say((f"{found.total - len(found.hits)} more; -n {found.total} shows them all", "dim"))


def similar(id_: Id = None, text: Text = "", limit: Limit = 5, root: Root = None, as_json: Json = False) -> None:
    """Past incidents that resemble an incident or a description, and why."""
    from kb.journeys import unfound
    from kb.journeys.find import Finder

    if _only_text(id_, text):
        seen = _given(text)
        with output.progress("Indexing") as told:
            finder = Finder(settings(root), progress=told)
            matches = finder.similar(seen, limit)
        told_of(finder)
        unfound.note(finder.settings, seen, matches, now())
        _similar(seen, matches, [], as_json)
        return
    from kb.journeys.suspects import suspects

    with opened(root) as (base, chosen), output.progress("Indexing") as told:
        incident = _incident(base, id_)
        matches = Finder(chosen, base, told).similar(incident, limit)
        hours = chosen.suspect_hours
        behind = suspects(incident, base.suspectable(incident, hours), hours, chosen.soak_hours)
        _similar(incident.id, matches, behind, as_json)


def _similar(query: str, matches: Any, behind: Any, as_json: bool) -> None:
    if as_json:
        output.print_json({"query": query, "hits": [output.hit_json(match) for match in matches], "suspects": behind})
        return
    output.hits(matches)
    if not matches:
        output.tell("Nothing like this is recorded.")
    if behind:
        output.heading("Deployments that may be behind it")
        output.suspects(behind)


def questions(id_: Id = None, text: Text = "", limit: Limit = 10, root: Root = None, as_json: Json = False) -> None:
    """Questions worth asking now, with where they helped before."""
    from kb.journeys.find import Finder

    if _only_text(id_, text):
        with output.progress("Indexing") as told:
            finder = Finder(settings(root), progress=told)
            found = finder.questions(_given(text), limit)
        told_of(finder)
    else:
        with opened(root) as (base, chosen), output.progress("Indexing") as told:
            found = Finder(chosen, base, told).questions(_incident(base, id_), limit)
    if as_json:
        output.print_json({"questions": [output.suggestion_json(question) for question in found]})
    else:
        output.suggestions(found)


def _only_text(id_: str | None, text: str) -> bool:
    if id_ is not None and text:
        raise UsageError("give an incident or --text, not both")
    return bool(text)


def _incident(base: Any, id_: str | None) -> Incident:
    from kb.journeys import capture

    found = capture.target(base, id_, "incident").entry
    assert isinstance(found, Incident)
    return found


def _given(text: str) -> str:
    """The text of an option; `-` stands for what comes on stdin."""
    return sys.stdin.read() if text == "-" else text


COMMANDS = [
    ("search", search, {"epilog": 'Example: kb search "high CPU after deploy" severity:sev1 after:2024'}),
    ("similar", similar, {"epilog": 'Example: kb similar --text "site slow, w3wp.exe at 100%"'}),
    ("questions", questions, {"epilog": 'Example: kb questions --text "high CPU"'}),
]
