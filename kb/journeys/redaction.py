"""What of an entry strangers may read: a pure function from entries to entries, and the list of what was taken out.

People become roles, hosts, addresses and customers become words that name nobody, what points at internal entries is
cut, and of the sections only those are left that are public. Everything a public site shows is made from the result, so
nothing downstream can forget it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from functools import partial
from typing import Any

from kb.markdown.fields import SECTIONS, plain_heading
from kb.markdown.hiding import INTERNAL, comments_out, marked_sections, paragraphs
from kb.model import DeploymentLink, Entry, Section
from kb.model.people import is_role, named_people

PERSONS = frozenset({"by", "owner", "asked_by", "detected_by", "attendees"})
"""The fields that name people."""

_NEVER = frozenset({"ticket", "override", "extra"})
_NAMES_OF_ENTRIES = frozenset({"recurrence_of", "systems", "deployments", "useful", "not_useful"})
_AS_THEY_ARE = frozenset({"id", "kind", "timezone", "source"})
_EVIDENCE = "evidence"

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_HANDLE = re.compile(r"(?<![\w@/.])@([A-Za-z][\w.-]{1,38}\w)")
_PHONE = re.compile(r"(?<![\w.+-])(?:\+|00)\d[\d ()/-]{7,18}\d(?![\w-])")
_IPV4 = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?![\w-]|\.\d)")
_IPV6 = re.compile(
    r"(?<![\w:.])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}"
    r"|(?:[0-9a-f]{1,4}:){2,7}:|::(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4})(?:/\d{1,3})?(?![\w:.])",
    re.IGNORECASE,
)
_MAC = re.compile(r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])", re.IGNORECASE)
_INSIDE = r"local|localdomain|internal|intranet|intra|corp|lan|home\.arpa|private|svc|cluster\.local|consul"
_INNER_HOST = re.compile(rf"(?<![\w.-])[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,6}}\.(?:{_INSIDE})(?![\w-])", re.IGNORECASE)
_UNC = re.compile(r"\\\\[\w.-]{1,63}(?:\\[^\s\\\"'<>|]{1,80}){0,8}")
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s<>\"'`)\]]{1,2000}", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\((<[^<>\n]{0,500}>|[^()\s]{1,500})(?:\s\"[^\"\n]{0,200}\")?\)")
_FILE = re.compile(r"(?:[\w./-]{0,200}/)?([a-z0-9][a-z0-9-]{0,95})\.md(?:#.{0,200})?")
_SCHEMES = ("http://", "https://")
_BEFORE = re.compile(r"[^\s.!?>*_\"“(\[-][^.!?]{0,3}\Z")
"""What stands before a word that does not begin a sentence."""
_LOCAL = frozenset({"127.0.0.1", "0.0.0.0", "255.255.255.255", "::1"})


@dataclass(frozen=True, slots=True, order=True)
class Removal:
    """Something a stranger does not get to read.

    Args:
        entry: the id of the entry it stood in.
        where: the field, and of an item its id.
        what: what stood there.
        put: what stands there now; empty when nothing does.
        why: in words.
    """

    entry: str
    where: str
    what: str
    put: str
    why: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What is private, as the options and the entries themselves tell.

    Args:
        people: names of people, and the role each becomes; empty when nobody said which.
        customers: names that become "a customer".
        hosts: names, or patterns with `*`, of machines that become "a server".
        sections: headings of the sections that are public, in small letters.
        ids: of the published entries, and what each is called on the public site.
        internal: ids and titles of the entries that are not published.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    customers: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    sections: frozenset[str] = frozenset()
    ids: Mapping[str, str] = field(default_factory=dict)
    internal: tuple[str, ...] = ()


class Redactor:
    """The rules made ready; one for all entries.

    Args:
        rules: what is private.
    """

    def __init__(self, rules: Rules) -> None:
        """Compiles the names."""
        self.rules = rules
        self._people = named_people(rules.people)
        self._customers = _any_of(rules.customers)
        self._hosts = _any_of(rules.hosts)
        self._internal = _any_of(rules.internal)

    def entry(self, entry: Entry, text: str) -> tuple[Entry, list[Removal]]:
        """An entry as strangers may read it, under its public id, and what was taken out.

        Args:
            text: its file, for the marks between its lines.
        """
        work = _Work(self, entry.id, marked_sections(entry.kind, text))
        return work.entry(entry), work.removals

    def name(self, words: str) -> str:
        """A title or a file's name without anything private."""
        return _Work(self, "").text("title", words)

    def tells(self, words: str) -> bool:
        """Whether an id, with its words in capitals or not, names something private."""
        rules = (self._people, self._customers, self._hosts, self._internal)
        return any(rule.search(words) or rule.search(words.title()) for rule in rules if rule)

    def steps(
        self, label: Callable[[str], str]
    ) -> Iterator[tuple[re.Pattern[str], Callable[[re.Match[str]], str], str]]:
        """What is looked for in a text, in this order; what each becomes, and why.

        Args:
            label: what a person's name becomes.
        """
        yield _URL, lambda found: self._address(found[0]), "an internal address"
        yield _EMAIL, lambda _: "[e-mail]", "an e-mail address"
        yield _UNC, lambda _: "[path]", "a path to a machine"
        if self._internal:
            yield self._internal, lambda _: "[internal entry]", "an internal entry"
        if self._customers:
            yield self._customers, lambda _: "a customer", "a customer"
        yield _HANDLE, lambda found: found[0] if is_role(found[1]) else label(found[0]), "a person"
        if self._people:
            yield self._people, lambda found: label(found[0]), "a person"
        if self._hosts:
            yield self._hosts, lambda _: "a server", "a host"
        yield _INNER_HOST, lambda _: "a server", "a host"
        yield _IPV4, lambda found: found[0] if found[0] in _LOCAL else "[address]", "an address"
        yield _MAC, lambda _: "[address]", "an address"
        yield _IPV6, lambda found: found[0] if found[0] in _LOCAL else "[address]", "an address"
        yield _PHONE, lambda _: "[phone number]", "a phone number"

    def _address(self, url: str) -> str:
        """An address on the internet stays; one with a user, or of a machine that only we can reach, does not."""
        host = re.split(r"[/?#]", url.split("://", 1)[1], maxsplit=1)[0]
        name = re.sub(r":\d{1,5}$", "", host)
        private = (self._hosts, _INNER_HOST, _IPV4, _IPV6)
        known = any(rule.search(name.strip("[]")) for rule in private if rule)
        if "@" in host or "." not in name or known or not url.lower().startswith(_SCHEMES):
            return "[internal address]"
        return url


@dataclass(slots=True)
class _Work:
    """One entry at work."""

    redactor: Redactor
    id: str
    hidden: frozenset[str] = frozenset()
    removals: list[Removal] = field(default_factory=list)
    _labels: dict[str, str] = field(default_factory=dict)

    def entry(self, entry: Entry) -> Entry:
        rules = self.redactor.rules
        values: dict[str, Any] = {"id": rules.ids.get(entry.id, entry.id)}
        headings = {each.attr: each.heading for each in SECTIONS[entry.kind]}
        for each in fields(entry):
            value = getattr(entry, each.name)
            heading = headings.get(each.name)
            if heading and value and (each.name in self.hidden or heading.lower() not in rules.sections):
                why = "marked as internal" if each.name in self.hidden else "the section is not public"
                self._took(heading, f"the section {heading}", "", why)
                values[each.name] = () if isinstance(value, tuple) else ""
            elif each.name not in _AS_THEY_ARE:
                values[each.name] = self._value(each.name, each.name, value)
        return replace(entry, **values)

    def _value(self, where: str, name: str, value: Any) -> Any:
        """A value of any type without what is private in it."""
        if name in _NEVER:
            return self._never(where, value)
        if isinstance(value, Enum) or value is None or isinstance(value, bool):
            return value
        if name in _NAMES_OF_ENTRIES:
            return self._entries(where, value)
        if isinstance(value, str):
            return self.person(where, value) if name in PERSONS else self._evidence(where, name, value)
        if isinstance(value, tuple):
            return tuple(self._items(where, name, value))
        if is_dataclass(value) and hasattr(value, "text"):
            return self._record(f"{where} {getattr(value, 'id', '')}".strip(), value)
        return self._record(where, value) if is_dataclass(value) and not hasattr(value, "at") else value

    def _record(self, where: str, item: Any) -> Any:
        names = [each.name for each in fields(item) if each.name not in _AS_THEY_ARE]
        return replace(item, **{name: self._value(where, name, getattr(item, name)) for name in names})

    def _items(self, where: str, name: str, items: tuple[Any, ...]) -> Iterator[Any]:
        for item in items:
            text = str(getattr(item, "text", item if isinstance(item, str) else ""))
            if isinstance(item, Section) and not self._public(item):
                self._took(item.heading, f"the section {item.heading}", "", "the section is not public")
            elif INTERNAL.search(text):
                self._took(where, comments_out(text).strip(), "", "marked as internal")
            else:
                yield self._value(where, name, item)

    def _public(self, section: Section) -> bool:
        plain = plain_heading(section.heading)
        return plain in self.redactor.rules.sections and plain not in self.hidden

    def _entries(self, where: str, names: tuple[Any, ...]) -> tuple[Any, ...]:
        """Ids of entries: those that are published, by their public ids."""
        ids, kept = self.redactor.rules.ids, []
        for name in names:
            id_ = name.id if isinstance(name, DeploymentLink) else name
            if id_ in ids:
                kept.append(replace(name, id=ids[id_]) if isinstance(name, DeploymentLink) else ids[id_])
            else:
                self._took(where, id_, "", "it is not published")
        return tuple(kept)

    def _never(self, where: str, value: Any) -> Any:
        if value:
            self._took(where, str(value), "", "never published")
        return {} if isinstance(value, Mapping) else ""

    def _evidence(self, where: str, name: str, text: str) -> str:
        if name == _EVIDENCE and text and _EVIDENCE not in self.redactor.rules.sections:
            self._took(f"{where} evidence", text, "", "evidence is not public")
            return ""
        return self.text(where, text)

    def person(self, where: str, name: str) -> str:
        """Whoever a field names: a role stays, a name becomes one."""
        parts = [part.strip() for part in name.split(",")]
        return ", ".join(self._one(where, part) for part in parts if part)

    def _one(self, where: str, name: str) -> str:
        if is_role(name.lstrip("@")):
            return self.text(where, name)
        label = self._label(name)
        self._took(where, name, label, "a person")
        return label

    def _label(self, name: str) -> str:
        """What a person is called throughout an entry: the role, or a letter."""
        plain = name.lstrip("@")
        whole = self._whole(plain)
        if role := self.redactor.rules.people.get(whole):
            return role
        return self._labels.setdefault(whole, f"colleague {_letter(len(self._labels))}")

    def _whole(self, name: str) -> str:
        """The full name that a part of one stands for, when it can only be that one."""
        folded = name.casefold()
        known = {one.casefold(): one for one in self.redactor.rules.people if " " in one}
        full = [one for other, one in known.items() if folded in other.split()]
        return known.get(folded) or (full[0] if len(full) == 1 else name)

    def text(self, where: str, text: str) -> str:
        """A text without comments, internal paragraphs and private names."""
        if not text:
            return text
        kept = []
        for paragraph in paragraphs(text):
            if INTERNAL.search(paragraph):
                self._took(where, comments_out(paragraph).strip(), "", "marked as internal")
            else:
                kept.append(paragraph)
        words = comments_out("\n\n".join(kept))
        words = _LINK.sub(lambda found: self._link(where, found), words)
        for pattern, put, why in self.redactor.steps(self._label):
            words = pattern.sub(partial(self._put, where, put, why), words)
        return words.strip("\n")

    def _link(self, where: str, found: re.Match[str]) -> str:
        """A link to another entry, under its public id, or only its words; images come from nowhere."""
        words, target = found[1], found[2].strip("<>")
        if found[0].startswith("!"):
            words = ""
        else:
            if target.lower().startswith(_SCHEMES) or target.startswith("#"):
                return found[0]
            name = _FILE.fullmatch(target)
            if name and (public := self.redactor.rules.ids.get(name[1])):
                return f"[{words}]({public}.md)"
        self._took(where, found[0], words, "a link to what is not published")
        return words

    def _put(self, where: str, made: Callable[[re.Match[str]], str], why: str, found: re.Match[str]) -> str:
        """What stands in place of something found, with a capital where a sentence begins."""
        put = made(found)
        if put == found[0]:
            return put
        self._took(where, found[0], put, why)
        begins = not _BEFORE.search(found.string[: found.start()])
        return put[0].upper() + put[1:] if begins else put

    def _took(self, where: str, what: str, put: str, why: str) -> None:
        self.removals.append(Removal(self.id, where, what, put, why))


def _any_of(names: Iterable[str]) -> re.Pattern[str] | None:
    """Finds any of these names as words of their own, in capitals or not; `*` in one stands for letters of a name."""
    longest = sorted({name for name in names if name.strip()}, key=lambda name: (-len(name), name))
    if not longest:
        return None
    words = (r"[\s_-]+".join(map(re.escape, name.split())).replace(r"\*", r"[\w.-]{0,60}") for name in longest)
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


def _letter(number: int) -> str:
    return chr(ord("A") + number % 26) + (str(number // 26) if number >= 26 else "")
