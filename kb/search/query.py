"""What people type at `kb search`: words, "phrases", prefix*, key:value filters, -without.

Whatever cannot be read as one of these is read as plain words; nothing raises. A long text (a pasted alert) is plain
words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from kb.model import OPEN_STATUSES, IncidentStatus
from kb.model.names import slug

MOST_CHARACTERS = 256
MOST_TERMS = 24
KEYS = ("service", "system", "severity", "tag", "kind", "status", "visibility", "company", "before", "after")
SHORTEST_PREFIX = 3
_TERM = re.compile(r'(?<!\S)(-?)(?:([a-z]+):)?(?:"([^"]*)"|(\S+))', re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", re.ASCII)
_PREFIX = re.compile(rf"([^\W_][\w.-]{{{SHORTEST_PREFIX - 1},}})\*+")
_FIRST, _LAST = 1, 99999999
LEAST_WITHOUT = 4
"""Letters of a word to leave out; shorter ones are options of a command somebody pasted: `rm -rf`."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was understood.

    Args:
        words: what is ranked by, phrases included.
        phrases: what must stand in the entry as it is.
        prefixes: beginnings of words, folded.
        facets: groups of `key:value`; of each group one must be true.
        without: groups of which none may be true.
        since, until: the days (20190312) an entry must have begun on, both included; None when not asked for.
        not_words, not_phrases: what must not stand in the entry.
    """

    words: str
    phrases: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    facets: tuple[tuple[str, ...], ...] = ()
    without: tuple[tuple[str, ...], ...] = ()
    since: int | None = None
    until: int | None = None
    not_words: tuple[str, ...] = ()
    not_phrases: tuple[str, ...] = ()

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the answer beside the words."""
        dated = self.since is not None or self.until is not None
        return dated or bool(self.facets or self.without or self.phrases or self.not_words or self.not_phrases)


def parse(text: str) -> Query:
    """What a text asks for."""
    terms = list(_TERM.finditer(text)) if len(text) <= MOST_CHARACTERS and "\n" not in text.strip() else []
    if not terms or len(terms) > MOST_TERMS:
        return Query(text)
    reading = _Reading()
    for term in terms:
        reading.term(term[0], bool(term[1]), (term[2] or "").lower(), term[3], term[4] or "")
    return reading.query()


class _Reading:
    """Collects the terms of a query."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.phrases: list[str] = []
        self.prefixes: list[str] = []
        self.facets: dict[str, tuple[str, ...]] = {}
        self.without: list[tuple[str, ...]] = []
        self.not_words: list[str] = []
        self.not_phrases: list[str] = []
        self.since: int | None = None
        self.until: int | None = None

    def term(self, raw: str, minus: bool, key: str, quoted: str | None, bare: str) -> None:
        """Take in one term."""
        value = (quoted if quoted is not None else bare).strip()
        if key in KEYS and self.filter(key, value, minus):
            return
        if key:
            self.words.append(raw.lstrip("-").replace('"', " "))
        elif quoted is not None:
            self.phrase(value, minus)
        elif minus and value.isalpha() and len(value) >= LEAST_WITHOUT:
            self.not_words.append(value)
        elif prefix := _PREFIX.fullmatch(value):
            self.prefixes.append(prefix[1])
        else:
            self.words.append(raw.replace("*", " "))

    def phrase(self, value: str, minus: bool) -> None:
        """Take in words in quotes."""
        if not any(c.isalnum() for c in value):
            return
        if minus:
            self.not_phrases.append(value)
        else:
            self.phrases.append(value)
            self.words.append(value)

    def filter(self, key: str, value: str, minus: bool) -> bool:
        """Take in `key:value`; false when the value means nothing for that key."""
        if key in ("before", "after"):
            return not minus and self.date(key, value)
        names = tuple(f"{key}:{name}" for name in _names(key, value))
        if not names:
            return False
        if minus:
            self.without.append(names)
        else:
            self.facets[key] = self.facets.get(key, ()) + names
        return True

    def date(self, key: str, value: str) -> bool:
        """Take in `before:` or `after:` a year, a month or a day. After 2026-01 means from its first day on."""
        found = _DATE.fullmatch(value)
        if not found:
            return False
        try:
            day = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
            if key == "after":
                self.since = max(self.since or _FIRST, int(f"{day:%Y%m%d}"))
            else:
                self.until = min(self.until or _LAST, int(f"{day - timedelta(days=1):%Y%m%d}"))
        except (ValueError, OverflowError):
            return False
        return True

    def query(self) -> Query:
        """The whole; if nothing is asked for but absence, the words are read as words."""
        wanted = self.words or self.prefixes or self.facets or self.since or self.until
        if not wanted and (self.not_words or self.not_phrases):
            return Query(" ".join((*self.not_words, *self.not_phrases)))
        return Query(
            words=" ".join(self.words),
            phrases=tuple(self.phrases),
            prefixes=tuple(self.prefixes),
            facets=tuple(self.facets.values()),
            without=tuple(self.without),
            since=self.since if self.since is not None or self.until is None else _FIRST,
            until=self.until if self.until is not None or self.since is None else _LAST,
            not_words=tuple(self.not_words),
            not_phrases=tuple(self.not_phrases),
        )


def _names(key: str, value: str) -> tuple[str, ...]:
    """The values a filter may mean: `severity:1` is sev1, `kind:incidents` incident, `status:open` any open one."""
    if not any(c.isalnum() for c in value):
        return ()
    name = slug(value)
    if key == "severity" and name in ("1", "2", "3", "4"):
        return (f"sev{name}",)
    if key == "kind":
        return (name.removesuffix("s"),)
    if key == "status" and name in ("open", "closed"):
        return tuple(slug(status) for status in IncidentStatus if (status in OPEN_STATUSES) == (name == "open"))
    return (name,)
