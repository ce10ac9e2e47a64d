"""What is run, gathered by name: each service with its incidents, its deployments and the systems it runs on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from kb.errors import InvalidEntry, NotFound
from kb.model import Deployment, Entry, Incident, ServiceVersion, System
from kb.model.names import derived_item_id, slug
from kb.model.spoken import listed

_E = TypeVar("_E", bound=Entry)
_NAMED = 3
"""So many services are named in a title."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service.

    Args:
        name: as most entries spell it.
        slug: names its page; spellings that differ only in case and punctuation have the same.
        entries: what names it, in the order given to `services`.
    """

    name: str
    slug: str
    entries: tuple[Entry, ...]

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """The incidents that hit it."""
        return tuple(entry for entry in self.entries if isinstance(entry, Incident))

    @property
    def deployments(self) -> tuple[Deployment, ...]:
        """The deployments that changed it."""
        return tuple(entry for entry in self.entries if isinstance(entry, Deployment))

    @property
    def systems(self) -> tuple[System, ...]:
        """The systems it runs on."""
        return tuple(entry for entry in self.entries if isinstance(entry, System))


def service_slug(name: str) -> str:
    """What names a service's page; a name without a Latin letter or digit still gets one of its own."""
    plain = slug(name)
    latin = any(c.isascii() and c.isalnum() for c in name)
    return plain if latin else f"{plain}-{derived_item_id(name.strip().casefold())}"


def services(entries: Iterable[Entry]) -> Mapping[str, Service]:
    """Every service these entries name, by its slug, in the order of the names."""
    spellings: dict[str, Counter[str]] = {}
    named_by: dict[str, list[Entry]] = {}
    for entry in entries:
        for key, name in {service_slug(name): name for name in served(entry) if name.strip()}.items():
            spellings.setdefault(key, Counter())[name] += 1
            named_by.setdefault(key, []).append(entry)
    found = [Service(_usual(names), key, tuple(named_by[key])) for key, names in spellings.items()]
    return {one.slug: one for one in sorted(found, key=lambda one: (one.name.casefold(), one.slug))}


def named(entries: Iterable[_E], service: str) -> list[_E]:
    """The entries that name a service, however they spell it."""
    wanted = service_slug(service)
    return [one for one in entries if any(service_slug(name) == wanted for name in served(one))]


def spelled(entries: Iterable[Entry], service: str) -> str:
    """A service's name as most entries spell it.

    Raises:
        NotFound: no entry names it; the hint names those that are nearest.
    """
    known = services(entries)
    found = known.get(service_slug(service))
    if found:
        return found.name
    near = get_close_matches(service_slug(service), known, 3) or list(known)[:8]
    names = ", ".join(known[key].name for key in near)
    raise NotFound(f"no entry names a service '{service}'", f"there is {names}" if names else "no entry names any yet")


def versions(texts: Iterable[str]) -> tuple[ServiceVersion, ...]:
    """Services with their versions, as `storefront (4.9 -> 4.10)`.

    Raises:
        InvalidEntry: a text is none.
    """
    from kb.markdown.fields import service_version  # it loads a Markdown parser

    try:
        return tuple(map(service_version, texts))
    except ValueError as error:
        raise InvalidEntry(f"services: {error}") from None


def called(services: Iterable[ServiceVersion]) -> str:
    """What a deployment is called by its services: `storefront 4.10 and back office 4.10`."""
    names = [f"{one.name} {one.version}".strip() for one in services]
    more = len(names) - _NAMED
    return listed([*names[:_NAMED], f"{more} more"] if more > 0 else names)


def served(entry: Entry) -> Iterable[str]:
    """The names of the services an entry is about, as it spells them."""
    if isinstance(entry, Deployment):
        return entry.names
    return entry.services if isinstance(entry, Incident | System) else ()


def _usual(spelled: Counter[str]) -> str:
    return min(spelled, key=lambda name: (-spelled[name], name))
