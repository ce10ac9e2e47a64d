"""What other tools export, read: Slack, pagers, status pages, deployers, git, tables, and kb itself."""

from kb.sources.found import Found, known
from kb.sources.opening import FORMATS, Fault, Opener, Passed, Plain, Read, require_format
from kb.sources.own import FILE, MARK, VERSION
from kb.sources.releases import Tag
from kb.sources.table import Columns, read_map

__all__ = [
    "FILE", "FORMATS", "MARK", "VERSION", "Columns", "Fault", "Found", "Opener", "Passed", "Plain", "Read", "Tag",
    "known", "read_map", "require_format",
]  # fmt: skip
