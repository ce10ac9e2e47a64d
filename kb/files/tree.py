"""Which entry files there are, where a new one may lie, and what they hold."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from kb.errors import ConfigurationError, InvalidEntry, StoreUnavailable

ENTRIES = "entries"
STATE = ".kb"
TEMPORARY = ".kb-"
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_LEFTOVER = re.compile(r"\.kb-(?:[0-9a-f]{8}\.part|(?:[0-9a-f]{64})?-[0-9a-f]{8}(?:-[0-9a-f]{4})?\.new)", re.ASCII)
_PAGES = frozenset({"readme.md", "index.md"})  # pages about a folder, which every forge shows, not entries


@dataclass(frozen=True, slots=True)
class Scan:
    """What lies in `entries/` at one moment.

    Args:
        files: path from the root, with `/`, to digest; sorted by path.
        faults: path and reason of what cannot be read as a file.
        leftovers: temporary files that a command which was cut off has left.
    """

    files: dict[str, str] = field(default_factory=dict)
    faults: tuple[tuple[str, str], ...] = ()
    leftovers: tuple[Path, ...] = ()


_HEAD = 4096
_PIECE = 1 << 16
"""Bytes read at once; more than most entries have, and quicker to come by than a file object."""


def digest(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def scan(root: Path) -> Scan:
    """Every entry file with its digest. Contents decide, never times; symbolic links are not followed.

    `README.md` and `index.md` are pages about a folder, not entries.

    Raises:
        ConfigurationError: `entries` itself is a symbolic link or not a folder.
        StoreUnavailable: a folder cannot be read.
    """
    folder = root / ENTRIES
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ConfigurationError(f"{folder} is not a folder of its own", "make it one; links are not followed")
    files: dict[str, str] = {}
    faults: list[tuple[str, str]] = []
    leftovers: list[Path] = []
    prefix = len(str(root)) + 1
    for item in _walk(folder):
        path = item.path[prefix:].replace(os.sep, "/")
        if item.name.startswith(TEMPORARY):
            leftovers.append(Path(item.path))
        elif fault := _fault(item, path):
            faults.append((printable(path), fault))
        else:
            try:
                files[path] = digest(read_bytes(item.path))
            except FileNotFoundError:
                continue
            except OSError as error:
                faults.append((printable(path), f"cannot be read ({error.strerror})"))
    return Scan(dict(sorted(files.items())), tuple(sorted(faults)), tuple(sorted(leftovers)))


def names(root: Path) -> list[str]:
    """The path of every entry file, sorted; none of them is opened.

    Raises:
        StoreUnavailable: a folder cannot be read.
    """
    prefix = len(str(root)) + 1
    files = (item for item in _walk(root / ENTRIES) if not item.name.startswith("."))
    return [path for item in files if not _fault(item, path := item.path[prefix:].replace(os.sep, "/"))]


def head(root: Path, path: str) -> bytes:
    """The first bytes of an entry file, which hold the front matter of most; none when it cannot be read."""
    try:
        handle = os.open(place(root, path), os.O_RDONLY | NO_FOLLOW)
    except OSError:
        return b""
    try:
        return os.read(handle, _HEAD)
    except OSError:
        return b""
    finally:
        os.close(handle)


def read(root: Path, path: str) -> bytes | None:
    """The bytes of an entry file; None when there is no such file, or it cannot be read.

    Raises:
        InvalidEntry: the path is no place for an entry.
    """
    try:
        return read_bytes(place(root, path))
    except OSError:
        return None


def place(root: Path, path: str) -> Path:
    """The file a path names.

    Raises:
        InvalidEntry: the path leads out of `entries/`, through a symbolic link, or to something that is no entry file.
    """
    parts = PurePosixPath(path).parts
    plain = all(_usable(part) and not part.startswith(".") for part in parts)
    if len(parts) < 2 or parts[0] != ENTRIES or not plain or "/".join(parts) != path or not path.endswith(".md"):
        raise InvalidEntry(f"'{printable(path)}' is not a place for an entry", f"give a path such as {ENTRIES}/name.md")
    target = root
    for part in parts[:-1]:
        target = target / part
        if target.is_symlink():
            raise InvalidEntry(f"'{path}' leads through a symbolic link", "use a real folder")
    return target / parts[-1]


def printable(path: str) -> str:
    """A path fit for a message: bytes that are no UTF-8, and control characters, are written as escapes."""
    shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown)


def read_bytes(path: str | Path) -> bytes:
    """The bytes of a regular file, not through a link.

    Raises:
        OSError: there is none, or it cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | NO_FOLLOW)
    try:
        return b"".join(iter(lambda: os.read(handle, _PIECE), b""))
    finally:
        os.close(handle)


def _walk(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    try:
        items = sorted(os.scandir(folder), key=lambda item: item.name)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreUnavailable(f"{folder} cannot be read: {error.strerror}", "see who may read there") from None
    for item in items:
        if item.name.startswith("."):
            if _LEFTOVER.fullmatch(item.name) and item.is_file(follow_symlinks=False):
                yield item  # any other hidden thing is somebody's own
        elif item.is_dir(follow_symlinks=False):
            yield from _walk(item.path)
        elif item.name.endswith(".md") and item.name.lower() not in _PAGES:
            yield item


def _fault(item: os.DirEntry[str], path: str) -> str:
    if item.is_symlink():
        return "is a symbolic link, which is not followed"
    if not item.is_file(follow_symlinks=False):
        return "is not a file"
    return "" if _usable(path) else "has a name that cannot be used"


def _usable(name: str) -> bool:
    return name.isprintable() and "\\" not in name
