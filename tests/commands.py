"""`kb` called as a person or a program calls it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

ROOT = Path(__file__).parents[1]


def missing(part: str) -> None:
    """Skips a test that has not all it needs; where everything is required (`KB_REQUIRE_ALL`) it fails."""
    (pytest.fail if os.environ.get("KB_REQUIRE_ALL") else pytest.skip)(part)


@dataclass(frozen=True)
class Ran:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its answer as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Kb:
    """A knowledge base, and `kb` run in its folder."""

    root: Path

    def __call__(self, *words: str, stdin: str = "", **environment: str) -> Ran:
        """Runs a command within this process; it must succeed."""
        ran = self.fails(*words, stdin=stdin, **environment)
        assert ran.code == 0, f"kb {' '.join(words)} ended with {ran.code}\n{ran.out}\n{ran.err}"
        return ran

    def fails(self, *words: str, stdin: str = "", **environment: str) -> Ran:
        """Runs a command within this process, whatever becomes of it."""
        from kb.cli.app import run

        out, err = io.StringIO(), io.StringIO()
        patches = (
            mock.patch.object(sys, "argv", ["kb", *words]),
            mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()))),
            mock.patch.dict(os.environ, {"KB_ROOT": str(self.root), "COLUMNS": "80", **environment}),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        )
        code = 0
        with contextlib.ExitStack() as stack:
            for patch in patches:
                stack.enter_context(patch)
            try:
                run()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
        return Ran(code, out.getvalue(), err.getvalue())

    def process(self, *words: str, cwd: Path | None = None, **environment: str) -> Ran:
        """Runs a command as a process of its own."""
        env = {**os.environ, "COLUMNS": "80", **environment}
        done = subprocess.run(
            [sys.executable, "-m", "kb", *words],
            cwd=cwd or self.root,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def text(self, path: str) -> str:
        """A file of the knowledge base."""
        return (self.root / path).read_text("utf-8")

    def files(self) -> dict[str, bytes]:
        """Every entry's file and its bytes."""
        found = sorted((self.root / "entries").rglob("*.md"))
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}
