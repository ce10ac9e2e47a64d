"""Times, durations and counts as a reader likes them."""

from __future__ import annotations

import re

from kb.markdown.html import to_text
from kb.model import Moment, zone
from kb.model.dating import local_date
from kb.model.spoken import count, date_words, long, span

__all__ = [
    "anchor", "clock", "count", "date_words", "day", "gist", "local_date", "long", "period", "sentence", "short",
    "span", "stretch", "when",
]  # fmt: skip
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]?\s+(?=[\"“‘(A-Z0-9`*])")


def day(moment: Moment, timezone: str) -> str:
    """`12 Mar 2019`, in that time zone."""
    return date_words(local_date(moment, timezone))


def clock(moment: Moment, timezone: str) -> str:
    """`09:00` or `09:00:30` in that time zone; empty when only the day is known."""
    if moment.precision == "day":
        return ""
    there = moment.at.astimezone(zone(timezone))
    return f"{there:%H:%M}" if moment.precision == "minute" else f"{there:%H:%M:%S}"


def when(moment: Moment, timezone: str) -> str:
    """`12 Mar 2019, 09:00`; without the time when only the day is known."""
    return ", ".join(part for part in (day(moment, timezone), clock(moment, timezone)) if part)


def period(start: Moment, end: Moment, timezone: str) -> str:
    """`12 Mar 2019, 09:00 to 09:50`; the end's day is named when it is another."""
    if day(start, timezone) != day(end, timezone):
        return f"{when(start, timezone)} to {when(end, timezone)}"
    times = [text for text in (clock(start, timezone), clock(end, timezone)) if text]
    return day(start, timezone) + (f", {' to '.join(dict.fromkeys(times))}" if times else "")


def stretch(start: Moment, end: Moment | None, timezone: str) -> str:
    """The same, of which the end may not be known, or be wrong."""
    return period(start, end, timezone) if end and start <= end else when(start, timezone)


def sentence(text: str) -> tuple[str, str]:
    """The first sentence of a Markdown line, and the rest.

    The line is not cut where that would leave half of an emphasis, a link or a piece of code on either side.
    """
    for found in _SENTENCE.finditer(text[:2000]):
        head = text[: found.start()]
        end = text[found.start() : found.end()].strip()
        if _whole(head + end):
            return (head + end).strip(), text[found.end() :].strip()
    return text.strip(), ""


def _whole(text: str) -> bool:
    pairs = (("(", ")"), ("[", "]"), ("“", "”"))
    even = all(text.count(mark) % 2 == 0 for mark in ("`", "**", "*", "_", '"'))
    return even and all(text.count(a) == text.count(b) for a, b in pairs)


def gist(text: str) -> str:
    """The first sentence of a Markdown text, and the second where both are short; one paragraph at most."""
    first = " ".join(text.partition("\n\n")[0].split())
    one, rest = sentence(first)
    two = sentence(rest)[0] if rest else ""
    return f"{one} {two}".strip() if len(one) + len(two) < 220 else one


def short(text: str, length: int) -> str:
    """The words of a Markdown text, cut at a word after so many characters."""
    words = to_text(text)
    if len(words) <= length:
        return words
    return words[: length - 1].rpartition(" ")[0].rstrip(" ,;:.") + "\u00a0…"


def anchor(text: str) -> str:
    """A name for a place in a page: lower case letters and digits of any script, and hyphens."""
    return re.sub(r"[\W_]+", "-", text.casefold()).strip("-") or "x"
