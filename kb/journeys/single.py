"""One entry for somebody who has no kb: as plain Markdown for a wiki, or printed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kb.errors import ConfigurationError, StoreUnavailable
from kb.journeys.record import Record
from kb.markdown.elsewhere import Address, elsewhere
from kb.markdown.fields import SECTIONS
from kb.markdown.item_syntax import fenced
from kb.markdown.quote import quoted
from kb.markdown.render import front_matter
from kb.model import (
    ActionItem,
    Check,
    Item,
    Lesson,
    LessonKind,
    Question,
    Risk,
    TimelineEvent,
    Verdict,
)

_BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "msedge")
_QUIET = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer",
)  # fmt: skip
"""A browser that shows nothing, and talks to nobody on its own account either."""
_LONGEST = 120
_UNTOLD = ("id", "kind")
_LESSONS = {LessonKind.WELL: "Went well", LessonKind.WRONG: "Went wrong", LessonKind.LUCKY: "Got lucky"}


def wiki(record: Record, address: Address = lambda _: "") -> str:
    """An entry as plain Markdown: its title, a small table of what is known of it, and its sections.

    Args:
        address: gives the address of another entry on the web; where it gives none, the other entry is only named.
    """
    entry: Any = record.entry
    blocks = [f"# {quoted(entry.title)}", "\n".join(_facts(record, address))]
    if entry.lead:
        blocks.append(elsewhere(entry.lead, address))
    for place in SECTIONS[entry.kind]:
        value = getattr(entry, place.attr)
        if place.items:
            body = "\n".join(line for item in value for line in _item(item, entry.timezone, address))
        else:
            body = elsewhere(value, address)
        blocks += [f"## {place.heading}", body] if body else []
    for section in entry.sections:
        blocks += [f"## {quoted(section.heading)}", elsewhere(section.body, address)]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _facts(record: Record, address: Address) -> Iterator[str]:
    """What the front matter says, in words; what is nested deeper is for programs."""
    yield from ("| | |", "|---|---|")
    for key, value in front_matter(record.entry).items():
        several = value if isinstance(value, list) else [value]
        said = ", ".join(_named(word, address) for word in several if isinstance(word, str))
        if said and key not in _UNTOLD:
            yield f"| {quoted(key.replace('_', ' ').capitalize())} | {said} |"
    yield f"| Entry | {quoted(record.entry.id)} |"


def _named(word: str, address: Address) -> str:
    """A word of the front matter; one that begins with the id of an entry leads to it."""
    name, blank, rest = word.partition(" ")
    link = address(name)
    shown = f"[{name}]({link}){blank}{quoted(rest)}" if link else quoted(word)
    return shown.replace("|", "\\|")


def _item(item: Any, timezone: str, address: Address) -> Iterator[str]:
    """An item of a list: what stands before its text, the text, what stands behind its first line, what is below."""
    before, behind, below = _KINDS[type(item)](item, timezone)
    told = ", ".join(quoted(word) for word in behind if word)
    first, *rest = elsewhere(item.text, address).split("\n")
    if first.startswith(("```", "~~~")):
        first, rest = "", ["", first, *rest]
    line = " ".join(filter(None, (before, first.strip(), f"*({told})*" if told else "")))
    yield f"- {line}".rstrip()
    for one in rest:
        yield f"  {one}".rstrip()
    for note in below:
        first, *rest = elsewhere(note, address).split("\n")
        yield f"  - {first}"
        for one in rest:
            yield f"    {one}".rstrip()


_Told = tuple[str, list[str], list[str]]


def _event(event: TimelineEvent, timezone: str) -> _Told:
    time = f"**{event.at.local(timezone)}**" if event.at else ""
    kind = f"{quoted(event.kind)}:" if event.kind != "note" else ""
    return f"{time} {kind}".strip(), [event.by], []


def _question(question: Question, timezone: str) -> _Told:
    when = question.at.local(timezone) if question.at else ""
    verdict = "" if question.verdict is Verdict.OPEN else question.verdict.value
    mark = "**★**" if question.verdict is Verdict.CRACKED else ""
    return mark, [question.asked_by, when, verdict], [
        "\n".join(filter(None, (one.text + (f" ({one.by})" if one.by else ""), _evidence(one.evidence))))
        for one in question.answers
    ]  # fmt: skip


def _evidence(evidence: str) -> str:
    return fenced(evidence) if evidence else ""


def _action(action: ActionItem, _timezone: str) -> _Told:
    due = f"due {action.due}" if action.due and not action.done_on else ""
    done = f"done {action.done_on}" if action.done_on else ""
    return f"[{'x' if action.done else ' '}]", [action.owner, due, done, action.ticket], []


def _check(check: Check, _timezone: str) -> _Told:
    return f"[{'x' if check.done else ' '}]", [check.result, check.by], []


def _risk(risk: Risk, _timezone: str) -> _Told:
    odds = [f"{name} {word}" for name, word in (("likelihood", risk.likelihood), ("impact", risk.impact)) if word]
    against = [f"Against it: {risk.mitigation}"] if risk.mitigation else []
    became = [f"What became of it: {risk.outcome}"] if risk.outcome else []
    return "", [*odds, risk.owner], [*against, *became]


_KINDS: dict[type, Callable[[Any, str], _Told]] = {
    TimelineEvent: _event,
    Question: _question,
    ActionItem: _action,
    Check: _check,
    Risk: _risk,
    Lesson: lambda lesson, _: (f"**{_LESSONS[lesson.kind]}:**" if lesson.kind in _LESSONS else "", [], []),
    Item: lambda item, _: ("", [], []),
}


def pdf(page: bytes) -> bytes:
    """A page of one file, printed by the browser of this machine.

    Raises:
        ConfigurationError: there is none.
        StoreUnavailable: it did not print; the hint says what it said.
    """
    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if program is None:
        raise ConfigurationError(
            "there is no Chromium here that could print", "install one, or export a .html file and print that"
        )
    with TemporaryDirectory(prefix="kb-print-") as folder:
        source, made = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_bytes(page)
        root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # it refuses to start otherwise
        own = [f"--user-data-dir={folder}/browser", f"--print-to-pdf={made}"]
        try:
            ran = subprocess.run(
                [program, *_QUIET, *root, *own, source.as_uri()], capture_output=True, timeout=_LONGEST, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StoreUnavailable(f"{program} did not print: {error}", "export a .html file and print that") from None
        if not made.is_file():
            said = ran.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise StoreUnavailable(f"{program} printed nothing", said or "export a .html file and print that")
        return made.read_bytes()
