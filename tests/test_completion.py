"""Tab at a prompt: commands, options, entries and the names that entries use, in the shells people have."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import stat
import statistics
import sys
import time
from pathlib import Path

import pytest
from commands import ROOT, Kb, missing

FIRST = {"bash": "--norc", "zsh": "-f", "fish": "--no-config"}
LOADS = {"zsh": "kb sho\t\025"}
"""The first Tab of a session in zsh only loads what the others do."""


def offered(kb: Kb, typed: str, **environment: str) -> list[str]:
    """What bash is told for a line typed so far."""
    words = typed.split(" ")
    asked = {"_KB_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(len(words) - 1)}
    ran = kb.process(**asked, **environment)
    assert (ran.code, ran.err) == (0, "")
    return ran.out.split()


def test_commands_options_and_words_with_few_values(seeded: Kb) -> None:
    assert offered(seeded, "kb qu") == ["questions"]
    assert offered(seeded, "kb action ") == ["add", "done", "list"]
    assert "--severity" in offered(seeded, "kb new incident --s")
    assert offered(seeded, "kb new incident --severity ") == ["sev1", "sev2", "sev3", "sev4"]
    assert offered(seeded, "kb list ") == ["incidents", "deployments", "systems", "library"]
    assert offered(seeded, "kb list --status in") == ["investigating", "in-progress"]
    assert offered(seeded, "kb log down --kind es") == ["escalation"]


def test_an_entry_by_its_date_or_by_any_of_its_words(seeded: Kb) -> None:
    whole = "2019-03-12-all-applications-down"
    assert offered(seeded, "kb show 2019-03-12-a") == [whole]
    assert offered(seeded, "kb log seen --on 2019-03-12") == [whole, "2019-03-12-release-4-10"]
    for typed in ("al", "appl"):
        (found,) = (end for end in offered(seeded, f"kb show {typed}") if whole.endswith(end))
        assert seeded("show", found, "--json").json["id"] == whole


def test_words_that_name_several_entries_are_not_offered(kb: Kb) -> None:
    for title, day in (("Orders down", "2026-01-02"), ("Back office down", "2026-01-03"), ("Down again", "2026-01-04")):
        kb("new", "incident", title, "--started", day)
    assert offered(kb, "kb show o") == ["office-down", "orders-down"]
    assert offered(kb, "kb show d") == ["down-again"]


def test_only_what_the_command_is_about(seeded: Kb) -> None:
    assert offered(seeded, "kb link 2019-03-12-all 2019") == ["2019-03-12-release-4-10"]
    assert offered(seeded, "kb brief ") == ["2019-03-12-release-4-10"]
    assert offered(seeded, "kb inventory ") == ["app-server-01"]
    assert "2019-03-12-release-4-10" not in offered(seeded, "kb similar 2019")


def test_names_that_entries_use(kb: Kb) -> None:
    kb("new", "incident", "Down", "--service", "web", "--service", "back office", "--system", "db-1", "--tag", "dns")
    kb("new", "deployment", "--service", "warehouse=4.10", "--service", "web=4.9->4.10")
    assert offered(kb, "kb new incident --service w") == ["warehouse", "web"]
    assert offered(kb, "kb stats --service b") == ["back\\", "office"]
    assert offered(kb, "kb list --system ") == ["db-1"]
    assert offered(kb, "kb new incident Slow --tag d") == ["dns"]


def test_where_there_is_nothing_to_offer_nothing_is_said(kb: Kb, tmp_path: Path) -> None:
    kb("new", "incident", "Down", "--service", "web")
    elsewhere = Kb(tmp_path / "elsewhere")
    elsewhere.root.mkdir()
    assert offered(elsewhere, "kb show ") == offered(elsewhere, "kb stats --service ") == []
    assert len(offered(elsewhere, f"kb show --root {kb.root} ")) == 1
    assert len(offered(elsewhere, "kb show ", KB_ROOT=str(kb.root))) == 1
    (file,) = kb.files()
    (kb.root / ".kb/kb.sqlite").write_bytes(b"broken")
    (kb.root / "mkdocs.yml").write_text("plugins: [", "utf-8")
    assert offered(kb, "kb stats --service ") == ["web"]
    (kb.root / file).write_bytes(b"---\nservices: [web\n---\n\xff")
    assert offered(kb, "kb stats --service ") == []
    shutil.rmtree(kb.root / "entries")
    (kb.root / "entries").write_text("no folder", "utf-8")
    assert offered(kb, "kb show ") == []


def test_it_is_there_before_a_finger_is_lifted(tmp_path: Path) -> None:
    """The bound is wide, because machines are busy; 0.3 s for 1,000 entries where they are not."""
    kb = Kb(tmp_path)
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    (tmp_path / "entries").mkdir()
    for number in range(1000):
        text = f"---\nkind: incident\nservices: [web-{number}, back office]\n---\n\n# Down\n\n{'words ' * 500}\n"
        (tmp_path / f"entries/2026-01-02-down-{number}.md").write_text(text, "utf-8")
    start = spent(kb, "kb --versio")
    assert spent(kb, "kb show d") < start + 0.25
    assert spent(kb, "kb stats --service w") < start + 0.35
    assert len(offered(kb, "kb stats --service w")) == 1000
    assert not (tmp_path / ".kb").exists()


def spent(kb: Kb, typed: str) -> float:
    """Seconds of processor time that an answer takes, the median of three."""
    taken = []
    for _ in range(3):
        before = os.times()
        offered(kb, typed)
        after = os.times()
        taken.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return statistics.median(taken)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_in_a_real_shell(kb: Kb, tmp_path: Path, shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        missing(f"no {shell}: apt-get install {shell}")
    kb("new", "incident", "Orders hang", "--service", "back office", "--service", "web")
    for name in ('x\\" <(touch owned) \\"', "x$(touch owned)`touch owned`", 'x"; touch owned; "', "x*"):
        kb("new", "incident", "Hostile", "--tag", name)
    (kb.root / "entries/x$(touch owned)`touch owned`;touch owned.md").write_text("# No entry\n", "utf-8")
    at = Prompt(str(program), shell, kb.root, tmp_path / "home")
    at.installs()
    assert at.types("kb show ord\t\r") == ["show", "orders-hang"]
    assert at.types("kb list --service ba\t\r") == ["list", "--service", "back office"]
    assert at.types("kb que\t\r") == ["questions"]
    for typed in ("kb show x", "kb list --tag x", "kb list --tag "):
        at.types(f"{typed}\t\t\025kb list\r")
    assert not list(kb.root.rglob("owned"))


class Prompt:
    """A shell on a terminal of its own, where `kb` writes down the words it is given unless the shell asks it."""

    def __init__(self, program: str, shell: str, folder: Path, home: Path) -> None:
        self.program, self.shell, self.folder, self.home = program, shell, folder, home
        self.told = home / "told"
        (home / "bin").mkdir(parents=True)
        kb = home / "bin/kb"
        run = f'[ -n "$_KB_COMPLETE" ] || [ "$1" = --install-completion ] && exec "{sys.executable}" -m kb "$@"'
        kb.write_text(
            f'#!/bin/sh\n{run}\nprintf "%s\\n" "$@" > "{self.told}.new"\nmv "{self.told}.new" "{self.told}"\n'
        )
        kb.chmod(kb.stat().st_mode | stat.S_IXUSR)
        if shell == "zsh":
            (home / ".zshrc").write_text("ZSH_DISABLE_COMPFIX=true\n", "utf-8")

    def installs(self) -> None:
        """Has completion installed by a shell that has no settings yet."""
        self._starts("kb --install-completion\r", FIRST[self.shell])

    def types(self, keys: str) -> list[str]:
        """Types at a new shell's prompt; what `kb` was given then."""
        return self._starts(LOADS.get(self.shell, "") + keys)

    def _starts(self, keys: str, *options: str) -> list[str]:
        path = f"{self.home / 'bin'}:{os.environ['PATH']}"
        env = {
            **os.environ, "PATH": path, "HOME": str(self.home), "TERM": "dumb" if self.shell != "fish" else "xterm",
            "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(self.home / ".config"), "ZDOTDIR": str(self.home),
        }  # fmt: skip
        self.told.unlink(missing_ok=True)
        words = [self.program, *options, "-i"]
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execve(self.program, words, env)
        try:
            return self._talk(terminal, keys)
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(terminal)

    def _talk(self, terminal: int, keys: str) -> list[str]:
        seen = b""
        typed, until = False, time.monotonic() + 60
        while time.monotonic() < until:
            quiet = not select.select([terminal], [], [], 0.5)[0]
            seen += b"" if quiet else os.read(terminal, 65536)
            if quiet and seen and not typed:  # the prompt is there
                os.write(terminal, keys.encode())
                typed = True
            if b"completion installed" in seen:
                return []
            if self.told.exists():
                return self.told.read_text("utf-8").split("\n")[:-1]
        raise AssertionError(f"{self.shell} did not run kb: {seen.decode('utf-8', 'replace')}")
