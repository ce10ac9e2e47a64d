"""Where text lies: the entry files and the `.kb/` folder beside them. Knows paths and bytes, not what they mean."""

from kb.files.exchange import create, discard, keep_save, keep_text, late_saves, remove, replace
from kb.files.state import Lock, fingerprint, indexed, settle, settled, state_folder, unsettle
from kb.files.tree import ENTRIES, STATE, Scan, digest, head, names, place, printable, read, scan

__all__ = [
    "ENTRIES",
    "STATE",
    "Lock",
    "Scan",
    "create",
    "digest",
    "discard",
    "fingerprint",
    "head",
    "indexed",
    "keep_save",
    "keep_text",
    "late_saves",
    "names",
    "place",
    "printable",
    "read",
    "remove",
    "replace",
    "scan",
    "settle",
    "settled",
    "state_folder",
    "unsettle",
]
