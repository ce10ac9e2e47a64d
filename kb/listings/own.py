"""What a plain installation of Windows or Linux runs by itself.

A name is no proof of what a program is: anything may call itself svchost.exe. Where a path is told, it counts.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kb.listings.names import NAMES
from kb.listings.reading import FORMS
from kb.listings.thing import Thing, cut_short, key

_SYSTEMS = ("windows", "linux")
_OWN_PLACES = ("/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/lib64/", "/usr/libexec/", "/usr/share/", "/bin/", "/sbin/",
               "/lib/", "/lib64/")  # fmt: skip
_FEWEST_LETTERS = 8
"""A name cut off after fewer could be anything."""


def own(thing: Thing) -> bool:
    """Whether a thing bears the name of a part of the operating system, and lies where such parts lie."""
    if thing.path and not thing.path.startswith(_OWN_PLACES):
        return False
    form = FORMS.get(thing.form, NAMES)
    systems = _SYSTEMS if form is NAMES else (form.system,) if thing.kind != "site" else ()
    return any(_is_one(thing.key, system) for system in systems if system)


def _is_one(name: str, system: str) -> bool:
    whole, beginnings = _names(system)
    if name in whole or name.startswith(beginnings):
        return True
    begun = cut_short(name)
    return len(begun) >= _FEWEST_LETTERS and any(one.startswith(begun) for one in whole)


@cache
def _names(system: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names of a system's own programs and services, and how those begin whose ending differs everywhere."""
    text = Path(__file__).with_name(f"os-{system}.txt").read_text(encoding="utf-8")
    every = [key(line.partition("#")[0]) for line in text.split("\n") if line.partition("#")[0].strip()]
    beginnings = tuple(name.removesuffix("*") for name in every if name.endswith("*"))
    return frozenset(name for name in every if not name.endswith("*")), beginnings
