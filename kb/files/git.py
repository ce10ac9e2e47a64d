"""What git is asked, and told, about the folder a knowledge base lies in. Only this room starts the program."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from kb.errors import NotFound, StoreUnavailable

MERGE_DRIVER = "merge.kb.driver"
_SUBJECTS = 500
"""The most commits that are told of one tag."""
_DRIVER = (
    "if command -v kb >/dev/null 2>&1; then kb merge-driver %O %A %B %P; "
    "else git merge-file -L ours -L base -L theirs %A %O %B; fi"
)
"""Where `kb` is not to be found git merges as ever: a driver that fails would leave the other side out of the file."""


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Runs git in a folder, whatever becomes of it.

    Raises:
        StoreUnavailable: there is no git.
    """
    try:
        return subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False)
    except OSError as error:
        raise StoreUnavailable(f"git cannot be run: {error.strerror}", "install git") from None


def repository(folder: Path) -> Path | None:
    """The work tree a folder is in; None when it is in none, or there is no git."""
    try:
        ran = _git(folder, "rev-parse", "--show-toplevel")
    except StoreUnavailable:
        return None
    return Path(os.fsdecode(ran.stdout.removesuffix(b"\n"))) if ran.returncode == 0 and ran.stdout.strip() else None


def merges_entries(folder: Path) -> bool:
    """Whether this clone knows how entries are merged; its work trees share that, other clones do not."""
    return _git(folder, "config", "--get", MERGE_DRIVER).stdout.strip() == _DRIVER.encode()


def set_merge_driver(folder: Path) -> None:
    """Tells this clone how entries are merged.

    Raises:
        StoreUnavailable: git's settings cannot be written.
    """
    ran = _git(folder, "config", MERGE_DRIVER, _DRIVER)
    if ran.returncode != 0:
        said = ran.stderr.decode("utf-8", "replace").strip()
        raise StoreUnavailable(f"git config {MERGE_DRIVER}: {said}", "see who may write to the repository's settings")


def committed(folder: Path, path: str) -> list[str]:
    """What a file held in the commits that led to the one checked out, newest first, as git names contents.

    Empty where git is not used, or does not know the file.
    """
    words = ("log", "--format=", "--full-history", "-m", "--raw", "--no-abbrev", "--no-renames", "HEAD")
    try:
        ran = _git(folder, *words, "--", path)
    except StoreUnavailable:
        return []
    return [line.split()[3].decode() for line in ran.stdout.split(b"\n") if line.startswith(b":")]


def content_name(text: str) -> str:
    """The name git gives to a text as a file's content."""
    data = text.encode("utf-8")
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def project(folder: Path) -> str:
    """What a repository is called: by the last part of where it comes from, else by its folder."""
    origin = os.fsdecode(_git(folder, "config", "--get", "remote.origin.url").stdout.strip())
    return origin.rstrip("/").rpartition("/")[2].removesuffix(".git") or (repository(folder) or folder).name


def tags(folder: Path) -> list[tuple[str, str, str, str, str, tuple[str, ...]]]:
    """The tags of a repository, oldest first: name, time (ISO 8601), who, message, commit, and the first lines of the
    commits since the tag before.

    Raises:
        NotFound: it is no repository, or has no tags.
    """
    if repository(folder) is None:
        raise NotFound(f"{folder} is in no git repository", "name the folder of one")
    parts = ("refname:short", "creatordate:iso-strict", "taggername", "authorname", "contents", "objectname")
    told = "%1f".join(f"%({part})" for part in parts) + "%1e"
    listed = _git(folder, "for-each-ref", "refs/tags", "--sort=creatordate", f"--format={told}").stdout
    found = [row.strip("\n").split("\x1f") for row in listed.decode("utf-8", "replace").split("\x1e") if row.strip()]
    made, before = [], ""
    for name, at, tagger, author, message, commit in found:
        span = f"refs/tags/{before}..refs/tags/{name}" if before else f"refs/tags/{name}"
        said = _git(folder, "log", "--format=%s", f"-{_SUBJECTS}", span, "--").stdout.decode("utf-8", "replace")
        annotated = _git(folder, "cat-file", "-t", commit).stdout.strip() == b"tag"
        made.append((name, at, tagger or author, message if annotated else "", commit, tuple(said.splitlines())))
        before = name
    if not made:
        raise NotFound(f"{folder} has no tags", "pipe 'git log' into a file, and import that with --format git-log")
    return made


def fetch(folder: Path, remote: str, branch: str) -> str:
    """Fetches a branch; the revision it is at, empty where the remote has no such branch yet.

    Raises:
        NotFound: the folder is in no repository, or that has no such remote.
        StoreUnavailable: there is no git, or the remote cannot be reached.
    """
    if _git(folder, "rev-parse", "--git-dir").returncode != 0:
        raise NotFound(f"{folder} is not in a git repository", "run 'git init' there, or name a folder with --to")
    if _git(folder, "remote", "get-url", remote).returncode != 0:
        raise NotFound(f"git knows no remote '{remote}' here", f"run 'git remote add {remote} ADDRESS'")
    listed = _git(folder, "ls-remote", "--heads", remote, f"refs/heads/{branch}")
    if listed.returncode == 0 and not listed.stdout:
        return ""
    refs = f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"
    ran = listed if listed.returncode else _git(folder, "fetch", "--quiet", remote, refs)
    if ran.returncode != 0:
        said = ran.stderr.decode("utf-8", "replace").strip()
        raise StoreUnavailable(f"{remote} cannot be reached: {said}", "see its address, and whether you may read it")
    return listed.stdout.split()[0].decode()


def content(folder: Path, revision: str, path: str) -> bytes | None:
    """What a file holds at a revision; None where there is none."""
    ran = _git(folder, "cat-file", "blob", f"{revision}:{path}")
    return ran.stdout if ran.returncode == 0 else None


def unmerged(folder: Path, path: Path) -> dict[int, bytes]:
    """The sides of a file that git could not merge, by stage (1 base, 2 ours, 3 theirs); empty when it is settled."""
    listed = _git(folder, "ls-files", "--unmerged", "-z", "--", str(path)).stdout
    sides = {}
    for line in filter(None, listed.split(b"\0")):
        _, sha, stage = line.partition(b"\t")[0].split()
        sides[int(stage)] = _git(folder, "cat-file", "blob", sha.decode()).stdout
    return sides


def unmerged_files(folder: Path) -> list[Path]:
    """The files below a folder that git could not merge, sorted."""
    listed = _git(folder, "ls-files", "--unmerged", "-z").stdout
    return sorted({folder / os.fsdecode(line.partition(b"\t")[2]) for line in filter(None, listed.split(b"\0"))})


def merge_as_ever(base: Path, ours: Path, theirs: Path) -> int:
    """Merges by lines into `ours` as git does without a driver; how many conflicts stand there between markers."""
    labels = ("-L", "ours", "-L", "base", "-L", "theirs")
    return _git(Path.cwd(), "merge-file", *labels, str(ours), str(base), str(theirs)).returncode
