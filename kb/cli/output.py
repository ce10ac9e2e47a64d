"""What is printed: hits, entries, problems. Everything that comes from an entry is made safe for the terminal first."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from kb.errors import KbError, StoreUnavailable
from kb.model import Match, Problem, Suggestion, Suspect
from kb.model.plain import plain
from kb.model.visible import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

SCHEMA = 1
"""The version of the JSON that commands print; it grows when a field changes its meaning or goes away."""
MARK_ON, MARK_OFF = "\x02", "\x03"
NEAREST = 3
"""So many are named when nothing fits."""


@dataclass
class Heard:
    """What a command would have printed, for a caller within this process.

    Args:
        answer: its JSON, as plain values.
        remarks: what it would have told on stderr, line by line.
    """

    answer: Any = None
    remarks: list[str] = field(default_factory=list)


_heard: ContextVar[Heard | None] = ContextVar("heard", default=None)


@contextmanager
def heard() -> Iterator[Heard]:
    """Hears a command that is called with `as_json`, so that it prints nothing."""
    listener = Heard()
    token = _heard.set(listener)
    try:
        yield listener
    finally:
        _heard.reset(token)


def console(errors: bool = False) -> Console:
    """Where words for people go: answers to stdout, talk to stderr. Colours only on a terminal."""
    from rich.console import Console as RichConsole

    class Console(RichConsole):
        def on_broken_pipe(self) -> None:
            """Whoever read has seen enough: that is no fault."""
            raise BrokenPipeError

    return Console(stderr=errors, highlight=False, markup=False, emoji=False, soft_wrap=False)


def text(*pieces: str | tuple[str, str]) -> Text:
    """A line made of safe text; a pair is text and its style."""
    from rich.text import Text

    made = Text()
    for piece in pieces:
        words, style = piece if isinstance(piece, tuple) else (piece, "")
        made.append(safe(words), style or None)
    return made


def safe(words: str) -> str:
    """Text that cannot drive the terminal: control characters become visible ones."""
    return visible(words)


def say(*pieces: str | tuple[str, str]) -> None:
    """A line of the answer, on stdout."""
    _print(console(), *pieces)


def heading(words: str) -> None:
    """A line above a part of the answer."""
    console().print()
    console().print(text((words, "bold underline")))


def tell(*pieces: str | tuple[str, str]) -> None:
    """A remark, on stderr."""
    if listener := _heard.get():
        listener.remarks.append(text(*pieces).plain)
    else:
        _print(console(errors=True), *pieces)


def _print(out: Console, *pieces: str | tuple[str, str]) -> None:
    """A line, wrapped between words on a terminal and nowhere else."""
    out.print(text(*pieces), soft_wrap=not out.is_terminal)


def complain(error: KbError) -> None:
    """Why a command failed and how to mend it, on stderr."""
    tell(("error: ", "bold red"), error.message)
    if error.hint:
        tell(("  → ", "dim"), error.hint)


def unavailable(error: OSError) -> KbError:
    """What the system said, as kb says it."""
    return StoreUnavailable(
        f"{error.filename or 'a file'}: {error.strerror or error}", "is there room, and may you write there?"
    )


def problem_lines(problems: Iterable[Problem]) -> None:
    """Problems as `file:line: what: how to mend it`, on stdout, one a line, never wrapped."""
    out = console()
    for problem in problems:
        style = "red" if problem.level == "error" else "yellow"
        hint = f": {problem.hint}" if problem.hint else ""
        message = " ".join(problem.message.split())
        line = text((f"{problem.path}:{problem.line}: ", "bold"), (message, style), hint)
        out.print(line, soft_wrap=True)


def print_json(value: Any) -> None:
    """JSON for programs, on stdout, with the version of its schema."""
    body = plain({"schema": SCHEMA, **value} if isinstance(value, dict) else value)
    if listener := _heard.get():
        listener.answer = body
    else:
        sys.stdout.write(written(body) + "\n")


def written(body: Any) -> str:
    """JSON as text, in which nothing drives a terminal."""
    text = json.dumps(body, ensure_ascii=False, indent=2)
    return "".join(c if c == "\n" or c.isprintable() else f"\\u{ord(c):04x}" if ord(c) < 0x10000 else c for c in text)


def hit_json(match: Match) -> dict[str, Any]:
    """A hit as `kb search --json` prints it."""
    card = match.entry
    return {
        "id": card.id,
        "kind": card.kind,
        "title": card.title,
        "path": card.path,
        "score": round(match.score, 4),
        "fit": match.fit,
        "reasons": list(match.reasons),
        "cracked_by": card.cracked_by,
        "fixed_by": card.fixed_by,
        "open_actions": list(card.open_actions),
        "stale": match.stale,
        "excerpt": match.excerpt.replace(MARK_ON, "").replace(MARK_OFF, ""),
        "front_matter": plain(card.front_matter),
    }


def suggestion_json(suggestion: Suggestion) -> dict[str, Any]:
    """A question as `kb questions --json` prints it."""
    return {**plain(asdict(suggestion)), "score": round(suggestion.score, 4)}


def hits(matches: Sequence[Match]) -> None:
    """Hits for people, the best first; those that fit no better than chance are only named, and said to be such."""
    fitting = [match for match in matches if match.fit != "none"]
    for number, match in enumerate(fitting, 1):
        if number > 1:
            say()
        _hit(number, match)
    others = [match for match in matches if match.fit == "none"]
    if not others:
        return
    if fitting:
        say()
        say(("Farther off, no better than chance:", "dim"))
    else:
        tell("Nothing like this is recorded. The nearest, no better than chance:")
    for number, match in enumerate(others[: None if fitting else NEAREST], len(fitting) + 1):
        say((f"{number:>2}. ", "dim"), match.entry.title, (f"  {match.entry.id}", "dim"))


def _hit(number: int, match: Match) -> None:
    """Title, when and where, the passage, why, cracked by, fixed by, what is still to do."""
    out, card = console(), match.entry
    pieces = [
        (f"{number:>2}. ", "dim"),
        (card.title, "bold"),
        (f"  {card.severity}", "red"),
        (f"  {match.fit}", "green"),
    ]
    out.print(text(*pieces))
    place = [card.company or "", card.started[:10], ", ".join(card.services[:3]), card.id]
    out.print(_indented(text((" · ".join(part for part in place if part), "dim"))))
    out.print(_indented(_excerpt(match.excerpt or _short(" · ".join(card.looked_like)))))
    if match.stale:
        out.print(_indented(text(("the file has a fault; this is its last good version", "yellow"))))
    _labelled("why", " · ".join(match.reasons))
    _labelled("cracked by", f"“{card.cracked_by}”" if card.cracked_by else "", "bold yellow")
    _labelled("fixed by", card.fixed_by or "")
    _labelled("still to do", "" if card.library else " · ".join(card.open_actions), "red")


def _labelled(label: str, words: str, style: str = "") -> None:
    if words:
        console().print(_indented(text((f"{label}: ", "dim"), (_short(words), style))))


def _short(words: str, length: int = 200) -> str:
    line = " ".join(words.split())
    return line if len(line) <= length else line[:length].rpartition(" ")[0] + " …"


def _excerpt(passage: str) -> Text:
    from rich.text import Text

    made = Text()
    for number, piece in enumerate(passage.replace(MARK_OFF, MARK_ON).split(MARK_ON)):
        made.append(safe(piece.replace("\n", " ")), "bold cyan" if number % 2 else None)
    return made


def _bullet(mark: tuple[str, str], content: Text) -> Any:
    """A line with a mark before it, whose further lines are indented."""
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    table.add_row(text(" ", mark), content)
    return table


def point(mark: tuple[str, str], words: str, source: str = "", notes: Sequence[str] = ()) -> None:
    """A thing on a line of its own, with the entry that says so behind it, and what is to be known of it below."""
    out = console()
    out.print(
        _bullet(mark, text((_short(words, 400), "bold" if notes else ""), (f"  {source}" if source else "", "dim")))
    )
    for note in notes:
        out.print(_indented(text((_short(note, 240), "dim"))))


def _indented(content: Text) -> Any:
    from rich.padding import Padding

    return Padding(content, (0, 0, 0, 4), expand=False)


def suggestions(found: Sequence[Suggestion]) -> None:
    """Questions to ask, each with where it helped before."""
    out = console()
    for suggestion in found:
        style = "bold yellow" if suggestion.verdict.value == "cracked it" else "bold"
        out.print(_bullet(("?", "yellow"), text((suggestion.text, style))))
        if suggestion.reasons:
            out.print(_indented(text((" · ".join(suggestion.reasons), "dim"))))


def suspects(found: Sequence[Suspect]) -> None:
    """Deployments that may be behind an incident."""
    out = console()
    for suspect in found:
        out.print(_bullet(("◦", "blue"), text((suspect.title, "bold"), ("  " + suspect.id, "dim"))))
        out.print(_indented(text((" · ".join(suspect.reasons), "dim"))))


@contextmanager
def progress(what: str) -> Iterator[Any]:
    """A progress bar on stderr for work that takes long; silent when it is short or nobody is looking.

    Gives a function told (done, total).
    """
    with phases() as phase:
        yield phase(what)


@contextmanager
def phases() -> Iterator[Callable[[str], Any]]:
    """The same for work in several phases.

    Gives a function that is told the name of a phase as it begins, and gives one told (done, total).
    """
    if not sys.stderr.isatty():
        yield lambda what: lambda done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(errors=True), transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)

        def phase(what: str) -> Any:
            bar.reset(task, description=what, visible=False)
            return lambda done, total: bar.update(task, completed=done, total=total, visible=total > 50)

        yield phase
