"""Commands that make the site."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.cli import output
from kb.cli.options import Json, Root, now, settings
from kb.errors import UsageError
from kb.model.plain import plain

if TYPE_CHECKING:
    from kb.journeys.publishing import Published

_MOST, _LENGTH = 40, 60


class ProfileWord(StrEnum):
    """Whom a site is for."""

    INTERNAL = "internal"
    PUBLIC = "public"


_PAGES = Path("gh-pages")
_PLACES = {ProfileWord.INTERNAL: "site", ProfileWord.PUBLIC: "public"}
Strict = Annotated[bool, typer.Option("--strict", help="Faults and warnings fail the build.")]


def build(
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help="Where; else site/ beside mkdocs.yml.")] = None,
    strict: Strict = False,
    as_of: Annotated[str, typer.Option("--as-of", metavar="TIME", help="The moment it is made for; else now.")] = "",
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Build the site, from the entries alone; the same entries as of the same moment give the same bytes.

    Where the site was built before, only what changed is made anew; the result is the same.
    """
    from kb.cli.when import moment
    from kb.site.run import build as run

    chosen = settings(root)
    at = moment(as_of, chosen.timezone, now()).at if as_of else None
    with output.phases() as phase:
        built = run(chosen.root, to.resolve() if to else None, strict=strict, as_of=at, phase=phase)
    if as_json:
        output.print_json(replace(built, seconds=round(built.seconds, 2)))
        return
    anew = "" if built.made == built.pages else f", {built.made} of them made anew"
    output.say(
        ("✓ ", "green"),
        f"{built.pages} pages in {built.seconds:.1f} s{anew}: ",
        (str(built.site / "index.html"), "bold"),
    )
    output.say("  " + _shown(built.entries))
    if left := len(built.left_out):
        files = "1 file with a fault is" if left == 1 else f"{left} files with a fault are"
        output.say(("! ", "yellow"), f"{files} left out, or shown as before the fault; 'kb check' says how to mend it")


def _shown(entries: Mapping[str, int]) -> str:
    """`3 incidents, 1 deployment, 44 incidents of the library`."""
    names = {"incident": "", "deployment": "", "system": "", "library": "incident"}
    counts = ((entries.get(kind, 0), word or kind, " of the library" if word else "") for kind, word in names.items())
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}{where}" for n, word, where in counts if n) or "no entries yet"


def serve(
    address: Annotated[str, typer.Option("--address", metavar="HOST:PORT", help="Where to listen.")] = "127.0.0.1:8000",
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    root: Root = None,
) -> None:
    """Serve the site; a page reloads when an entry changes, from whichever terminal."""
    from kb.site.run import serve as run

    run(settings(root).root, address, open_browser=open_)


def publish(
    profile: Annotated[ProfileWord | None, typer.Option(help="For ourselves (if not said), or for strangers.")] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="DIR|gh-pages",
            help="Where; else site/, or public/ for strangers. Or push it to that branch.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be taken out.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Keep the list in a file: .md or .json.")
    ] = None,
    as_of: Annotated[str, typer.Option("--as-of", metavar="TIME", help="The moment it is made for; else now.")] = "",
    as_json: Json = False,
    root: Root = None,
) -> None:
    """Build the site from nothing, look through all of it, and put it in its place as a whole.

    For strangers only public entries that are over are shown, and of them only what is public; everything that was
    taken out is listed for whoever reviews it. 'gh-pages' is that branch of origin, from where GitHub serves it.
    """
    from kb.cli.when import moment
    from kb.journeys.publishing import reviewed
    from kb.site import branch
    from kb.site.publish import publish as run

    chosen = settings(root)
    at = moment(as_of, chosen.timezone, now()).at if as_of else None
    pushed = to == _PAGES and not dry_run
    if to == _PAGES and profile is None:
        raise UsageError(
            "who may read a branch may read all of the site: say whom it is for", "--profile public, or internal"
        )
    if pushed:
        branch.ready(chosen.root)
    place = chosen.root / _PLACES[profile or ProfileWord.INTERNAL] if to in (None, _PAGES) else to
    with output.phases() as phase:
        only = reviewed(chosen, profile == ProfileWord.PUBLIC, phase("Reading entries"))
        if report and only:
            _keep(only, report)
        if only and not as_json:
            _list(only, report)
        built = None if dry_run else run(chosen.root, place.resolve(), only, as_of=at, phase=phase)
    if pushed:
        branch.push(chosen.root, place.resolve())
    if as_json:
        output.print_json({"built": built, "pushed": branch.BRANCH if pushed else "", **_told(only)})
    elif built:
        output.say(("✓ ", "green"), f"{built.pages} pages: ", (str(built.site / "index.html"), "bold"))
        output.say("  " + _shown(built.entries))
        if pushed:
            output.say(("✓ ", "green"), branch.PLACE)


def _told(only: Published | None) -> dict[str, Any]:
    """What was taken out and what was left out, as a program reads it."""
    left_out = [{"id": name, "why": why} for name, why in only.left_out] if only else []
    return {"removals": list(only.removals) if only else [], "left_out": left_out}


def _list(only: Published, report: Path | None) -> None:
    """The removals on the terminal, an entry after the other."""
    lines = [
        *((name, "all of it", "", "", why) for name, why in only.left_out),
        *((one.entry, one.where, one.what, one.put, one.why) for one in only.removals),
    ]
    last = ""
    for name, where, what, put, why in lines[:_MOST]:
        if name != last:
            output.say((name, "bold"))
        words = f"“{_short(what)}”" + (f" → {put}" if put else "") if what else "left out"
        output.say(f"  {where}: {words}", (f" · {why}", "dim"))
        last = name
    if len(lines) > _MOST and not report:
        output.tell(f"{len(lines) - _MOST} more; '--report FILE' keeps the whole list")
    counts = len(only.removals), len(only.entries), len(only.left_out)
    output.tell("taken out: {} in what is published of {}; left out whole: {}".format(*counts))


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _LENGTH else f"{flat[:_LENGTH]}…"


def _keep(only: Published, file: Path) -> None:
    """The whole list in a file for the reviewer: a table in Markdown, or JSON."""
    if file.suffix == ".json":
        file.write_text(json.dumps(plain(_told(only)), ensure_ascii=False, indent=2) + "\n", "utf-8")
        return
    rows = [(one.entry, one.where, one.what, one.put, one.why) for one in only.removals]
    rows += [(name, "whole entry", "", "", why) for name, why in only.left_out]
    cells = (" | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in row) for row in rows)
    head = "| entry | where | what stood there | what stands there now | why |\n|---|---|---|---|---|\n"
    file.write_text(f"# Taken out before publishing\n\n{head}" + "".join(f"| {row} |\n" for row in cells), "utf-8")


COMMANDS = [
    ("publish", publish, {"epilog": "Example: kb publish --profile public --to public --report removals.md"}),
    ("build", build, {"epilog": "Example: kb build --strict"}),
    ("serve", serve, {"epilog": "Example: kb serve --open"}),
]
