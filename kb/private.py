"""What kb keeps for itself is its owner's alone, whatever the umask says: files of 0600 in folders of 0700."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

FOR_OTHERS = 0o077
"""The rights of a file in `.kb/` that nobody but its owner may have."""


@contextmanager
def private() -> Iterator[None]:
    """Whatever is made within is private, by whatever library; also a decorator. Of the whole process: no thread of kb
    makes files for others meanwhile.
    """
    before = os.umask(FOR_OTHERS)
    try:
        yield
    finally:
        os.umask(before)
