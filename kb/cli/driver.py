"""What git calls once for every file it merges: it loads no other command."""

from __future__ import annotations

import sys
from pathlib import Path


def merge(base: str, ours: str, theirs: str, path: str) -> int:
    """Merges three versions of an entry into `ours`.

    Args:
        path: the file as git calls it, for the message.

    Returns: git's exit code: 0 merged, 1 with conflicts.
    """
    from kb.journeys.merging import drive
    from kb.model.visible import visible

    conflicts = drive(Path(base), Path(ours), Path(theirs))
    if conflicts:
        print(f"kb: {visible(path)}: {conflicts} conflicts, both versions kept", file=sys.stderr)
    return min(conflicts, 1)
