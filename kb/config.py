"""Where a knowledge base is, and its settings: the options of the `kb` plugin in mkdocs.yml, then `KB_*` variables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.errors import ConfigurationError, NotFound
from kb.model.moment import zone

if TYPE_CHECKING:
    from kb.freeze import Freeze

CONFIG_FILE = "mkdocs.yml"
STATE_FOLDER = ".kb"
OFFLINE_FOLDER = "offline"
ENTRIES_FOLDER = "entries"


@dataclass(frozen=True, slots=True)
class Settings:
    """A knowledge base's settings.

    Args:
        root: the folder with mkdocs.yml.
        name: the site's name.
        site_url: where the site is published, ending in a slash; empty when unknown.
        timezone: IANA name given to new entries, and in which times typed at the prompt are read.
        database: an SQLAlchemy URL; empty for `.kb/kb.sqlite`.
        visibility: given to new entries, internal or public.
        vocabulary: a file with a team's own words, relative to the root; empty for none.
        semantic: the model that tells what is alike in meaning: `auto` (the installed one, if any), `off`, or a folder.
        suspect_hours: how many hours back deployments are suspected.
        soak_hours: how many hours after its end a deployment stays provisional.
        freeze: when nothing is to be deployed.
        indexing: search engines may list the published site.
        searches: what was searched and not found is kept in `.kb/`.
        secrets: what happens when a command is given something that looks like a secret: `ask` (where nobody can be
            asked, warn), `mask`, or `refuse`.
        people: names of people, and the role each becomes on the public site.
        customers: names of customers, which become "a customer" there.
        hosts: names of machines, with `*` for any letters, which become "a server" there.
        public_sections: headings of the sections that may be read there; kb's own choice if empty.
    """

    root: Path
    name: str = "Knowledge base"
    site_url: str = ""
    timezone: str = "UTC"
    database: str = ""
    visibility: str = "internal"
    vocabulary: str = ""
    semantic: str = "auto"
    suspect_hours: int = 72
    soak_hours: int = 24
    freeze: tuple[Freeze, ...] = ()
    indexing: bool = False
    searches: bool = True
    secrets: str = "ask"
    people: tuple[tuple[str, str], ...] = ()
    customers: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    public_sections: tuple[str, ...] = ()

    @property
    def entries(self) -> Path:
        """The folder of the entries' files."""
        return self.root / ENTRIES_FOLDER

    @property
    def words(self) -> Path | None:
        """The file with a team's own words, if there is one.

        Raises:
            ConfigurationError: it is named, but not there.
        """
        path = self.root / self.vocabulary if self.vocabulary else None
        if path and not path.is_file():
            raise ConfigurationError(
                f"vocabulary: {self.vocabulary} is not a file", f"mend the option in {CONFIG_FILE}"
            )
        return path

    @property
    def state(self) -> Path:
        """The folder of the database, the index and the lock; never in git."""
        return self.root / STATE_FOLDER


OPTIONS = tuple(f.name for f in fields(Settings) if f.name not in ("root", "name", "site_url"))
"""The options of the `kb` plugin; each may be overridden by `KB_<NAME>`."""


def find_root(start: Path | None = None) -> Path:
    """The knowledge base around `start` (the current folder if not given), or `KB_ROOT`.

    Raises:
        NotFound: no folder from there upwards holds mkdocs.yml.
    """
    if start is None and (named := os.environ.get("KB_ROOT")):
        start = Path(named)
    here = (start or Path.cwd()).resolve()
    if not here.is_dir():
        raise NotFound(f"{here} is not a folder", "name the knowledge base's folder")
    for folder in (here, *here.parents):
        if (folder / CONFIG_FILE).is_file():
            return folder
    raise NotFound(f"no knowledge base in {here} or above it", "make one here with 'kb init', or name one with --root")


def load(root: Path) -> Settings:
    """The settings of the knowledge base in `root`.

    Raises:
        ConfigurationError: mkdocs.yml cannot be read, or a value is not allowed.
    """
    document = _read(root / CONFIG_FILE)
    values = {name: value for name, value in _plugin_options(document).items() if name in OPTIONS and value is not None}
    values |= {name: os.environ[f"KB_{name.upper()}"] for name in OPTIONS if f"KB_{name.upper()}" in os.environ}
    values["name"] = document.get("site_name") or root.name
    frozen = values.pop("freeze", None)
    typed = {name: _typed(name, value) for name, value in values.items()}
    address = str(document.get("site_url") or "").rstrip("/")
    settings = Settings(root=root, site_url=f"{address}/" if address else "", **typed)
    return replace(settings, freeze=_freezes(frozen, settings.timezone)) if frozen else settings


def _typed(name: str, value: Any) -> Any:
    if name.endswith("_hours"):
        if not str(value).isdecimal():
            raise ConfigurationError(f"{name}: '{value}' is not a whole number of hours", f"mend it in {CONFIG_FILE}")
        return int(value)
    if name in ("indexing", "searches"):
        if str(value).lower() not in ("true", "false"):
            raise ConfigurationError(f"{name}: '{value}' is neither true nor false", f"mend it in {CONFIG_FILE}")
        return str(value).lower() == "true"
    if name == "people":
        return _people(value)
    if name in _LISTS:
        return _listed(name, value)
    text = "off" if value is False else str(value)  # YAML reads a bare off as false
    if name == "timezone":
        try:
            zone(text)
        except ValueError as error:
            raise ConfigurationError(f"timezone: {error}", "give an IANA name such as Europe/Berlin") from None
    if name == "secrets" and text not in ("ask", "mask", "refuse"):
        raise ConfigurationError(f"secrets: '{text}' is none of ask, mask and refuse", f"mend it in {CONFIG_FILE}")
    if name == "visibility" and text not in ("internal", "public"):
        raise ConfigurationError(f"visibility: '{text}' is neither internal nor public", f"mend it in {CONFIG_FILE}")
    return text


_LISTS = ("customers", "hosts", "public_sections")


def _listed(name: str, value: Any) -> tuple[str, ...]:
    """A list of names; in a variable they are separated by semicolons."""
    items = value.split(";") if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str | int) for item in items):
        raise ConfigurationError(f"{name}: not a list of names", f"write '{name}: [one, another]' in {CONFIG_FILE}")
    return tuple(text for item in items if (text := str(item).strip()))


def _people(value: Any) -> tuple[tuple[str, str], ...]:
    """Names and roles: a mapping, or a list of names without roles; in a variable `Jane Doe: developer; …`."""
    if isinstance(value, Mapping):
        return tuple((str(name).strip(), str(role or "").strip()) for name, role in value.items())
    return tuple((name, role.strip()) for name, role in map(_named, _listed("people", value)))


def _freezes(value: Any, timezone: str) -> tuple[Freeze, ...]:
    """The freezes by name and when, as the option gives them, or its variable: `Christmas: 2026-12-18 to 2027-01-04`.

    Raises:
        ConfigurationError: one of them cannot be understood; the message names it, and where it stands.
    """
    from kb.freeze import HOW, read

    place = "KB_FREEZE" if isinstance(value, str) else CONFIG_FILE
    if isinstance(value, str):  # a rule has semicolons of its own, but none before a blank
        value = dict(map(_named, filter(str.strip, re.split(r";\s+|\n", value.rstrip("; ")))))
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"freeze: not a list of names and times in {place}", f"write 'NAME: WHEN'; {HOW}")
    found = []
    for name, words in value.items():
        try:
            found.append(read(str(name).strip(), "" if words is None else str(words), timezone))
        except ValueError as error:
            raise ConfigurationError(f"freeze: {name}: {error}", f"mend it in {place}: {HOW}") from None
    return tuple(found)


def _named(text: str) -> tuple[str, str]:
    name, _, words = text.partition(":")
    return name.strip(), words


def _plugin_options(document: Mapping[str, Any]) -> Mapping[str, Any]:
    plugins = document.get("plugins") or ()
    items = plugins.items() if isinstance(plugins, Mapping) else [
        pair for plugin in plugins if isinstance(plugin, Mapping) for pair in plugin.items()
    ]  # fmt: skip
    for name, options in items:
        if name == "kb" and isinstance(options, Mapping):
            return options
    return {}


def _read(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        document = yaml.load(path.read_text("utf-8"), Loader=_loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ConfigurationError(f"{path}:{line}: {getattr(error, 'problem', error)}", "mend the YAML there") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from None
    if not isinstance(document, Mapping):
        raise ConfigurationError(f"{path}:1: not a list of settings", "see the README for an example")
    return document


def _loader() -> Any:
    """A YAML loader that understands MkDocs' `!ENV` and passes over Python tags (icons, slugifiers) it need not run."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    def from_environment(loader: Any, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return os.environ.get(loader.construct_scalar(node))
        *names, default = loader.construct_sequence(node, deep=True)
        return next((os.environ[name] for name in names if name in os.environ), os.environ.get(str(default), default))

    Loader.add_constructor("!ENV", from_environment)
    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, suffix, node: None)
    return Loader
