"""What one PostgreSQL server bears: writers at once, its size, and `kb sync` of a large checkout.

    python tests/bench/shared.py [10000]

A server of its own, which waits for the disk as a real one does. The time is what the work takes in an open process: a
command adds its start (0.4 to 0.6 s).
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

import psycopg  # noqa: E402
from bench.speed import made  # noqa: E402
from databases import Server, fresh  # noqa: E402
from storing import log, opened, put, text_for  # noqa: E402

from kb.journeys.record import NewEntry  # noqa: E402

FORK = multiprocessing.get_context("fork")
CHECKOUTS, WRITERS, EVENTS = 4, 16, 25


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def size(url: str) -> tuple[int, int]:
    """Bytes of the whole database, and of the revisions in it."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(
            "select pg_database_size(current_database()), pg_total_relation_size('revisions')"
        ).fetchone()
    assert row
    return row[0], row[1]


def writers(url: str, folder: Path, same: bool) -> tuple[float, float]:
    """Events a second of 16 writers in 4 checkouts, and the time within which 95 % of them were acknowledged.

    Args:
        same: all in one incident, instead of one each.
    """
    names = [f"2026-01-{1 if same else number + 1:02}-writer" for number in range(WRITERS)]
    roots = [folder / f"writers {same} {number}" for number in range(CHECKOUTS)]
    for name in set(names):
        put(roots[0], text_for(name), f"entries/incidents/2026/{name}.md")
    for root in roots:
        root.mkdir(exist_ok=True)
        with opened(root, url) as base:
            base.sync()
    told = FORK.Queue()

    def work(number: int) -> None:
        with opened(roots[number % CHECKOUTS], url) as base:
            for n in range(EVENTS):
                told.put(seconds(lambda n=n: log(base, f"event {number}.{n}.", names[number])))

    processes = [FORK.Process(target=work, args=(number,)) for number in range(WRITERS)]
    began = time.perf_counter()
    for process in processes:
        process.start()
    times = sorted(told.get() for _ in range(WRITERS * EVENTS))
    took = time.perf_counter() - began
    for process in processes:
        process.join()
    return len(times) / took, times[len(times) * 95 // 100]


def checkouts(url: str, folder: Path, count: int) -> None:
    """A large base in two checkouts: how long each takes to take in what changed."""
    here, there = folder / "here", folder / "there"
    here.mkdir()
    there.mkdir()
    entries = [NewEntry(entry, path) for entry, path, _ in made(count)]
    with opened(here, url) as base:
        took = seconds(lambda: base.create_many(entries))
    whole, revisions = size(url)
    print(f"{count} entries recorded in {took:.0f} s; {whole / 1e6:.0f} MB, of it revisions {revisions / 1e6:.0f} MB")

    def sync(root: Path) -> float:
        with opened(root, url) as base:
            return seconds(base.sync)

    print(f"sync of a new checkout: {sync(there):.0f} s")
    print(f"sync, nothing changed: {sync(there):.2f} s")
    files = sorted((here / "entries").rglob("*.md"))
    for changed in (1, 1000):
        for file in files[:changed]:
            file.write_text(file.read_text() + f"\n## Note\n\n{changed} were changed.\n")
        print(f"sync, {changed} changed by hand: {sync(here):.2f} s; in the other checkout: {sync(there):.2f} s")
    with opened(there, url) as base:
        name = entries[count // 2].entry.id
        print(f"one entry read: {1000 * seconds(lambda: base.get(name)):.0f} ms")
        print(f"all read: {seconds(base.records):.2f} s")


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as name, Server(safe=True) as server:
        for same in (False, True):
            rate, late = writers(fresh(server.url), Path(name), same)
            where = "in one incident" if same else "an incident each"
            print(f"{WRITERS} writers in {CHECKOUTS} checkouts, {where}: {rate:.0f} events/s, p95 {late:.2f} s")
        checkouts(fresh(server.url), Path(name), count)


if __name__ == "__main__":
    main()
