"""Text that comes in through a command, made safe to stand inside an entry. What is typed by hand is never cleaned.

Control characters become visible, and a text that would not stay where it is put (an unclosed fence, a heading, a raw
HTML block) is wrapped in a fence.
"""

from __future__ import annotations

import re

from kb.markdown.document import conflict_line
from kb.markdown.item_syntax import fenced
from kb.markdown.limits import require_name, require_text
from kb.markdown.parse import parse
from kb.markdown.render import render
from kb.model import Answer, Incident, Item, Question, TimelineEvent
from kb.model.visible import visible

_MARKER_LINE = re.compile(r"^(<{7}|={7}|>{7})", re.MULTILINE)


def clean_line(text: str) -> str:
    """A text as one line: a title, a name, a value.

    Raises:
        TooLong: it is longer than one.
    """
    require_name(text)
    return " ".join(visible(text).split())


def clean(text: str, question: bool = False) -> str:
    """A text that stays where it is put: as an item, an answer, a section.

    Args:
        question: it is to be a question, whose lists would be taken for answers.

    Raises:
        TooLong: it belongs in a file of its own.
    """
    require_text(text)
    lines = [_unindented(line).rstrip() for line in visible(text).split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    tidy = "\n".join(lines).rstrip()
    if not tidy.startswith("    "):
        tidy = tidy.lstrip(" ")
    if not tidy or (conflict_line(tidy) is None and _survives(tidy, question)):
        return tidy
    return fenced(_MARKER_LINE.sub(r" \1", tidy))


def _unindented(line: str) -> str:
    blank = len(line) - len(line.lstrip(" \t"))
    return line[:blank].expandtabs(4) + line[blank:]


def _survives(text: str, question: bool) -> bool:
    """Whether a text comes back as it was from every place it may be put, and what follows it too."""
    probe = Incident(
        id="probe", title="Probe", lead=text, summary=text, impact="after",
        symptoms=(Item(text, "aaaaaa"), Item("after", "bbbbbb")),
        timeline=(TimelineEvent(text, id="cccccc"), TimelineEvent("after", id="dddddd")),
        questions=(
            Question("before", answers=(Answer(text), Answer("after")), id="eeeeee"),
            Question(text if question else "after", answers=(Answer("after"),), id="ffffff"),
        ),
        trigger=text, root_cause="after",
    )  # fmt: skip
    return parse(render(probe)).entry == probe
