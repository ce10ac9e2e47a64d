"""The index on disk.

The folder can be thrown away at any time: it is made from the entries. Anything that goes wrong while it is read
therefore means one thing, `IndexDamaged`: make it anew.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from kb.errors import KbError, StoreUnavailable
from kb.model import Entry, Match, Suggestion
from kb.model.snapshot import maker
from kb.private import private
from kb.search import finder, questions
from kb.search.concepts import Vocabulary
from kb.search.engine import FileIndex, FileStorage, LockError, SegmentReader, codec
from kb.search.finder import Near, Results
from kb.search.meaning import Meanings, discard
from kb.search.preparing import prepared
from kb.search.reading import NAME, NAMES, Reading, docs, leaves, schema

MADE_BY = f"4 {maker()}"
"""The format, which goes up whenever what is kept or how it is weighed changes, and what read the texts:
an index made by another is made anew."""
WAIT = 30.0
"""Seconds to wait for another process that writes."""
RETRIES = 5
"""How often a read is tried again when another process has just taken a file away."""
TIER = 8
"""So many segments of about the same size are merged into one."""
MOST_MERGED = 512
"""Larger segments are left alone when one entry is saved: merging them takes a second and more."""
_ABOUT = "kb.json"
T = TypeVar("T")


class IndexDamaged(StoreUnavailable):
    """The index cannot be read; it has to be made anew from the entries."""


class Index:
    """The search index of a knowledge base. A missing, damaged or outdated one is replaced by an empty one with a new
    `token`, so whoever keeps marks of what was indexed sees that everything has to be indexed again.

    Args:
        folder: made if it is not there; nobody else may read it.
        meanings: what a model makes of the entries, where one is installed.
    """

    def __init__(self, folder: Path, vocabulary: Vocabulary, meanings: Meanings | None = None) -> None:
        """Open the index, or begin a new one.

        Raises:
            StoreUnavailable: the folder cannot be written.
        """
        self.folder = folder
        self.vocabulary = vocabulary
        self.meanings = meanings
        try:
            about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
            made = about["made_by"], about["vocabulary"], about["place"]
            fits = made == (MADE_BY, vocabulary.digest, _place(folder))
            self.token = str(about["token"]) if fits else ""
            self._opened: Reading | None = Reading(folder) if fits else None
        except Exception:
            self.token, self._opened = "", None
        if not self.token:
            self.reset()

    @private()
    def reset(self) -> None:
        """Throw everything away and begin with an empty index.

        Raises:
            StoreUnavailable: the folder cannot be written.
        """
        self.close()
        try:
            if self.folder.is_dir():
                shutil.rmtree(self.folder)
            self.folder.unlink(missing_ok=True)
            self.folder.mkdir(mode=0o700, parents=True)
            FileIndex.create(FileStorage(str(self.folder)), schema(), NAME)
            self.token = secrets.token_hex(8)
            about = {"made_by": MADE_BY, "vocabulary": self.vocabulary.digest, "token": self.token}
            about["place"] = _place(self.folder)
            (self.folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
        except OSError as error:
            raise StoreUnavailable(f"the index in {self.folder} cannot be written: {error.strerror}") from error

    def close(self) -> None:
        """Let go of open files."""
        opened, self._opened = getattr(self, "_opened", None), None
        if opened:
            opened.close()

    @private()
    def update(
        self,
        upserts: Iterable[tuple[Entry, str, int]],
        removed: Iterable[str] = (),
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Take in entries that are new or changed, as (entry, path, rev), and forget removed ones.

        Args:
            progress: told how many entries have been taken in so far.

        Raises:
            IndexDamaged: the index has to be made anew.
            StoreUnavailable: another process has been writing for too long.
        """
        fresh = {entry.id: (entry, path, rev) for entry, path, rev in upserts}
        gone = set(removed) | fresh.keys()
        if not gone:
            return
        try:
            writer = FileIndex(FileStorage(str(self.folder)), indexname=NAME).writer(timeout=WAIT, codec=codec())
        except LockError as error:
            hint = "wait for the other kb command to end, then try again"
            raise StoreUnavailable(f"the index is being written by another process since {WAIT:.0f} s", hint) from error
        except Exception as error:
            raise IndexDamaged(f"the index cannot be opened: {error}") from error
        before = set(self.folder.iterdir())
        try:
            self._write(writer, fresh, gone, progress)
            _make_durable(self.folder, before)
        except Exception as error:
            with suppress(Exception):  # what failed once fails again while it is put away
                writer.cancel()
            hint = "is there room on the disk?" if isinstance(error, OSError) else ""
            raise IndexDamaged(f"the index cannot be written: {error}", hint) from error
        self.close()

    def revisions(self) -> dict[str, int]:
        """For every entry in the index, the revision that was indexed."""
        return self._read(lambda source: {s["card"]["id"]: s["rev"] for s in source.kept()})

    def search(self, words: str, limit: int = 10) -> Results:
        """The entries that answer a query in the language of `kb search`.

        Raises:
            IndexDamaged: the index has to be made anew.
        """
        return self._read(lambda source: finder.search(source, self.vocabulary, words, limit, self._near))

    def similar(self, about: str | Entry, limit: int = 10, exclude: frozenset[str] = frozenset()) -> list[Match]:
        """The incidents that resemble a text or an entry, never the entry itself.

        Args:
            exclude: ids to leave out.

        Raises:
            IndexDamaged: the index has to be made anew.
        """
        return self._read(lambda source: finder.similar(source, self.vocabulary, about, limit, exclude, self._near))

    def questions(self, about: str | Entry, limit: int = 10, exclude: frozenset[str] = frozenset()) -> list[Suggestion]:
        """The questions worth asking now: those that helped in similar incidents, then general ones.

        Raises:
            IndexDamaged: the index has to be made anew.
        """
        return self._read(lambda source: questions.suggest(source, self.vocabulary, about, limit, exclude, self._near))

    def likes(self, about: Entry) -> tuple[Match, ...]:
        """What resembles an entry as its page shows it: the likest of the team's own and of the library's.

        Raises:
            IndexDamaged: the index has to be made anew.
        """

        from kb.search.cards import card
        from kb.search.feedback import judged_apart
        from kb.search.likes import LOOKED_AT, likes  # only a brief asks for them

        def found(source: Reading) -> tuple[Match, ...]:
            liked = likes(source, self.vocabulary, *finder.ranked(source, self.vocabulary, about, LOOKED_AT))
            hits = (Match(source.card(one.id), one.score, one.reasons, fit=one.fit) for one in liked)
            return judged_apart(hits, card(about, ""), source)

        return self._read(found)

    def own(self, facets: Iterable[str]) -> list[Entry]:
        """The team's own entries of which one of these `key:value` is true, and the incidents that name one of them.

        Raises:
            IndexDamaged: the index has to be made anew.
        """
        wanted = list(facets)

        def found(source: Reading) -> list[Entry]:
            others = source.facet("aside:library")
            docs = source.any_of(wanted) - others
            known = [source.entry(doc) for doc in docs]
            named = source.values(NAMES).intersection(entry.id for entry in known)
            naming = source.any_of(f"{NAMES}:{name}" for name in named) - docs - others
            return sorted((*known, *map(source.entry, naming)), key=lambda entry: entry.id)

        return self._read(found)

    def named(self, fragment: str, kind: str) -> list[tuple[str, str]]:
        """Id and title of the team's entries of a kind whose id holds a fragment, by id.

        Raises:
            IndexDamaged: the index has to be made anew.
        """

        def found(source: Reading) -> list[tuple[str, str]]:
            ids = sorted(name for name in source.values("id") if fragment in name)
            own = source.facet(f"kind:{kind}") - source.facet("aside:library")
            cards = (source.card(name) for name in ids if source.facet(f"id:{name}") & own)
            return [(card.id, card.title) for card in cards]

        return self._read(found)

    def understand(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Let the model, where there is one, read the entries it has not read yet.

        Args:
            progress: told how many of how many have been read.

        Raises:
            IndexDamaged: the index has to be made anew.
            ConfigurationError: the model cannot be used.
        """
        meanings = self.meanings
        if meanings is None:
            return
        unread = self._read(lambda source: sorted(source.values("id") - meanings.ids))
        if unread:
            texts = ((id, self._read(partial(_text, id))) for id in unread)
            meanings.read(texts, (lambda done: progress(done, len(unread))) if progress else None)

    def contents(self) -> dict[str, tuple[int, Entry]]:
        """For every entry in the index, the revision that was indexed and what is kept of it; 0 for one kept twice.

        Raises:
            IndexDamaged: the index has to be made anew.
        """
        revisions = self.revisions()

        def found(source: Reading) -> dict[str, tuple[int, Entry]]:
            docs = {name: list(source.facet(f"id:{name}")) for name in source.values("id")}
            return {
                name: (revisions.get(name, 0) if len(several) == 1 else 0, source.entry(several[0]))
                for name, several in docs.items() if several
            }  # fmt: skip

        return self._read(found)

    @property
    def _near(self) -> Near | None:
        return self.meanings.near if self.meanings else None

    def _write(
        self,
        writer: Any,
        fresh: dict[str, tuple[Entry, str, int]],
        gone: set[str],
        progress: Callable[[int], None] | None,
    ) -> None:
        reader = writer.reader()
        try:
            if reader.doc_count():
                for leaf, offset in leaves(reader):
                    for id in gone:
                        for doc in docs(leaf, "facets", f"id:{id}"):
                            writer.delete_document(doc + offset)
        finally:
            reader.close()
        digests: dict[str, str] = {}
        for number, one in enumerate(prepared(list(fresh.values()), self.vocabulary), 1):
            writer.add_document(bag=one.impacts, facets=one.facets, kept=one.kept, whole=one.whole)
            digests[one.id] = one.digest
            if progress:
                progress(number)
        if self.meanings:
            self.meanings.forget(digests, gone - fresh.keys())
        else:
            discard(self.folder.parent)  # nobody would tell it what changed
        writer.commit(mergetype=_merge)

    def _read(self, ask: Callable[[Reading], T]) -> T:
        """Ask the index; again when another process has just replaced a file."""
        for attempt in range(RETRIES):
            try:
                if self._opened is None or not self._opened.current():
                    self.close()
                    self._opened = Reading(self.folder)
                return ask(self._opened)
            except KbError:
                raise
            except FileNotFoundError as error:
                failure: Exception = error
                self.close()
                time.sleep(0.02 * attempt)
            except Exception as error:
                failure = error
                break
        raise IndexDamaged(f"the index cannot be read: {failure}") from failure


def _place(folder: Path) -> str:
    """By what a folder is known that was made here. Whoosh reads pickles, which run code: an index that came along with
    a clone or a copy is thrown away unread.
    """
    found = folder.stat()
    return f"{found.st_dev}:{found.st_ino}"


def _make_durable(folder: Path, before: set[Path]) -> None:
    """Puts new files on the disk, which Whoosh does not: soon the database will say that they are there."""
    for path in [*sorted(set(folder.iterdir()) - before), *([folder] if os.name != "nt" else [])]:
        handle = os.open(path, os.O_RDONLY if path == folder else os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _text(id: str, source: Reading) -> str:
    """What the model reads of an entry; nothing if the entry is gone meanwhile."""
    return next((source.stored(doc).text for doc in source.facet(f"id:{id}")), "")


def _merge(writer: Any, segments: list[Any]) -> list[Any]:
    """Merge segments of about the same size when there are many; a commit of one entry stays cheap."""
    tiers: dict[int, list[Any]] = {}
    for segment in segments:
        size = segment.doc_count_all()
        tiers.setdefault(size.bit_length() // 3 if size <= MOST_MERGED else -1 - len(tiers), []).append(segment)
    mostly_dead = [s for s in segments if s.deleted_count() * 2 > s.doc_count_all()]
    merged = {id(s) for group in tiers.values() if len(group) >= TIER for s in group} | {id(s) for s in mostly_dead}
    for segment in segments:
        if id(segment) in merged and segment.doc_count():
            reader = SegmentReader(writer.storage, writer.schema, segment)
            writer.add_reader(reader)
            reader.close()
    return [segment for segment in segments if id(segment) not in merged]
