"""Text to things that run: which format it is, is seen line by line, so that several may follow one another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kb.errors import InvalidEntry, UsageError
from kb.listings.containers import DOCKER, KUBECTL
from kb.listings.iis import APPCMD
from kb.listings.linux import PS, SYSTEMCTL
from kb.listings.names import NAMES, aside
from kb.listings.powershell import GET_PROCESS, GET_SERVICE, is_process, is_service, process, service
from kb.listings.tasklist import TASKLIST, task
from kb.listings.text import is_ruler, lines
from kb.listings.thing import Form, Listing, Reader, Row, Thing, Unread

FORMS = {
    form.name: form
    for form in (PS, SYSTEMCTL, TASKLIST, GET_SERVICE, GET_PROCESS, DOCKER, KUBECTL, APPCMD, NAMES)
}  # fmt: skip
"""The formats by their names."""

KNOWN = "; ".join(form.commands for form in FORMS.values())
"""The formats as they are told to people."""

_RECORD_LINE = re.compile(r"\s{0,20}([^\s:][^:]{0,60}):(\s.*)?")
_RECORD_STARTS = frozenset({"name", "processname", "id", "handles", "status", "displayname"})
_LONGEST_RECORD = 80
_MOST_SHOWN = 200


def read(text: str, form: str = "") -> Listing:
    """What runs, by a listing or several pasted one after another.

    Args:
        form: the name of the format; what is seen there if not given.

    Raises:
        UsageError: there is no format of that name.
        InvalidEntry: nothing in the text is understood.
    """
    if form and form not in FORMS:
        raise UsageError(f"'{form}' is no format of a listing", f"say one of {', '.join(FORMS)}")
    every = lines(text)
    found = Listing()
    if form != NAMES.name:
        found = _Reading(every, [FORMS[form]] if form else list(FORMS.values())[:-1]).listing()
    if not found.forms and form in ("", NAMES.name):
        found = _names(every)
    if not found.forms:
        raise InvalidEntry(_complaint(every, form), f"kb reads {KNOWN}")
    return found


def _complaint(every: Sequence[str], form: str) -> str:
    first = next((number for number, line in enumerate(every, 1) if line.strip()), 0)
    if not first:
        return "the listing is empty"
    what = f"as {form}" if form else "in the listing"
    return f"nothing {what} is understood; line {first} reads '{every[first - 1].strip()[:60]}'"


class _Reading:
    """A text being read: the table it is in, and what has been found in it so far."""

    def __init__(self, every: Sequence[str], forms: Sequence[Form]) -> None:
        self._lines, self._forms = every, forms
        self._table: tuple[Form, Reader] | None = None
        self._things: list[Thing] = []
        self._unread: list[Unread] = []
        self._seen: dict[str, None] = {}

    def listing(self) -> Listing:
        """Everything that stands in the text."""
        at = 0
        while at < len(self._lines):
            at += self._step(at) if self._lines[at].strip() else 1
        return Listing(tuple(self._things), tuple(self._unread), tuple(self._seen))

    def _step(self, at: int) -> int:
        """Reads at a line; how many lines were taken."""
        line = self._lines[at]
        if self._table and self._took(self._table[0], self._table[1](line), at):
            return 1
        following = self._lines[at + 1] if at + 1 < len(self._lines) else ""
        if begun := self._head(line, following):
            return begun
        if lasted := self._record(at):
            return lasted
        if form := next((form for form in self._forms if self._took(form, form.row(line), at)), None):
            self._table = (form, form.row)  # others like it follow
        elif not aside(line):
            self._unread.append(Unread(at + 1, line.strip()[:_MOST_SHOWN]))
        return 1

    def _took(self, form: Form, row: Row, at: int) -> bool:
        if row is None:
            return False
        self._seen.setdefault(form.name)
        self._things += [replace(thing, line=at + 1, form=form.name) for thing in row]
        return True

    def _head(self, line: str, following: str) -> int:
        """Begins a table where its head stands; how many lines that has."""
        alone = is_ruler(line)  # the head above the ruler is lost
        ruler = line if alone else following if is_ruler(following) else ""
        for form in self._forms:
            if reader := form.begins("" if alone else line, ruler):
                self._table = (form, reader)
                self._seen.setdefault(form.name)
                return 2 if ruler and not alone else 1
        return 0

    def _record(self, at: int) -> int:
        """Reads `Name : value` lines, as `Format-List` and `/fo list` have them; how many there are."""
        first = _RECORD_LINE.fullmatch(self._lines[at])
        if not first or not (_title(first) in _RECORD_STARTS or self._pid_follows(at)):
            return 0
        told: dict[str, str] = {}
        end = at
        for line in self._lines[at : at + _LONGEST_RECORD]:
            pair = _RECORD_LINE.fullmatch(line)
            if (pair and _title(pair) in told) or not (pair or (line.strip() and line.startswith(" "))):
                break  # the next one; only what goes on with a value is indented
            if pair:
                told[_title(pair)] = (pair[2] or "").strip()
            end += 1
        form, row = _of_record(told)
        return end - at if form in self._forms and self._took(form, row, at) else 0

    def _pid_follows(self, at: int) -> bool:
        return at + 1 < len(self._lines) and self._lines[at + 1].lstrip().startswith("PID:")


def _title(pair: re.Match[str]) -> str:
    return pair[1].strip().lower()


def _of_record(told: dict[str, str]) -> tuple[Form, Row]:
    if is_service(told):
        return GET_SERVICE, service(told)
    if is_process(told):
        return GET_PROCESS, process(told)
    return TASKLIST, task(list(told.values())) if "pid" in told else None


def _names(every: Sequence[str]) -> Listing:
    """One name a line; no list of names at all when more lines are none than are."""
    things: list[Thing] = []
    unread: list[Unread] = []
    for number, line in enumerate(every, 1):
        following = every[number] if number < len(every) else ""
        row = () if aside(line) or is_ruler(following) else NAMES.row(line)
        things += [replace(thing, line=number, form=NAMES.name) for thing in row or ()]
        if row is None:
            unread.append(Unread(number, line.strip()[:_MOST_SHOWN]))
    return Listing(tuple(things), tuple(unread), (NAMES.name,) if things and len(things) >= len(unread) else ())
