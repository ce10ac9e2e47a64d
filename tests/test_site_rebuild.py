"""Building only what changed: after every kind of change the site is, byte for byte, what a clean build gives."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import demo
import pytest
from commands import Kb
from mkdocs.config import load_config
from mkdocs.structure.files import get_files
from mkdocs.structure.pages import Page
from sites import differences

from kb.site.leaf import Leaf
from kb.site.run import build

SEED = "entries/incidents/2019/2019-03-12-all-applications-down.md"
SYSTEM = "entries/systems/app-server-01.md"


def change(root: Path) -> None:
    text = (root / SEED).read_text("utf-8")
    text = text.replace("# All applications down", "# Every application down")
    (root / SEED).write_text(text.replace("CPU near 100 %", "Processor at the limit"), "utf-8")


def log(root: Path) -> None:
    path = root / f"entries/incidents/2026/{demo.OPEN}.md"
    text = path.read_text("utf-8")
    path.write_text(text.replace("## Timeline\n\n", "## Timeline\n\n- **2026-11-23 09:09** Queues grow.\n"), "utf-8")


def add(root: Path) -> None:
    path = root / "entries/incidents/2026/2026-11-22-mail-queue.md"
    path.write_text(
        "---\nid: 2026-11-22-mail-queue\nkind: incident\nstatus: resolved\nseverity: sev3\nstarted: 2026-11-22 10:00\n"
        "resolved: 2026-11-22 10:30\nservices: [mail]\n---\n\n# The mail queue grows\n\n## Symptoms\n\n"
        "- CPU near 100 % on the application server, mail is late.\n",
        "utf-8",
    )


def rename(root: Path) -> None:
    (root / SEED).rename((root / SEED).with_name("2019-03-12-renamed.md"))


def delete(root: Path) -> None:
    (root / SYSTEM).unlink()


def fault(root: Path) -> None:
    (root / SYSTEM).write_text("---\nid: app-server-01\nkind: [\n---\n", "utf-8")


def option(root: Path) -> None:
    text = (root / "mkdocs.yml").read_text("utf-8")
    (root / "mkdocs.yml").write_text(text.replace("site_name: Outage notes", "site_name: Other notes"), "utf-8")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = demo.make(tmp_path_factory.mktemp("rebuild") / "base")
    for path in sorted((root / "entries" / "library").glob("*.md"))[8:]:
        path.unlink()
    build(root, root.parent / "site", as_of=demo.NOW)
    return root


@pytest.mark.parametrize("act", [change, log, add, rename, fault, delete, option])
def test_what_is_built_upon_the_last_build_is_what_a_clean_one_gives(act: Callable[[Path], None], base: Path) -> None:
    act(base)
    built = build(base, base.parent / "site", as_of=demo.NOW)
    same_as_clean(base, tmp=base.parent / f"clean-{act.__name__}")
    assert built.made < built.pages or act is option


def same_as_clean(root: Path, tmp: Path) -> None:
    """A build in a checkout that has never been built."""
    checkout = tmp / "base"
    shutil.copytree(root / "entries", checkout / "entries")
    shutil.copy(root / "mkdocs.yml", checkout)
    if "kind: [" in ((root / SYSTEM).read_text("utf-8") if (root / SYSTEM).exists() else ""):
        shutil.copytree(root / ".kb", checkout / ".kb")  # its last good version is only in the database
        shutil.rmtree(checkout / ".kb" / "site")
    build(checkout, tmp / "site", as_of=demo.NOW)
    assert differences(root.parent / "site", tmp / "site") == []


def test_the_next_day_ages_are_counted_anew(base: Path) -> None:
    later = demo.NOW + timedelta(days=1)
    built = build(base, base.parent / "site", as_of=later)
    assert built.made >= sum(built.entries.values())


def test_what_a_variable_says_changes_every_page(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(base, base.parent / "site", as_of=demo.NOW)
    page = next((base.parent / "site" / "library").glob("*.html"))
    assert "noindex" in page.read_text("utf-8")
    monkeypatch.setenv("KB_INDEXING", "true")
    build(base, base.parent / "site", as_of=demo.NOW)
    assert "noindex" not in page.read_text("utf-8")


def test_a_page_somebody_damaged_is_built_again(base: Path) -> None:
    build(base, base.parent / "site", as_of=demo.NOW)
    page = next((base.parent / "site" / "library").glob("*.html"))
    whole = page.read_bytes()
    page.write_bytes(whole[:1000])
    build(base, base.parent / "site", as_of=demo.NOW)
    assert page.read_bytes() == whole


def test_a_page_is_what_python_markdown_would_make_of_it(base: Path) -> None:
    build(base, base.parent / "site", as_of=demo.NOW)
    config = load_config(str(base / "mkdocs.yml"))
    config.docs_dir, config.use_directory_urls = str(base / ".kb" / "site" / "docs"), False
    config.mdx_configs["toc"] = {"permalink": True}
    files = get_files(config)
    for file in files.documentation_pages():
        usual = Page(None, file, config)
        usual.read_source(config)
        usual.render(config, files)
        leaf = Leaf(None, file, config)
        leaf.read_source(config)
        leaf.fill()
        assert leaf.content == usual.content, file.src_uri
        assert [(one.title, one.id) for one in leaf.toc] == [(one.title, one.id) for one in usual.toc], file.src_uri
        assert leaf.title == usual.title


def test_kb_build_says_what_it_made_and_what_it_left_out(kb: Kb) -> None:
    kb("new", "incident", "Checkout down", "--symptom", "CPU near 100 %")
    kb("new", "deployment", "Release 5")
    ran = kb("build")
    assert re.search(r"✓ \d+ pages in \d+\.\d s: ", ran.out)
    assert "1 incident, 1 deployment\n" in ran.out
    kb("log", "CPU still high")
    assert re.search(r"pages in \d+\.\d s, \d+ of them made anew: ", kb("build").out)
    (kb.root / "entries" / "incidents" / "broken.md").write_text("---\nid: [\n---\n", "utf-8")
    ran = kb("build")
    assert "1 file with a fault is left out" in ran.out
    assert "entries/incidents/broken.md:3: " in ran.err
    told = kb("build", "--json").json
    assert (told["entries"], told["made"]) == ({"incident": 1, "deployment": 1}, 1)
    assert told["left_out"][0]["path"] == "entries/incidents/broken.md"
    assert Path(told["site"], "index.html").is_file()
    assert kb.fails("build", "--strict").code == 3


def test_a_configuration_without_the_plugin_is_named(kb: Kb) -> None:
    text = (kb.root / "mkdocs.yml").read_text("utf-8")
    (kb.root / "mkdocs.yml").write_text(re.sub(r"(?s)plugins:.*", "plugins: [search]\n", text), "utf-8")
    ran = kb.fails("build")
    assert ran.code == 14
    assert "does not name the plugin kb" in ran.err


def test_two_builds_at_once_wait_for_each_other(tmp_path: Path) -> None:
    root = demo.make(tmp_path / "base", library=False)
    variables = os.environ | {"SOURCE_DATE_EPOCH": str(int(demo.NOW.timestamp()))}
    sites = [tmp_path / name for name in ("one", "two", "three")]
    commands = ([sys.executable, "-m", "kb", "build", "--to", str(site)] for site in sites)
    running = [subprocess.Popen(words, cwd=root, env=variables, stdout=subprocess.DEVNULL) for words in commands]
    assert [one.wait(120) for one in running] == [0, 0, 0]
    assert differences(sites[0], sites[1]) == []
    assert differences(sites[1], sites[2]) == []
