"""Have we seen this before? Asked of the seed story, the library and 242 real postmortems, through the commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import ROOT, Kb

from kb.config import load
from kb.journeys.edition import gather

CORPUS = ROOT.parent / "shared/corpus/postmortems"
SEED = "2019-03-12-all-applications-down"
QUESTION = "What is currently running on our application server?"


@pytest.fixture(scope="module", params=["alone", "among 242 real postmortems"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Kb:
    made = copy(tmp_path_factory.mktemp("seen"))
    if request.param != "alone":
        if not CORPUS.is_dir():
            pytest.skip("the corpus of public postmortems is not beside this checkout")
        made("import", str(CORPUS))
    return made


def copy(folder: Path) -> Kb:
    import shutil

    shutil.copy(ROOT / "mkdocs.yml", folder)
    shutil.copytree(ROOT / "entries", folder / "entries")
    return Kb(folder)


def found(base: Kb, *words: str) -> list[str]:
    return [hit["id"] for hit in base(*words, "--json").json["hits"]]


def test_high_cpu_after_deploy(base: Kb) -> None:
    assert found(base, "search", "high CPU after deploy")[0] == SEED
    assert found(base, "similar", "--text", "high CPU after deploy")[0] == SEED


@pytest.mark.parametrize(
    "seen",
    [
        "processor saturated on the web host, everything times out",
        "site slow, w3wp.exe at 100%",
        "all apps unresponsive this morning, release went fine",
    ],
)
def test_other_words_for_it(base: Kb, seen: str) -> None:
    assert SEED in found(base, "search", seen)[:3]
    assert SEED in found(base, "similar", "--text", seen)[:3]


def test_the_question_that_cracked_it_is_asked_again(base: Kb) -> None:
    questions = base("questions", "--text", "high CPU", "--json").json["questions"]
    assert QUESTION in [question["text"] for question in questions[:3]]


def test_every_hit_says_why_and_what_fixed_it(base: Kb) -> None:
    hits = base("search", "high CPU after deploy", "--json").json["hits"]
    assert all(hit["reasons"] for hit in hits)
    assert hits[0]["cracked_by"] == QUESTION
    assert "stopped" in hits[0]["fixed_by"]
    assert hits[0]["front_matter"]["severity"] == "sev1"


def test_filters_narrow_and_a_malformed_query_is_read_as_words(base: Kb) -> None:
    assert found(base, "search", "cpu service:storefront kind:incident")[0] == SEED
    assert found(base, "search", "kind:deployment release") == ["2019-03-12-release-4-10"]
    assert SEED not in found(base, "search", "cpu after:2020")
    assert SEED in found(base, "search", 'cpu ((( before: "AND OR ~ severity:', "-n", "50")
    assert len(found(base, "search", "cpu", "-n", "3")) == 3


def test_nothing_like_it(base: Kb) -> None:
    ran = base("search", "xyzzy plugh")
    assert (ran.out, "Nothing like this is recorded." in ran.err) == ("", True)


def test_an_open_incidents_page_and_the_terminal_agree(tmp_path: Path) -> None:
    base = copy(tmp_path)
    made = base("new", "incident", "Checkout slow", "--symptom", "CPU at 98 % since the release", "--json").json
    closed = "2019-07-02-cloudflare-regex"
    edition = gather(load(base.root))
    for id in (made["id"], closed):
        hits = base("similar", id, "-n", "30", "--json").json["hits"]
        typed = [(hit["id"], tuple(hit["reasons"]), hit["fit"]) for hit in hits]
        shown = [(match.entry.id, match.reasons, match.fit) for match in edition.similar[id]]
        own = [one for one in shown if "2019-03-12" in one[0]]
        assert shown == [*own, *(one for one in typed if one in shown and one not in own)]
        assert set(shown) <= set(typed)
    asked = base("questions", made["id"], "-n", "6", "--json").json["questions"]
    assert [one["text"] for one in asked] == [one.text for one in edition.ask_next[made["id"]]]
