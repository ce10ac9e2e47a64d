"""The site's sources on disk: only what changed is written, and what vanished is removed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def stage(sources: Mapping[str, str | bytes], folder: Path) -> list[str]:
    """Makes the folder hold exactly these files; files that are right already keep their time.

    Args:
        sources: contents by path, relative to the folder.

    Returns:
        The paths that were written or removed, sorted.
    """
    wanted = {name: _bytes(content) for name, content in sources.items()}
    changed = [name for name, content in wanted.items() if _write(folder / name, content)]
    present = (path for path in folder.rglob("*") if path.is_file())
    vanished = [name for path in present if (name := path.relative_to(folder).as_posix()) not in wanted]
    for name in vanished:
        (folder / name).unlink()
    return sorted([*changed, *vanished])


def _bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8", "replace") if isinstance(content, str) else content


def _write(path: Path, content: bytes) -> bool:
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True
