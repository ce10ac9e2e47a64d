"""Writing entry files so that nobody's save is overwritten, and no crash leaves half a file.

A new file appears whole or not at all. An existing one is exchanged for its successor in one step, and what comes out
is looked at: if it is not what was expected, somebody saved in between, and their bytes are put back at once.
Whatever a crash leaves behind is a plain file whose name begins with `.kb-` and says how to judge it:

- `.kb-….part`: half written; nobody has seen it.
- `.kb-<sha256>-….new`: once whole, with that digest. A different content came out of an exchange: it is a save.

Anything else with such a beginning, be it a file, a folder or a link, is somebody's own and left alone.

The old file goes to `.kb/rescue/` for a while, because an editor that had it open may still write into it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import stat
import sys
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from kb.errors import AlreadyExists
from kb.files.state import state_folder, sync_folder
from kb.files.tree import NO_FOLLOW, STATE, TEMPORARY, digest, place, read_bytes

_RESCUE_SECONDS = 600
_RESCUE_FILES = 50
_NEW_FILE_MODE = 0o666
_NO_REPLACE, _EXCHANGE = 1, 2
_UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


def create(root: Path, path: str, data: bytes) -> None:
    """A new file, whole and durable, or none at all; its folders are made.

    Raises:
        AlreadyExists: there is a file of that name; it was not touched.
        InvalidEntry: the path is no place for an entry.
        OSError: it cannot be written.
    """
    target = place(root, path)
    _make_folders(target.parent)
    temporary = _temporary(target, data, _NEW_FILE_MODE)
    try:
        if not _rename(temporary, target, _NO_REPLACE):
            target.hardlink_to(temporary)
            temporary.unlink()
    except FileExistsError:
        temporary.unlink()
        raise AlreadyExists(f"{path} exists already", "nothing was overwritten") from None
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def replace(root: Path, path: str, data: bytes, expected: str) -> bytes | None:
    """Exchanges a file for its successor in one step, unless somebody has changed it.

    Args:
        expected: digest of what the file holds as far as the caller knows.

    Returns:
        None when that was so; the new bytes stand in the file. Otherwise what somebody saved in between: it stands in
        the file, within microseconds, so that nobody opens one that lacks what was just saved in it. The caller takes
        it in, for whoever saves next may not have seen it.

    Raises:
        InvalidEntry: the path is no place for an entry.
        OSError: the file is gone or cannot be written; nothing was changed.
    """
    target = place(root, path)
    temporary = _temporary(target, data, stat.S_IMODE(target.lstat().st_mode))
    try:
        there = read_bytes(target)
        if digest(there) != expected:
            temporary.unlink()
            return there
        _swap(temporary, target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    came = read_bytes(temporary)
    if digest(came) == expected:
        sync_folder(target.parent)
        _put_aside(root, temporary, expected)
        return None
    _give_back(temporary, target, digest(came), digest(data))
    sync_folder(target.parent)
    if _is_what_it_says(temporary):
        _put_aside(root, temporary, digest(data))
    return came


def _give_back(saved: Path, target: Path, giving: str, expected: str) -> None:
    """Exchanges a save for what took its place, until nothing unexpected comes out: the newest save stands in the file.

    One that was saved over in this instant is left beside it under the name of what was written: a late save.
    """
    while True:
        _swap(saved, target)
        out = digest(read_bytes(saved))
        if out == expected:
            return
        giving, expected = out, giving


def _swap(one: Path, other: Path) -> None:
    if not _rename(one, other, _EXCHANGE):
        _link_and_replace(one, other)


def remove(root: Path, path: str, expected: str) -> bool:
    """Removes a file if it holds what is expected (or is gone already); otherwise leaves it and answers False."""
    target = place(root, path)
    aside = target.with_name(f"{TEMPORARY}{expected}-{secrets.token_hex(4)}.new")
    try:
        target.rename(aside)
    except FileNotFoundError:
        return True
    if digest(read_bytes(aside)) == expected:
        _put_aside(root, aside, expected)
        sync_folder(target.parent)
        return True
    try:
        if not _rename(aside, target, _NO_REPLACE):
            target.hardlink_to(aside)
            aside.unlink()
    except FileExistsError:
        return False  # saved once more; what was put aside is a leftover that the next command takes in
    return False


def late_saves(root: Path, leftovers: Iterable[Path]) -> list[Path]:
    """What people saved that no command has taken in: left by a crash, or written into a file already exchanged.

    Temporary files that hold nothing of a person's are removed on the way. Call it under the lock.
    """
    saves = []
    for item in leftovers:
        if item.name.endswith(".new") and not _is_what_it_says(item):
            saves.append(item)
        else:
            item.unlink(missing_ok=True)
    rescue = root / STATE / "rescue"
    kept = sorted(rescue.iterdir(), key=lambda item: item.stat().st_ctime, reverse=True) if rescue.is_dir() else []
    for number, item in enumerate(kept):
        if not _is_what_it_says(item):
            saves.append(item)
        elif number >= _RESCUE_FILES or time.time() - item.stat().st_ctime > _RESCUE_SECONDS:
            item.unlink(missing_ok=True)
    return saves


def keep_save(root: Path, saved: Path) -> Path:
    """Moves a late save that cannot be understood to `.kb/saved/`, so that nobody loses it, and says where it is."""
    folder = state_folder(root) / "saved"
    folder.mkdir(mode=0o700, exist_ok=True)
    kept = folder / f"{digest(read_bytes(saved))[:16]}.md"
    saved.replace(kept)
    kept.chmod(0o600)
    return kept


def keep_text(root: Path, text: str) -> str:
    """Keeps a text that an entry cannot hold in `.kb/saved/`, so that nobody loses it; says where, from the root."""
    folder = state_folder(root) / "saved"
    folder.mkdir(mode=0o700, exist_ok=True)
    data = text.encode("utf-8", "backslashreplace")
    kept = folder / f"{digest(data)[:16]}.txt"
    kept.unlink(missing_ok=True)
    handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return kept.relative_to(root).as_posix()


def discard(root: Path, saved: Path, taken: str) -> None:
    """Puts a late save aside once it has been taken in; an editor may still have it open and write into it.

    Args:
        taken: digest of what was taken in.
    """
    _put_aside(root, saved, taken)


def _is_what_it_says(item: Path) -> bool:
    return digest(read_bytes(item)) == item.name.removeprefix(TEMPORARY).partition("-")[0]


def _make_folders(folder: Path) -> None:
    if not folder.is_dir():
        _make_folders(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def _temporary(target: Path, data: bytes, mode: int) -> Path:
    """The bytes in a durable file beside the target, under a name that says what they are."""
    part = target.with_name(f"{TEMPORARY}{secrets.token_hex(4)}.part")
    whole = target.with_name(f"{TEMPORARY}{digest(data)}-{secrets.token_hex(4)}.new")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode != _NEW_FILE_MODE:  # a file that was there keeps its own mode, whatever the umask
            part.chmod(mode)
        part.rename(whole)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return whole


def _link_and_replace(temporary: Path, target: Path) -> None:
    """For systems without an exchange: the old file gets a second name first.

    A save by rename in the microseconds between the two steps is not seen.
    """
    old = temporary.with_name(f"{temporary.stem}-{secrets.token_hex(2)}.new")
    old.hardlink_to(target)
    temporary.replace(target)
    old.rename(temporary)


def _put_aside(root: Path, old: Path, sha: str) -> None:
    rescue = state_folder(root) / "rescue"
    rescue.mkdir(mode=0o700, exist_ok=True)
    try:
        old.chmod(0o600)
        old.rename(rescue / f"{sha}-{secrets.token_hex(4)}")
    except OSError:  # another file system: a write that comes later still is given up
        old.unlink(missing_ok=True)


@cache
def _renameat2() -> Any:
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)


def _rename(source: Path, target: Path, flags: int) -> bool:
    """Renames as Linux can (exchange, or never replace); False where that is not to be had."""
    call = _renameat2()
    if call is None:
        return False
    here = -100  # AT_FDCWD
    if call(here, os.fsencode(source), here, os.fsencode(target), flags) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), str(target))
