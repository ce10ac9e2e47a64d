"""What runs on a system, held against what is expected to run there."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from kb.errors import Ambiguous, UsageError
from kb.journeys import capture
from kb.journeys.base import KnowledgeBase
from kb.journeys.capture import Captured
from kb.journeys.meant import Meant, exact, is_pattern, written_names
from kb.journeys.record import Record
from kb.listings import FORMS, Listing, Thing, cut_short, key, own
from kb.markdown import clean, clean_line
from kb.model import OPEN_STATUSES, Entry, Incident, Item, Moment, System, TimelineEvent
from kb.model.names import new_item_id
from kb.model.spoken import listed, span

_MOST_NAMED = 20
_FOUND = "found on"


@dataclass(frozen=True, slots=True)
class Found:
    """Everything of one name that runs.

    Args:
        items: what the entry says of it: the expected items that mean it, or where it was found before.
    """

    things: tuple[Thing, ...]
    items: tuple[Item, ...] = ()

    @property
    def name(self) -> str:
        """As the listing writes it; in full if that had to cut it short and tells its other name."""
        first = self.things[0]
        return first.also[0] if cut_short(first.name) and first.also else first.name

    @property
    def percent(self) -> float:
        """Its share of a processor, in percent; 0 if not told."""
        return round(sum(thing.percent for thing in self.things), 1)

    @property
    def seconds(self) -> float:
        """The processor time it has used; 0 if not told."""
        return round(sum(thing.seconds for thing in self.things), 2)

    @property
    def memory(self) -> int:
        """KiB; 0 if not told."""
        return sum(thing.memory for thing in self.things)

    @property
    def uses(self) -> list[str]:
        """What it takes of the machine, in words, as far as the listing tells it."""
        spent = span(self.seconds) if self.seconds >= 60 else f"{self.seconds:g} s"
        size = f"{self.memory / (1 << 20):.1f} GB" if self.memory >= 1 << 20 else f"{self.memory / 1024:.0f} MB"
        told = ((self.percent, f"{self.percent:g} % CPU"), (self.seconds, f"{spent} of CPU time"), (self.memory, size))
        return [words for value, words in told if value]


@dataclass(frozen=True, slots=True)
class Absent:
    """Something expected of which nothing runs, as far as was seen.

    Args:
        sure: the listing would show it.
    """

    item: Item
    why: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a listing says of a system.

    Args:
        absent: what is expected and not there, or not shown.
        own: what the operating system runs by itself.
        failed: what should run, and the listing says that it could not.
    """

    system: System
    listing: Listing
    expected: tuple[Found, ...] = ()
    unknown: tuple[Found, ...] = ()
    absent: tuple[Absent, ...] = ()
    own: tuple[Found, ...] = ()
    failed: tuple[Found, ...] = ()


def find_system(base: KnowledgeBase, words: str) -> Record:
    """The system of an id, of one of its hosts, or of a unique part of its id.

    Raises:
        NotFound: there is none.
        Ambiguous: several fit; the message lists them.
    """
    wanted = words.strip().casefold()
    records = [record for record in base.records("system") if isinstance(record.entry, System)]
    same = [record for record in records if record.entry.id == wanted]
    hosts = [record for record in records if wanted in map(str.casefold, getattr(record.entry, "hosts", ()))]
    if len(same or hosts) > 1:
        listed = ", ".join(record.entry.id for record in hosts)
        raise Ambiguous(f"'{words}' is a host of several systems: {listed}", "give the id of one")
    return (same or hosts)[0] if same or hosts else base.get(words, "system")


def compare(record: Record, listing: Listing) -> Comparison:
    """What runs on a system as a listing has it: expected, unknown, the operating system's own, and what is missing."""
    system = record.entry
    assert isinstance(system, System)
    expected, before = Meant(system.expected), Meant(system.unexpected)
    groups: dict[str, dict[str, list[Thing]]] = {"expected": {}, "unknown": {}, "own": {}, "failed": {}}
    running: set[Item] = set()
    idle: dict[Item, Thing] = {}
    for thing in listing.things:
        items = expected.of(thing)
        if thing.runs:
            running.update(items)
        else:
            idle |= dict.fromkeys(items, thing)
        if thing.runs or thing.failed:
            kind = "failed" if thing.failed else "expected" if items else "own" if own(thing) else "unknown"
            groups[kind].setdefault(thing.key, []).append(thing)
    found = {
        kind: tuple(
            Found(tuple(things), (before if kind == "unknown" else expected).of(things[0])) for things in by.values()
        )
        for kind, by in groups.items()
    }
    found["unknown"] = tuple(sorted(found["unknown"], key=_hunger))
    shown = _shown(listing)
    absent = [_absence(item, listing, shown, idle.get(item)) for item in system.expected if item not in running]
    return Comparison(system, listing, absent=tuple(absent), **found)


def _hunger(found: Found) -> tuple[float, float, int, str]:
    """What uses most comes first."""
    return -found.percent, -found.seconds, -found.memory, found.name


def _absence(item: Item, listing: Listing, shown: Collection[str], idle: Thing | None) -> Absent:
    """An item of which nothing runs, and whether that is sure: not every listing shows everything."""
    names, forms = written_names(item), ", ".join(listing.forms)
    if idle:
        return Absent(item, f"{idle.name} is there, but {idle.state.lower()}", True)
    if not names:
        return Absent(item, "it names no program in backticks, so kb cannot tell", False)
    if any(name.casefold() in one.text.casefold() for one in listing.unread for name in names):
        return Absent(item, "it stands in a line that was not understood", False)
    if not all(_ending(name) in shown for name in names):
        return Absent(item, f"{forms} would not show it", False)
    return Absent(item, f"{forms} would show it", True)


def _ending(name: str) -> str:
    return next((ending for ending in (".exe", ".service") if name.lower().endswith(ending)), "")


def _shown(listing: Listing) -> frozenset[str]:
    """What a listing shows all of: names that end in `.exe`, in `.service`, in neither.

    Programs of Windows are written with `.exe`, so that a bare name is a service there; elsewhere it may be either.
    Containers, the pods of one namespace and web sites are only a part of what runs.
    """
    kinds = {thing.kind for thing in listing.things}
    every = "name" in kinds or any(thing.namespace for thing in listing.things)
    windows = any(FORMS[form].system == "windows" for form in listing.forms)
    bare = "service" in kinds or ("program" in kinds and not windows)
    shows = {".exe": "program" in kinds, ".service": "service" in kinds, "": bare}
    return frozenset(ending for ending, shown in shows.items() if shown or every)


def accept(base: KnowledgeBase, record: Record, names: Sequence[str], owner: str, note: str) -> Captured:
    """Programs that belong on a system from now on, each with who answers for it and what it is for.

    A name that is expected already changes nothing. What `log` had noted of it as unexpected is taken out.

    Raises:
        UsageError: a name, the owner or the note is missing or cannot be written down.
    """
    who, what = (clean_line(text).replace("`", "'") for text in (owner, note))
    if not who or not what:
        raise UsageError("what is accepted needs an owner and a note", '--owner @who --note "what it is for"')
    wanted = {key(name): _item(name, what, who) for name in names}
    accepted = Meant(tuple(wanted.values()))

    def added(entry: Entry) -> list[Item]:
        assert isinstance(entry, System)
        known = exact(entry.expected)
        return [item for name, item in wanted.items() if name not in known]

    def edit(entry: Entry) -> Entry:
        assert isinstance(entry, System)
        left = (item for item in entry.unexpected if not (_noted(item) and accepted.named(written_names(item)[0])))
        return replace(entry, expected=(*entry.expected, *added(entry)), unexpected=tuple(left))

    new = added(record.entry)
    if edit(record.entry) == record.entry:
        return Captured(record, (), "expected already; nothing was changed")
    changed = base.change(record.entry.id, edit, via="kb inventory --accept")
    said = "; ".join(item.text for item in new) or "no longer unexpected"
    return Captured(changed, tuple(f"x:{item.id}" for item in new) or ("unexpected",), said)


def _item(name: str, note: str, owner: str) -> Item:
    plain = clean_line(name).replace("`", "'")
    if not any(c.isalnum() for c in plain) or ("*" in plain and not is_pattern(plain)):
        raise UsageError(f"'{name}' is no name of a program", "write it as the listing does; * stands for any letters")
    text = clean(f"`{plain}` {note} ({owner})")
    if "\n" in text:
        raise UsageError("the note cannot be written in one line of a list", "say it in plain words")
    return Item(text, new_item_id())


def log_target(base: KnowledgeBase, system: Record, on: str | None) -> Record:
    """Whose timeline says what was found: the incident named, else the open one, else the system's own.

    Raises:
        NotFound: there is no such incident.
    """
    if on is not None:
        return base.get(on, "incident")
    record = base.meant("incident")
    going_on = record and isinstance(record.entry, Incident) and record.entry.status in OPEN_STATUSES
    return record if record and going_on else system


def log(base: KnowledgeBase, comparison: Comparison, target: Record, at: Moment, by: str = "") -> list[Captured]:
    """One event that says what was found, and what is unknown noted in the system's entry.

    Args:
        target: the entry whose timeline has the event.
    """
    system = comparison.system
    done = [capture.log(base, target, TimelineEvent(_sentence(comparison), at, "finding", by))]
    day = at.local(system.timezone)[:10]

    def edit(entry: Entry) -> Entry:
        assert isinstance(entry, System)
        before = Meant(entry.unexpected)
        new = [found for found in comparison.unknown if not any(map(before.of, found.things))]
        items = tuple(Item(f"`{found.name}` {_FOUND} {day} ({_forms(comparison)})", new_item_id()) for found in new)
        return replace(entry, unexpected=(*entry.unexpected, *items))

    if any(not found.items for found in comparison.unknown):
        changed = base.change(system.id, edit, via="kb inventory --log", by=clean_line(by))
        done.append(Captured(changed, ("unexpected",), "noted as found but unexpected"))
    return done


def _noted(item: Item) -> bool:
    """Whether `log` has written an item."""
    return re.match(rf"`[^`]+` {_FOUND} ", item.text) is not None


def _sentence(comparison: Comparison) -> str:
    where = f"{comparison.system.id} ({_forms(comparison)})"
    names = [f"`{found.name}`{_in_brackets(found.uses)}" for found in comparison.unknown]
    if not names:
        return f"Nothing unknown runs on {where}."
    more = [f"{len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED else []
    return f"Unknown on {where}: {listed([*names[:_MOST_NAMED], *more])}."


def _in_brackets(words: Sequence[str]) -> str:
    return f" ({', '.join(words)})" if words else ""


def _forms(comparison: Comparison) -> str:
    return ", ".join(comparison.listing.forms)
