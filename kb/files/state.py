"""The `.kb/` folder: the lock that one writer holds, and the note that nothing is left to do."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType

from kb.errors import ReadOnly, StoreUnavailable
from kb.files.tree import STATE, TEMPORARY, digest, scan
from kb.private import private

_NOTE = "settled"


def state_folder(root: Path) -> Path:
    """The `.kb/` folder, made private (0700) if it is not.

    Raises:
        StoreUnavailable: it cannot be made.
    """
    folder = root / STATE
    if folder.is_symlink():
        raise StoreUnavailable(f"{folder} is a symbolic link, which is not followed", "make it a folder of its own")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.name != "nt" and stat.S_IMODE(folder.stat().st_mode) != 0o700:
            folder.chmod(0o700)
    except OSError as error:
        raise StoreUnavailable(f"{folder} cannot be used: {error.strerror}", "see who may write there") from None
    return folder


class Lock:
    """One command at a time writes to a checkout; the lock dies with its process. Its holder may take it again.

    Args:
        seconds: how long to wait for another command.
        name: of the lock; there is one for writing entries, and one for building the site.
    """

    def __init__(self, root: Path, seconds: float = 30, name: str = "lock") -> None:
        """Prepares the lock; taking it is what `with` does."""
        from filelock import FileLock

        self._lock = FileLock(state_folder(root) / name, timeout=seconds, mode=0o600, poll_interval=0.01)
        self._seconds = seconds

    def __enter__(self) -> Lock:
        """Waits for the lock. Raises StoreUnavailable when another command keeps it too long."""
        from filelock import Timeout

        try:
            self._lock.acquire()
        except Timeout:
            raise StoreUnavailable(
                f"another kb command has been writing here for {self._seconds:g} seconds",
                "wait for it to finish, or end it, and try again; nothing was written",
            ) from None
        except OSError as error:
            if error.errno == errno.EROFS:
                message = "nothing can be written here: the file system is read-only"
                raise ReadOnly(message, "see how it is mounted") from None
            raise StoreUnavailable(f"the lock in {STATE}/ cannot be used: {error.strerror}") from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Gives the lock back."""
        self._lock.release()


def settled(root: Path, token: str = "") -> bool:
    """Whether the files are what the last finished command left, everything written and indexed.

    Then a search need not open the database.

    Args:
        token: the index that must have been brought up to date; any, if empty.
    """
    wanted = _noted(root, token)
    found = scan(root) if wanted else None
    return found is not None and not found.leftovers and wanted == fingerprint(found.files)


def indexed(root: Path, token: str) -> bool:
    """Whether an index has all that was taken in; for who has just looked at the files."""
    return bool(_noted(root, token))


def _noted(root: Path, token: str) -> str:
    """The fingerprint of the files that were settled; empty when something is left to do."""
    try:
        fingerprint_, *tokens = (root / STATE / _NOTE).read_text("utf-8").split("\n")
    except (OSError, ValueError):
        return ""
    return fingerprint_ if not token or token in tokens else ""


def fingerprint(files: Mapping[str, str]) -> str:
    """One digest of all paths with their digests."""
    return digest("\n".join(f"{path}\0{sha}" for path, sha in sorted(files.items())).encode("utf-8", "surrogateescape"))


@private()
def settle(root: Path, files: Mapping[str, str], tokens: Iterable[str]) -> None:
    """Notes, under the lock, that nothing is left to do for these files and these indexes."""
    folder = state_folder(root)
    temporary = folder / f"{TEMPORARY}{secrets.token_hex(4)}.part"
    temporary.write_text("\n".join([fingerprint(files), *sorted(tokens)]), "utf-8")
    temporary.replace(folder / _NOTE)


def unsettle(root: Path) -> None:
    """Notes, before a change is committed, that there is something to do. Durable, so that no search overlooks it."""
    with contextlib.suppress(FileNotFoundError):
        (root / STATE / _NOTE).unlink()
        sync_folder(root / STATE)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
