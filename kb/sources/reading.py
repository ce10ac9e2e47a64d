"""Files of other tools opened with care: of any encoding that says so, never larger than memory, never out of a folder.

An archive is read in memory, member by member; nothing of it is ever unpacked onto the disk.
"""

from __future__ import annotations

import codecs
import json
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from kb.errors import InvalidEntry

FILE_BYTES = 64 << 20
"""Of one file, and of one member of an archive."""
ARCHIVE_BYTES = 512 << 20
"""Of all members together, unpacked."""
ARCHIVE_MEMBERS = 50_000
_RATIO = 200
"""Times smaller than what is in it: no honest text packs better."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


def contents(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        InvalidEntry: it is too large, no plain file, or cannot be read.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise InvalidEntry("it is no plain file", "name a file")
        if found.st_size > FILE_BYTES:
            raise InvalidEntry(_large(found.st_size), "export a part of it at a time")
        return path.read_bytes()
    except OSError as error:
        raise InvalidEntry(f"cannot be read: {error.strerror}", "see who may read it") from None


def decoded(data: bytes) -> str:
    """Text in UTF-8, or in what its first bytes say it is in.

    Raises:
        InvalidEntry: it is in another encoding; the message tells where that shows.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidEntry(f"not UTF-8 at byte {error.start}", "convert it to UTF-8") from None


def document(data: bytes) -> Any:
    """The JSON in some bytes.

    Raises:
        InvalidEntry: it is none; the message tells the line.
    """
    try:
        return json.loads(decoded(data), parse_constant=lambda word: word)
    except json.JSONDecodeError as error:
        raise InvalidEntry(f"line {error.lineno}: not JSON: {error.msg}", "was it cut off? export it again") from None
    except (RecursionError, ValueError):
        raise InvalidEntry("its JSON is nested too deeply, or a number has no end", "this is no export") from None


def lines(data: bytes) -> list[Any]:
    """JSON Lines: a document a line.

    Raises:
        InvalidEntry: a line is no JSON; the message tells which.
    """
    made = []
    for number, line in enumerate(decoded(data).split("\n"), 1):
        if line.strip():
            try:
                made.append(document(line.encode()))
            except InvalidEntry as error:
                raise InvalidEntry(error.message.replace("line 1:", f"line {number}:"), error.hint) from None
    return made


def archive(path: Path) -> Mapping[str, bytes]:
    """The files in a zip archive, by their names.

    Raises:
        InvalidEntry: it is damaged, encrypted, leads out of its folder, or unpacks to more than is reasonable.
    """
    contents(path)
    try:
        with zipfile.ZipFile(path) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
            _require_sane(members)
            return {member.filename: _member(packed, member) for member in members}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, UnicodeDecodeError) as error:
        raise InvalidEntry(f"not a zip archive that can be read: {error}", "export it again") from None


def _require_sane(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > ARCHIVE_MEMBERS:
        raise InvalidEntry(f"it holds {len(members):,} files; at most {ARCHIVE_MEMBERS:,} are read", "take it apart")
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if not parts or parts[0] == "/" or ".." in parts or ":" in parts[0] or "\0" in member.orig_filename:
            raise InvalidEntry("a file in it leads out of its folder", "it is no honest export; nothing was read")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise InvalidEntry("a file in it is a link", "it is no honest export; nothing was read")
        if member.file_size > FILE_BYTES:
            raise InvalidEntry(f"a file in it: {_large(member.file_size)}", "take it apart")
        if member.file_size > 1 << 20 and member.file_size > _RATIO * max(member.compress_size, 1):
            raise InvalidEntry("a file in it unpacks to far more than it can hold", "it is no honest export")
    if sum(member.file_size for member in members) > ARCHIVE_BYTES:
        raise InvalidEntry("it unpacks to more than memory should hold", "take it apart")


def _member(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """What is in one member, and not a byte more than it says of itself."""
    with packed.open(member) as file:
        data = file.read(member.file_size + 1)
    if len(data) != member.file_size:
        raise InvalidEntry("a file in it is larger than it says", "it is no honest export; nothing was read")
    return data


def _large(size: int) -> str:
    return f"{size >> 20:,} MB; at most {FILE_BYTES >> 20} MB are read"
