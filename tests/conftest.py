"""Knowledge bases to try things on."""

from __future__ import annotations

import inspect
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import anyio
import demo
import hypothesis
import pytest
import sites
from commands import ROOT, Kb, missing
from pictures import SHAPES, chromium, program, tab
from playwright.sync_api import Browser, Page, expect

from kb.search import meaning
from kb.search.meaning import Model
from kb.site.run import build

# Shrinking whole entries takes longer than reading the first one that fails; the same examples for everybody.
hypothesis.settings.register_profile(
    "kb",
    derandomize=not os.environ.get("KB_SEARCH"),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    deadline=None,  # a busy machine is no fault of the code
)
hypothesis.settings.load_profile("kb")


expect.set_options(timeout=15_000)  # a busy machine is no fault of a page; what is quick is measured where it must be

# What is tested is the plain install; tests/test_meaning.py switches the model on.
os.environ["KB_SEMANTIC"] = "off"


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A test that is a coroutine runs in a thread of its own: in this one the browser's loop may be running."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    given = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
    with ThreadPoolExecutor(1) as thread:
        thread.submit(anyio.run, partial(pyfuncitem.obj, **given)).result()
    return True


@pytest.fixture
def kb(tmp_path: Path) -> Kb:
    """A new, empty knowledge base."""
    made = Kb(tmp_path / "base")
    made.root.mkdir()
    made("init", str(made.root), "--timezone", "America/Chicago")
    return made


@pytest.fixture
def seeded(tmp_path: Path) -> Kb:
    """A copy of this repository's knowledge base: the seed story and the library."""
    made = Kb(tmp_path / "base")
    made.root.mkdir()
    shutil.copy(ROOT / "mkdocs.yml", made.root)
    shutil.copytree(ROOT / "entries", made.root / "entries")
    return made


@pytest.fixture(scope="session")
def model() -> Model:
    """The installed sentence model."""
    found = meaning.model(meaning.AUTO, ROOT)
    if found is None:
        missing("the extra [semantic] is not installed")
    assert found
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without it the test skips, or fails where everything is required (`KB_REQUIRE_ALL`)."""
    if program() is None:
        missing("no Chromium: apt-get install chromium")
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration: this repository's entries, an incident going on, and one full of hostile text."""
    return demo.make(tmp_path_factory.mktemp("site") / "base")


@pytest.fixture(scope="session")
def site(base: Path) -> Path:
    """The demonstration, built strictly; alone in its folder."""
    return build(base, base.parent / "hosted" / "notes", strict=True, as_of=demo.NOW).site


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    """The site under a path prefix, as project pages have it."""
    with sites.host(site.parent) as found:
        yield f"{found}/{site.name}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page at the desk that fails its test when the console complains or something is fetched from elsewhere."""
    with tab(browser, SHAPES[0]) as found:
        wrong = sites.watch(found)
        yield found
        assert wrong == []


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The disk that fails on purpose, compiled."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        missing("no C compiler: apt-get install gcc libc6-dev")
    made = tmp_path_factory.mktemp("faulty") / "faulty.so"
    source = ROOT / "tests/crash/faulty.c"
    subprocess.run([str(compiler), "-shared", "-fPIC", "-O2", "-o", str(made), str(source), "-ldl"], check=True)
    return made


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: a killed process loses nothing there that it would keep on a disk."""
    place = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="kb-crash-", dir=place) as folder:
        yield Path(folder)
