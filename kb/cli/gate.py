"""What looks like a secret is noticed before it is recorded: somebody is asked, or told, and it can be masked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typer

from kb.cli import output
from kb.errors import InvalidEntry, KbError
from kb.model import Problem

RECORDING = frozenset({
    "new", "log", "ask", "answer", "set", "mitigate", "resolve", "lesson", "action", "link", "risk", "verify",
    "inventory",
})  # fmt: skip
"""The commands of which every word may be recorded."""

problems: list[Problem] = []
"""What was recorded although it looks like a secret; commands tell it in their JSON."""

_HINT = "'kb purge-secret' takes it out again everywhere; KB_SECRETS=mask masks the next one at once"


def words(given: list[str]) -> list[str]:
    """The words of a command as they may be recorded: as they came, or with the secrets in them masked.

    Raises:
        InvalidEntry: the option `secrets` is `refuse`; nothing was recorded.
    """
    problems.clear()
    if not given or given[0] not in RECORDING:
        return given
    return _settled(given, _root(given))


def arguments(given: dict[str, Any], root: Path) -> dict[str, Any]:
    """The same for the arguments of a program, each a text or a list of texts; it cannot be asked."""
    problems.clear()
    return {name: _argument(value, root) for name, value in given.items()}


def _argument(value: Any, root: Path) -> Any:
    if isinstance(value, str):
        return _settled([value], root)[0]
    texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return _settled(value, root) if texts else value


def prompt(question: str, default: str | None = None) -> str:
    """An answer typed at the terminal, which is looked through like every other word."""
    answer = str(typer.prompt(question, default=default, show_default=False))
    return _settled([answer], None)[0]


def draft(file: Path, before: str, root: Path) -> None:
    """Looks through what was typed into a draft; what stood there before was settled then."""
    from kb.secrets import masked

    text = file.read_bytes().decode("utf-8", "surrogateescape")
    old, lines = set(before.split("\n")), text.split("\n")
    fresh = {at for at, line in enumerate(lines, 1) if line not in old and "<!-- not a secret -->" not in line}
    typed = ["\n".join(line for at, line in enumerate(lines, 1) if at in fresh)]
    if _settled(typed, root) != typed:
        file.write_bytes(masked(text, fresh).encode("utf-8", "surrogateescape"))


def _settled(given: list[str], root: Path | None) -> list[str]:
    from kb.secrets import find, masked  # what only reads need not load it

    found = [secret.kind for word in given for secret in find(word)]
    if not found:
        return given
    kinds, rule = ", ".join(dict.fromkeys(found)), _rule(root)
    if rule == "refuse":
        raise InvalidEntry(f"this looks like a secret ({kinds}); nothing was recorded", "leave it out, or mask it")
    output.tell(("warning: ", "yellow"), f"this looks like a secret ({kinds}):")
    without = [masked(word) for word in given]
    for line in (line for word in without for line in word.split("\n") if "[redacted: " in line):
        output.tell("  ", line)  # what is on a screen is soon in a screenshot
    if rule == "mask" or _wanted():
        output.tell("It is recorded as shown here.")
        return without
    problems.extend(Problem("", 1, f"this looks like a secret ({kind})", _HINT, "warning") for kind in found)
    output.tell("It is recorded as you gave it. ", (_HINT, "dim"))
    return given


def _wanted() -> bool:
    """Whether somebody at the terminal wants it masked; without one nobody is asked."""
    if not sys.stdin.isatty() or not sys.stderr.isatty():
        return False
    return typer.confirm("Record it masked, as shown here?", default=True, err=True)


def _rule(root: Path | None) -> str:
    """The option `secrets` of the knowledge base; `ask` where there is none."""
    from kb import config

    try:
        return config.load(config.find_root(root)).secrets
    except KbError:
        return "ask"  # the command itself will say what is wrong


def _root(given: list[str]) -> Path | None:
    """The folder that `--root` names, before the words are understood."""
    for at, word in enumerate(given):
        if word == "--root" and at + 1 < len(given):
            return Path(given[at + 1])
        if word.startswith("--root="):
            return Path(word.removeprefix("--root="))
    return None
