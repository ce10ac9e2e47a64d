"""Nothing private is published: a planted secret in every place an entry has, looked for in every byte of the site."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from commands import Kb
from planted import ENTRIES, PRIVATE, PUBLIC, STAYS, plant
from secrets_corpus import SECRETS

from kb.site.publish import leaks


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Kb:
    """The planted knowledge base, published."""
    kb = Kb(plant(tmp_path_factory.mktemp("planted") / "base"))
    kb("publish", "--profile", "public", "--report", str(kb.root / "report.json"), "--as-of", "2026-03-10")
    return kb


def spellings(site: Path) -> Iterator[tuple[str, str]]:
    """Every file of a site, as it is and as whoever decodes it would read it."""
    for path in sorted(site.rglob("*")):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            if path.suffix == ".ics":
                text = text.replace("\r\n ", "").replace("\\,", ",")
            name = path.relative_to(site).as_posix()
            yield name, f"{name}\n{text}\n{html.unescape(text)}\n{unquote(text)}".casefold()
            yield name, re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text).casefold()


def test_no_private_word_stands_anywhere(planted: Kb) -> None:
    found = {(name, word) for name, text in spellings(planted.root / "public") for word in PRIVATE if word in text}
    assert {pair for pair in found if pair != ("assets/kb-index.js", "3131")} == set()


def test_no_private_word_can_be_searched_for(planted: Kb) -> None:
    script = (planted.root / "public/assets/kb-index.js").read_text("utf-8")
    index = json.loads(script.removeprefix("window.KB_INDEX=").rstrip(";\n"))
    terms, last = set(), ""
    alphabet = "".join(chr(code) for code in range(35, 127) if chr(code) not in "<\\")
    for line in index["terms"].split("\n"):
        shared, at, shift = 0, 0, 1
        while True:
            digit = alphabet.index(line[at])
            half = len(alphabet) // 2
            shared += (digit % half if digit >= half else digit) * shift
            at, shift = at + 1, shift * half
            if digit < half:
                break
        last = last[:shared] + line[at:]
        terms.add(last)
    assert "checkout" in terms
    words = {re.sub(r"\W", "", word) for word in PRIVATE if " " not in word and "." not in word and "-" not in word}
    assert {term for term in terms for word in words if word and word in term} == set()


def test_what_strangers_may_read_is_there(planted: Kb) -> None:
    pages = "\n".join(text for name, text in spellings(planted.root / "public") if name.endswith(".html"))
    assert [words for words in STAYS if words.casefold() not in pages] == []


def test_links_between_public_entries_still_lead_somewhere(planted: Kb) -> None:
    site = planted.root / "public"
    for page in (path for path in site.rglob("*.html") if path.name != "404.html"):
        for target in re.findall(r'href="([^"#?]+)', page.read_text("utf-8")):
            if "://" not in target and not target.startswith(("mailto:", "data:")):
                assert (page.parent / html.unescape(unquote(target))).exists(), f"{page.name}: {target}"
    incident = (site / "incidents/2026-03-02-checkout-down-for-a-customer.html").read_text("utf-8")
    assert "2026-03-02-release-seven.html" in incident
    assert "storefront-host.html" in incident


def test_counts_are_those_of_what_is_shown(planted: Kb) -> None:
    site = planted.root / "public"
    assert len(list((site / "incidents").glob("*.html"))) == 1
    assert len(list((site / "deployments").glob("*.html"))) == 1
    assert sorted(path.stem for path in (site / "services").glob("*.html")) == ["a-customer-connector", "checkout"]
    assert not (site / "briefs").exists()


def test_every_removal_is_listed_for_the_reviewer(planted: Kb) -> None:
    told = json.loads((planted.root / "report.json").read_text("utf-8"))
    listed = json.dumps(told["removals"]).casefold()
    for word in ("plantedsymptom", "plantedanswer", "planted-4711", "plantedevidence", "kestrelbox-04", "plantedfence"):
        assert word in listed
    whole = {one["what"] for one in told["removals"]}
    assert {"the section Impact", "the section Customer list", "the section Expected to run"} <= whole
    assert {one["id"]: one["why"] for one in told["left_out"]} == {
        "2025-11-11-quiet-disaster-nobody-knows": "internal",
        "2026-03-01-secret-migration-of-vault": "internal",
        "2026-03-03-still-burning": "not over yet",
    }
    assert all({"entry", "where", "what", "put", "why"} == one.keys() for one in told["removals"])


def test_nothing_of_it_is_left_on_the_way(planted: Kb) -> None:
    assert not (planted.root / ".kb/public").exists()
    assert [path.name for path in planted.root.iterdir() if path.name.startswith(".public")] == []
    assert planted.files() == {f"entries/{path}": text.encode() for path, text in ENTRIES.items()}


def test_for_ourselves_everything_is_there(planted: Kb) -> None:
    planted("publish", "--to", str(planted.root / "ours"))
    text = "".join(text for name, text in spellings(planted.root / "ours") if name.endswith(".html"))
    for word in ("plantedinternalsymptom", "zyxcorp", "plantedunknownsection", "barnabas quillfeather"):
        assert word in text


def test_a_dry_run_lists_and_makes_nothing(tmp_path: Path) -> None:
    kb = Kb(plant(tmp_path / "base"))
    told = kb("publish", "--profile", "public", "--dry-run", "--json").json
    assert told["built"] is None
    assert len(told["removals"]) > 50
    assert not (kb.root / "public").exists()


@pytest.mark.parametrize(("text", "secret"), SECRETS[::7])
def test_a_secret_stops_the_publication_and_names_its_place(tmp_path: Path, text: str, secret: str) -> None:
    kb = Kb(plant(tmp_path / "base"))
    file = kb.root / "entries/incidents/2026/2026-03-02-zyxcorp-checkout-down.md"
    fenced = f"```\n{text}\n```\n\n## Contributing factors"
    file.write_text(PUBLIC.replace("## Contributing factors", fenced), "utf-8")
    for profile in ("public", "internal"):
        ran = kb.fails("publish", "--profile", profile)
        assert ran.code == 3
        line = file.read_text("utf-8").split("\n").index(text.split("\n", 1)[0]) + 1
        assert f"2026-03-02-zyxcorp-checkout-down.md:{line}: this looks like a secret" in ran.err
        assert secret.strip() not in ran.err + ran.out
        assert not (kb.root / "public").exists()
        assert not (kb.root / "site").exists()
    checked = kb("check")
    assert f":{line}: this looks like a secret" in checked.out


def test_what_is_no_secret_can_be_said_to_be_none(tmp_path: Path) -> None:
    kb = Kb(plant(tmp_path / "base"))
    file = kb.root / "entries/incidents/2026/2026-03-02-zyxcorp-checkout-down.md"
    sentence = "The page showed password=correcthorse to everybody."
    file.write_text(PUBLIC.replace("A job for", f"{sentence}\nA job for"), "utf-8")
    assert kb.fails("publish", "--profile", "public").code == 3
    file.write_text(PUBLIC.replace("A job for", f"{sentence} <!-- not a secret -->\nA job for"), "utf-8")
    assert "looks like a secret" not in kb("check").out
    kb("publish", "--profile", "public")


@pytest.mark.parametrize("place", ["front", "title", "between items", "above all"])
def test_a_mark_that_says_nothing_stops_the_publication(tmp_path: Path, place: str) -> None:
    kb = Kb(plant(tmp_path / "base"))
    old, new = {
        "front": ("tags: [checkout]", "tags: [checkout]\n# <!-- internal -->"),
        "title": ("# Checkout down for Zyxcorp", "# Checkout down for Zyxcorp <!-- internal -->"),
        "between items": ("- **2026-03-02 09:30**", "\n<!-- internal -->\n\n- **2026-03-02 09:30**"),
        "above all": ("The lead names", "<!-- internal -->\n\nThe lead names"),
    }[place]
    file = kb.root / "entries/incidents/2026/2026-03-02-zyxcorp-checkout-down.md"
    file.write_text(PUBLIC.replace(old, new), "utf-8")
    ran = kb.fails("publish", "--profile", "public")
    assert (ran.code, "nothing tells what is marked as internal here" in ran.err) == (3, True)


def test_a_faulty_file_is_not_published_as_it_was_before(tmp_path: Path) -> None:
    """The fault may stand in the very line that made it internal."""
    kb = Kb(plant(tmp_path / "base"))
    kb("sync")
    file = kb.root / "entries/incidents/2026/2026-03-02-zyxcorp-checkout-down.md"
    file.write_text(PUBLIC.replace("visibility: public", "visibility: internal\nvisibility: internal"), "utf-8")
    told = kb("publish", "--profile", "public", "--json").json
    assert {"id": "2026-03-02-zyxcorp-checkout-down", "why": "its file has a fault"} in told["left_out"]
    assert not list((kb.root / "public/incidents").glob("*"))


def test_a_folder_with_something_else_is_not_touched_and_an_earlier_site_is_replaced(tmp_path: Path) -> None:
    kb = Kb(plant(tmp_path / "base"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear")
    assert kb.fails("publish", "--to", str(tmp_path / "mine")).code == 11
    assert (tmp_path / "mine/letter.txt").read_text() == "dear"
    kb("publish", "--to", str(tmp_path / "site"))
    (tmp_path / "site/old.html").write_text("old")
    kb("publish", "--to", str(tmp_path / "site"), "--profile", "public")
    assert not (tmp_path / "site/old.html").exists()


def test_publishing_does_not_disturb_the_next_quick_build(tmp_path: Path) -> None:
    kb = Kb(plant(tmp_path / "base"))
    moment = ("--as-of", "2026-03-10")
    kb("build", *moment)
    usual = kb("build", "--json", *moment).json["made"]
    kb("publish", "--to", str(tmp_path / "ours"), *moment)
    kb("publish", "--profile", "public", "--to", str(tmp_path / "theirs"), *moment)
    assert kb("build", "--json", *moment).json["made"] == usual


@pytest.mark.parametrize("wall", ["_customers", "_people", "_internal", "_hosts"])
def test_if_one_filter_fails_the_finished_site_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wall: str
) -> None:
    from kb.journeys.redaction import Redactor

    plain = Redactor.__init__

    def broken(self: Redactor, rules: object) -> None:
        plain(self, rules)  # type: ignore[arg-type]
        setattr(self, wall, None)

    monkeypatch.setattr(Redactor, "__init__", broken)
    kb = Kb(plant(tmp_path / "base"))
    ran = kb.fails("publish", "--profile", "public")
    assert (ran.code, "nothing was published" in ran.err) == (3, True)
    assert not (kb.root / "public").exists()


def test_every_way_of_writing_a_word_is_found_in_a_finished_site(tmp_path: Path) -> None:
    for text in ("ACME  Corp", "acme&#32;corp", "acme%20corp", "<b>x</b> Acme\nCorp."):
        shutil.rmtree(tmp_path / "site", ignore_errors=True)
        (tmp_path / "site").mkdir()
        (tmp_path / "site/page.html").write_text(text)
        assert list(leaks(tmp_path / "site", ["Acme Corp"])) == [("page.html", "acme corp")], text
    (tmp_path / "site/page.html").write_text("acmecorporate and acme corporal")
    assert list(leaks(tmp_path / "site", ["Acme Corp"])) == []
    (tmp_path / "site/page.html").write_text(f"<code>{html.escape(SECRETS[0][0])}</code>")
    assert [what for _, what in leaks(tmp_path / "site", [])] == ["a secret (AWS key)"]


def test_the_library_is_published_as_it_is(seeded: Kb) -> None:
    told = seeded("publish", "--profile", "public", "--json").json
    assert told["built"]["entries"] == {"incident": 1, "deployment": 1, "system": 1, "library": 68}
    assert [one for one in told["removals"] if "library" in one["entry"]] == []
    assert len(told["removals"]) < 20
