"""Two branches that changed one entry: merged item by item when git asks, and again where git has merged by lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb import files
from kb.errors import InvalidEntry, NotFound
from kb.files import git
from kb.markdown import parse
from kb.markdown.document import conflict_line
from kb.markdown.merge import Merged, merge

_MARKER = re.compile(r"(<{7}|\|{7}|={7}|>{7})(?: .*)?")


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of a file.

    Args:
        path: from the root.
        done: whether the file has been merged anew.
        conflicts: what both sides changed differently; the file holds both versions.
        said: why it was left alone, or what is to be done.
    """

    path: str
    done: bool
    conflicts: tuple[str, ...] = ()
    said: str = ""


def drive(base: Path, ours: Path, theirs: Path) -> int:
    """Merges as git asks its driver to: the result is written to `ours`; how many conflicts are left.

    What cannot be merged as an entry is merged by lines, as git does itself: a file of which a side is missing without
    a word would be a loss.

    Raises:
        OSError: the files cannot be read or written.
    """
    sides = [file.read_bytes() for file in (base, ours, theirs)]
    try:
        merged = _merged(*sides)
    except Exception:  # whatever it is, git's own merge shows both sides
        return git.merge_as_ever(base, ours, theirs)
    ours.write_bytes(merged.text.encode())
    return len(merged.conflicts)


def mend(root: Path, paths: Iterable[Path] = ()) -> list[Mended]:
    """Merges anew the files that git has merged by lines and left with conflict markers.

    Args:
        paths: the files; every one with markers, and every one git calls unmerged, if none is named.

    Raises:
        NotFound: a named file is not there.
        InvalidEntry: a named file is no entry's.
    """
    root = root.resolve()
    named = [_named(root, path) for path in paths]
    with files.Lock(root):
        return [_mend(root, path) for path in named or _unsettled(root)]


def _named(root: Path, path: Path) -> str:
    """A file's path from the root, given from there or from the current folder."""
    there = [p.parent.resolve() / p.name for p in (Path.cwd() / path, root / path) if p.is_file()]
    if not there:
        raise NotFound(f"no file {path}", "'kb check' names the files with conflict markers")
    inside = next((p for p in there if p.is_relative_to(root)), None)
    if inside is None:
        raise InvalidEntry(f"{path} is not in the knowledge base {root}", "name a file below its entries/")
    found = inside.relative_to(root).as_posix()
    files.place(root, found)
    return found


def _unsettled(root: Path) -> list[str]:
    """Every file with markers, and every one that git calls unmerged."""
    there = files.scan(root).files
    entries = root / files.ENTRIES
    found = git.unmerged_files(entries) if there and git.repository(root) else []
    unmerged = {file.relative_to(root).as_posix() for file in found}
    return [path for path in there if path in unmerged or conflict_line(_text(files.read(root, path) or b""))]


def _mend(root: Path, path: str) -> Mended:
    data = files.read(root, path) or b""
    stages = git.unmerged(root, Path(path)) if git.repository(root) else {}
    if not conflict_line(_text(data)):
        return Mended(path, False, said=_settled(stages))
    try:
        merged = _again(data, stages)
    except (InvalidEntry, UnicodeDecodeError) as error:
        why = error.message if isinstance(error, InvalidEntry) else "a side is not UTF-8"
        return Mended(path, False, said=f"left alone: {why}; keep what is meant of both sides and delete the markers")
    if files.replace(root, path, merged.text.encode(), files.digest(data)) is not None:
        return Mended(path, False, said="left alone: it was saved in this instant; try again")
    said = f"then: git add {path}" if stages else ""
    return Mended(path, True, tuple(conflict.where for conflict in merged.conflicts), said)


def _settled(stages: dict[int, bytes]) -> str:
    if not stages:
        return "nothing to mend: no conflict markers, and git has merged it"
    if 2 in stages and 3 in stages:
        return "no conflict markers are left in it: if it is as you want it, git add it"
    return "edited on one side and deleted on the other: it was kept; git add it, or git rm it"


def _again(data: bytes, stages: dict[int, bytes]) -> Merged:
    """From git's stages; from the sides between the markers when there are none, or somebody has edited since.

    Raises:
        InvalidEntry: the sides cannot be merged as entries.
    """
    base, ours, theirs = sides(data.decode())
    if 2 in stages and 3 in stages:
        known = {line.rstrip() for side in stages.values() for line in _text(side).split("\n")}
        if known.issuperset(line.rstrip() for line in f"{ours}\n{theirs}".split("\n")):
            return _merged(stages.get(1, b""), stages[2], stages[3])
    before = _text(stages[1]) if 1 in stages else base
    return _merged((before or "").encode(), ours.encode(), theirs.encode())


def sides(text: str) -> tuple[str | None, str, str]:
    """A text with git's markers taken apart: the base (None unless they tell it, in diff3 style), ours and theirs."""
    out: dict[str, list[str]] = {"|": [], "<": [], "=": []}
    at, told = "", True
    for line in text.split("\n"):
        found = _MARKER.fullmatch(line.rstrip("\r"))
        mark = found[1][0] if found else ""
        if mark and _follows(at, mark):
            told = told and not (at == "<" and mark == "=")
            at = "" if mark == ">" else mark
        else:
            for side in (at,) if at else out:
                out[side].append(line)
    base, ours, theirs = ("\n".join(out[side]) for side in "|<=")
    return base if told else None, ours, theirs


def _follows(at: str, mark: str) -> bool:
    """Whether a marker has its meaning after the one before it; anywhere else it is only text."""
    return mark in {"": "<", "<": "|=", "|": "=", "=": ">"}[at]


def _merged(base: bytes, ours: bytes, theirs: bytes) -> Merged:
    """Both branches in one text; of a conflict the value of our own branch stands in place.

    Raises:
        InvalidEntry: a side, or the result, is not an entry.
        UnicodeDecodeError: a side is not UTF-8.
    """
    texts = [side.decode() for side in (base, theirs, ours)]
    if not all(parse(text).ok for text in texts[1:]):
        raise InvalidEntry("one of the two sides cannot be read as an entry")
    merged = merge(*texts)
    if not parse(merged.text).ok:
        raise InvalidEntry("the two sides together cannot be read as an entry")
    return merged


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def unready(root: Path) -> Iterator[str]:
    """What this clone lacks to merge entries, in a sentence; nothing when all is as it should be, or git is not used.

    `.gitattributes` travels with the repository, what it names does not.
    """
    attributes = root / ".gitattributes"
    if attributes.is_file() and "merge=kb" in attributes.read_text("utf-8", "replace"):
        found = git.repository(root)
        if found and not git.merges_entries(root):
            yield "this clone merges entries by lines: run 'kb init --git' once, so that two who log do not clash"
