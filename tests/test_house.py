"""The house stays small and quiet: sizes, docstrings, who imports what, and how little is loaded to answer."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ROOT, Kb

SOURCES = sorted((ROOT / "kb").rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 350, 50, 8


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body without the docstring."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body and body[-1].end_lineno else 0


def test_modules_fit_in_a_head() -> None:
    sizes = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").split("\n")) - 1 for path in SOURCES}
    long = {name: size for name, size in sizes.items() if size > LONGEST_MODULE}
    assert long == {}


def test_functions_fit_on_a_screen() -> None:
    lengths = {f"{path.relative_to(ROOT)}:{node.name}": length(node) for path in SOURCES for node in functions(path)}
    assert {name: count for name, count in lengths.items() if count > LONGEST_FUNCTION} == {}
    assert statistics.median(lengths.values()) <= MEDIAN_FUNCTION


def test_nothing_is_called_utils() -> None:
    assert [path.name for path in SOURCES if path.stem in ("utils", "util", "helpers", "common", "misc")] == []


def test_the_floors_hold() -> None:
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout


HEAVY = ("sqlalchemy", "whoosh", "mkdocs", "dateparser", "mcp")


def loaded(kb: Kb, *words: str) -> set[str]:
    """Which of the heavy packages a command loads, as a process of its own."""
    code = (
        "import sys, atexit\n"
        f"atexit.register(lambda: print('LOADED', *[m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr))\n"
        f"sys.argv = ['kb', *{words!r}]\nfrom kb.cli import main\nmain()"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=kb.root, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stderr.rsplit("LOADED", 1)[1].split())


def test_help_loads_nothing_heavy(kb: Kb) -> None:
    assert loaded(kb, "--help") == set()
    assert loaded(kb, "log", "--help") == set()


def test_a_capture_loads_nothing_but_the_database(kb: Kb) -> None:
    kb("new", "incident", "Down")
    assert loaded(kb, "log", "something") == {"sqlalchemy"}


def test_a_search_of_a_settled_base_loads_only_the_index(kb: Kb) -> None:
    kb("new", "incident", "Down")
    kb("search", "down")
    assert loaded(kb, "search", "down") == {"whoosh"}


@pytest.mark.parametrize("words", [("similar", "--text", "down"), ("questions", "--text", "down")])
def test_advice_on_a_settled_base_loads_only_the_index(kb: Kb, words: tuple[str, ...]) -> None:
    kb("new", "incident", "Down")
    kb("search", "down")
    assert loaded(kb, *words) == {"whoosh"}
