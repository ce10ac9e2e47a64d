"""What kb takes from Whoosh. No other module imports it.

Whoosh uses one decorator of the package `cached_property`, which loads asyncio for the sake of another one: a fifth of
the time a search needs to start. The standard library has that decorator too; it stands in while Whoosh is loaded, and
no longer.
"""

from __future__ import annotations

import functools
import sys
from types import ModuleType

_stand_in = ModuleType("cached_property")
_stand_in.cached_property = functools.cached_property  # type: ignore[attr-defined]
_real = sys.modules.get("cached_property")
sys.modules["cached_property"] = _real or _stand_in
try:
    from whoosh import fields, formats
    from whoosh.codec.whoosh3 import W3Codec
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import FileIndex, LockError
    from whoosh.reading import SegmentReader, TermNotFound
finally:
    if _real is None:
        del sys.modules["cached_property"]

__all__ = ["FileIndex", "FileStorage", "LockError", "SegmentReader", "TermNotFound", "codec", "fields", "formats"]


def codec() -> W3Codec:
    """How an index is written: large blocks, and no lengths of fields (looking for them took most of the time)."""
    made = W3Codec(blocklimit=1024, compression=0)
    made.length_stats = False
    return made
