"""The commands that write, each with what must be found in the knowledge base once it was acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

INCIDENT = "2026-01-05-checkout-down"
DEPLOYMENT = "2026-01-04-release-9"
SYSTEM = "app-server-01"
ON = ("--on", INCIDENT)
BEGINNING = (
    ("init", "{root}", "--timezone", "UTC"),
    ("new", "system", SYSTEM, "--expect", "`w3svc`"),
    ("new", "deployment", "Release 9", "--service", "web=9", "--status", "planned", "--window", "2026-01-04 05:00",
     "--risk", "Index locks", "--check", "Fill a basket"),
    ("new", "incident", "Checkout down", "--started", "2026-01-05 09:00", "--symptom", "CPU high"),
    ("log", "It began", *ON), ("ask", "What runs there?", *ON),
    ("action", "add", "Inventory every server", *ON), ("search", "checkout"),
)  # fmt: skip
"""A knowledge base with something of each kind, indexed: what is said to make it."""


@dataclass(frozen=True)
class Command:
    """One way to write.

    Args:
        words: of the command line; `{root}` and `{outside}` stand for folders.
        kept: what stands in an entry's file afterwards, just once.
        prepare: what a person does to the files before.
        stdin: what comes in.
    """

    words: tuple[str, ...]
    kept: str = ""
    prepare: Callable[[Path], None] | None = None
    stdin: str = ""


def _typed(root: Path) -> None:
    file = root / f"entries/incidents/2026/{INCIDENT}.md"
    file.write_text(file.read_text().replace("## Symptoms", "## Impact\n\nKEPTWORD by hand.\n\n## Symptoms"))


def _new_file(root: Path) -> None:
    text = "---\nid: 2026-01-07-typed\nkind: incident\nstatus: resolved\n---\n\n# Typed\n\n## Summary\n\nKEPTWORD\n"
    (root / "entries/incidents/2026/2026-01-07-typed.md").write_text(text)


def _removed(root: Path) -> None:
    (root / f"entries/incidents/2026/{INCIDENT}.md").unlink()


def _faulty(root: Path) -> None:
    file = root / f"entries/incidents/2026/{INCIDENT}.md"
    file.write_text(file.read_text().replace("kind: incident", "kind: [incident"))


def _told(root: Path) -> None:
    (root.parent / "told.json").write_text('{"incidents": [{"id": "Q1", "title": "KEPTWORD", "incident_number": 1}]}')


def _outside(root: Path) -> None:
    (root.parent / "old.md").write_text("# Old outage\n\n## Summary\n\nKEPTWORD\n")
    editor = root.parent / "editor"
    editor.write_text('#!/bin/sh\nprintf "\\n## Notes\\n\\nKEPTWORD\\n" >> "$1"\n')
    editor.chmod(0o755)


COMMANDS: dict[str, Command] = {
    "new incident": Command(("new", "incident", "KEPTWORD", "--symptom", "slow")),
    "new deployment": Command(("new", "deployment", "KEPTWORD", "--service", "web=10", "--override", "must")),
    "new system": Command(("new", "system", "KEPTWORD", "--expect", "IIS")),
    "log": Command(("log", "KEPTWORD", *ON), "KEPTWORD"),
    "ask": Command(("ask", "KEPTWORD", *ON), "KEPTWORD"),
    "answer": Command(("answer", "KEPTWORD", "--verdict", "lead", *ON), "KEPTWORD"),
    "set": Command(("set", "impact=KEPTWORD", *ON), "KEPTWORD"),
    "mitigate": Command(("mitigate", *ON), "status: mitigated"),
    "resolve": Command(("resolve", "--root-cause", "KEPTWORD", "--resolution", "Stopped.", *ON), "KEPTWORD"),
    "lesson": Command(("lesson", "KEPTWORD", *ON), "KEPTWORD"),
    "action add": Command(("action", "add", "KEPTWORD", *ON), "KEPTWORD"),
    "action done": Command(("action", "done", "Inventory", *ON), "- [x] Inventory"),
    "link": Command(("link", INCIDENT, DEPLOYMENT, "--relation", "ruled-out"), f"{DEPLOYMENT} (ruled-out)"),
    "risk add": Command(("risk", "add", "KEPTWORD", "--on", DEPLOYMENT), "KEPTWORD"),
    "risk became": Command(("risk", "became", "Index", "did-not-happen", "--on", DEPLOYMENT), "outcome: did not happen"),
    "verify done": Command(("verify", "done", "basket", "--on", DEPLOYMENT), "- [x] Fill a basket"),
    "edit": Command(("edit", INCIDENT), "KEPTWORD", _outside),
    "inventory": Command(("inventory", SYSTEM, "--accept", "keptword.exe", "--owner", "@ops", "--note", "ours"), "keptword.exe", stdin="w3svc\nkeptword.exe\n"),
    "import": Command(("import", "{outside}/old.md"), "KEPTWORD", _outside),
    "import of a tool": Command(("import", "{outside}/told.json"), "KEPTWORD", _told),
    "export": Command(("export", "--to", "{outside}/all.zip")),
    "useful": Command(("useful", "2026-01-07-typed", *ON), "useful: [2026-01-07-typed]", _new_file),
    "search of nothing": Command(("search", "zebra")),
    "sync of an edit": Command(("sync",), "KEPTWORD", _typed),
    "sync of a new file": Command(("sync",), "KEPTWORD", _new_file),
    "log over an edit": Command(("log", "logged too", *ON), "KEPTWORD", _typed),
    "log over a fault": Command(("log", "logged too", *ON), "", _faulty),
    "restore": Command(("restore", INCIDENT), "", _removed),
    "restore over a fault": Command(("restore", INCIDENT), "", _faulty),
    "search of an edit": Command(("search", "KEPTWORD"), "KEPTWORD", _typed),
    "backup": Command(("backup", "{outside}/copy.sqlite")),
}  # fmt: skip
