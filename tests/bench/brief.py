"""How long `kb brief` takes beside `kb search`, on one base of as many deployments as incidents: whole processes.

    python tests/bench/brief.py [1000]

The incidents are those of `speed.py`, put on a time line: a third of them names the deployment before it.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from bench.judged import ROOT  # noqa: E402
from bench.speed import made  # noqa: E402
from bench.whole import kb  # noqa: E402

from kb.markdown import render  # noqa: E402
from kb.model import (  # noqa: E402
    Deployment,
    DeploymentLink,
    DeploymentStatus,
    Entry,
    IncidentStatus,
    Lesson,
    Moment,
    Relation,
    Risk,
    ServiceVersion,
)

SEARCH = ("search", "high CPU after deploy")
BRIEF = ("brief", "--service", "storefront=9.1", "--tool", "Octopus Deploy")
_SERVICES = ("storefront", "back office", "checkout", "search", "mail", "reporting")
_FIRST = datetime(2023, 1, 1, 5, tzinfo=UTC)


def history(count: int) -> Iterator[Entry]:
    """So many deployments of six services, one every 26 hours, and as many incidents."""
    mixed = random.Random(5)
    for number, (incident, _, _) in enumerate(made(count)):
        began = _FIRST + timedelta(hours=26 * number)
        changed = mixed.sample(_SERVICES, 2)
        release = Deployment(
            id=f"{began:%Y-%m-%d}-release-{number}",
            title=f"Release {number}",
            status=DeploymentStatus.SUCCEEDED,
            tool=mixed.choice(("Octopus Deploy", "Argo CD")),
            services=tuple(ServiceVersion(name, f"4.{number}") for name in changed),
            systems=("app-server-01",),
            started=Moment(began),
            finished=Moment(began + timedelta(minutes=40)),
            summary=f"New filters for the {changed[0]}, and a faster list in the {changed[1]}.",
            risks=(Risk("The new index locks a table", "low", "high", "at night", "@dev", "did not happen"),),
            rollback_plan="Deploy the old one again.",
            lessons=(Lesson(f"Look at the {changed[0]} too, not only at the steps."),),
        )
        yield release
        relation = mixed.choice(list(Relation))
        yield replace(
            incident,
            id=f"{began:%Y-%m-%d}-incident-{number}",
            status=IncidentStatus.RESOLVED,
            started=Moment(began + timedelta(hours=1 + mixed.randint(0, 80))),
            detected=None, acknowledged=None, mitigated=None, resolved=None,
            timeline=(),
            services=tuple(mixed.sample(_SERVICES, 2)),
            deployments=(DeploymentLink(release.id, relation),) if number % 3 == 0 else (),
            source="", company="",
        )  # fmt: skip


def base(count: int, root: Path) -> None:
    """Makes a base of so many deployments and incidents, and takes it in."""
    for entry in history(count):
        file = root / "entries" / f"{entry.kind}s" / entry.id[:4] / f"{entry.id}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(render(entry), encoding="utf-8")
    (root / "mkdocs.yml").write_text((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), encoding="utf-8")
    kb(root, "sync")
    kb(root, "search", "cpu")


def measure(root: Path, times: int = 7) -> tuple[float, float]:
    """Seconds for a search and for a brief, the best of some, taken in turns."""
    pairs = [(kb(root, *SEARCH), kb(root, *BRIEF)) for _ in range(times)]
    return min(search for search, _ in pairs), min(brief for _, brief in pairs)


def main() -> None:
    """Print the line."""
    count = int(sys.argv[1]) if sys.argv[1:] else 1000
    with tempfile.TemporaryDirectory() as folder:
        base(count, Path(folder))
        search, brief = measure(Path(folder))
    print(f"{count:,} deployments and {count:,} incidents", end=": ")
    print(f"kb search {search * 1000:.0f} ms, kb brief {brief * 1000:.0f} ms (x{brief / search:.2f})")


if __name__ == "__main__":
    main()
