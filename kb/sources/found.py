"""What another tool recorded, on its way to becoming an entry: what was understood, guessed, and kept aside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kb.errors import InvalidEntry
from kb.markdown import clean, clean_line, parse, render
from kb.markdown.adopt import ORIGIN
from kb.markdown.item_syntax import fenced
from kb.markdown.times import read_moment
from kb.model import Deployment, Entry, Incident, Moment, Section
from kb.model.names import KEPT_ASIDE, derived_item_id


@dataclass(frozen=True, slots=True)
class Found:
    """One incident or deployment of another tool.

    Args:
        key: names it for the next time, `pagerduty/Q1ABC`.
        entry: what was understood, without an id.
        guessed: what was taken from where, in words.
        aside: what kb has no place for; it comes along as a section of its own.
    """

    key: str
    entry: Incident | Deployment
    guessed: tuple[str, ...] = ()
    aside: Any = None

    @property
    def title(self) -> str:
        """What it is called."""
        return self.entry.title

    @property
    def day(self) -> date | None:
        """When it began, where that is known."""
        entry = self.entry
        began = entry.started or (entry.detected if isinstance(entry, Incident) else entry.window_start)
        return date.fromisoformat(began.local(entry.timezone)[:10]) if began else None

    def text(self, entry_id: str, origin: str) -> str:
        """The entry's file.

        Raises:
            InvalidEntry: what was understood does not read the same again.
        """
        sections = self.entry.sections
        if self.aside:
            told = json.dumps(self.aside, ensure_ascii=False, indent=1, default=str)
            body = "What kb has no field for, as it came:\n\n" + fenced(clean_json(told), "json")
            sections = (*sections, Section(f"{KEPT_ASIDE}{self.key.partition('/')[0]}", body))
        entry = replace(self.entry, id=entry_id, sections=sections, extra={**self.entry.extra, ORIGIN: origin})
        text = render(entry)
        if parse(text).entry != entry:
            raise InvalidEntry(f"{self.key} cannot be written down so that it reads the same", "take it over by hand")
        return text


def clean_json(told: str) -> str:
    """JSON without what a file should not hold raw."""
    return "".join(sign if sign.isprintable() or sign == "\n" else f"\\u{ord(sign):04x}" for sign in told)


@dataclass(slots=True)
class Sheet:
    """The values of one thing, taken one by one: what nobody took is kept aside.

    Args:
        timezone: the zone of times without an offset, and of the entry.
    """

    values: dict[str, Any]
    timezone: str
    guessed: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def raw(self, name: str) -> Any:
        """A value as it came."""
        self._taken.add(name)
        return self.values.get(name)

    def seen(self, *names: str) -> None:
        """Values that say what is known already, or only how the tool works."""
        self._taken.update(names)

    def line(self, *names: str) -> str:
        """The first of several values that is there, as one line; a thing with a name is called by it."""
        for name in names:
            if said := named(self.raw(name)):
                return said
        return ""

    def text(self, name: str) -> str:
        """A value as a text of any number of lines."""
        value = self.raw(name)
        return clean(lowered(value)) if isinstance(value, str) else named(value)

    def time(self, *names: str) -> Moment | None:
        """The first of several values that is a time; one that is none stays aside."""
        for name in names:
            if (found := moment(self.values.get(name), self.timezone)) is not None:
                self._taken.add(name)
                return found
        return None

    def choice(self, name: str, options: Mapping[str, Any], otherwise: Any) -> Any:
        """What a word stands for; one that is not known stays aside."""
        word = named(self.values.get(name)).lower()
        if word in options:
            self._taken.add(name)
            return options[word]
        return otherwise

    def guess(self, said: str) -> None:
        """Notes what was taken for what."""
        self.guessed.append(said)

    @property
    def aside(self) -> dict[str, Any]:
        """What nobody took, and says something."""
        return {key: value for key, value in self.values.items() if key not in self._taken and not _empty(value)}


def named(value: Any) -> str:
    """A value as one line: a thing by its name, a list by the names in it."""
    if isinstance(value, Mapping):
        told = next(
            (value[key] for key in ("summary", "name", "login", "username", "displayName") if value.get(key)), ""
        )
        return named(told)
    if isinstance(value, list):
        return ", ".join(filter(None, map(named, value)))
    if isinstance(value, bool) or value is None:
        return ""
    return clean_line(str(value))


def names(value: Any) -> tuple[str, ...]:
    """The names in a value, each once."""
    values = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(filter(None, map(named, values))))


def moment(value: Any, timezone: str) -> Moment | None:
    """The time a value tells, in ISO 8601 or in seconds or milliseconds since 1970; None when it tells none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float) or (isinstance(value, str) and value.replace(".", "", 1).isdigit()):
        seconds = float(value)
        seconds = seconds / 1000 if seconds > 1e11 else seconds
        if not 1e8 < seconds < 1e10:
            return None
        return _rounded(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds)))
    try:
        found = read_moment(value, timezone) if isinstance(value, str) else None
    except ValueError:
        return None
    return _rounded(found.at) if found and found.precision != "day" else found


def _rounded(at: datetime) -> Moment:
    """To the minute where no seconds are given: a person is glad to read it."""
    return Moment(at, "minute" if at.second == 0 else "second")


def lowered(text: str) -> str:
    """A text whose headings are below those of an entry's sections; one with code in it stays as it is."""
    return text if "```" in text or "~~~" in text else re.sub(r"^(#{1,4}) (?=\S)", r"##\1 ", text, flags=re.MULTILINE)


def item_ids(key: str) -> Iterator[str]:
    """Ids for the items of one thing, the same every time it is read."""
    number, given = 0, set()
    while True:
        made = derived_item_id(key, str(number))
        number += 1
        if made not in given:
            given.add(made)
            yield made


def _empty(value: Any) -> bool:
    return value is None or value == "" or value in ([], {}) or value is False


def known(entry: Entry) -> tuple[str, ...]:
    """The fields that an entry has something in, for who wants to know what was understood."""
    blank = type(entry)(id="", title="")
    attributes = (name for name in entry.__dataclass_fields__ if name not in ("id", "timezone", "visibility", "extra"))
    return tuple(name for name in attributes if getattr(entry, name) != getattr(blank, name))
