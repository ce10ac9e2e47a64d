"""The extra [semantic]: alike in meaning though no word is shared; and no trace of it where it is off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Kb

from kb.config import Settings, load
from kb.errors import ConfigurationError
from kb.search import meaning
from kb.search.meaning import Meanings, Model, passages

OVEN = "The oven does not heat any more"
STOVE = ("similar", "--text", "stove stays cold when baking bread")


@pytest.fixture
def base(kb: Kb, model: Model) -> Kb:
    kb(
        "new",
        "incident",
        "Kitchen closed",
        "--symptom",
        "The oven does not heat any more",
        "--started",
        "2026-01-05 09:00",
    )
    kb(
        "new",
        "incident",
        "Website closed",
        "--symptom",
        "The payment page shows an error",
        "--started",
        "2026-01-06 09:00",
    )
    return kb


def found(base: Kb, *words: str, semantic: str = "auto") -> list[str]:
    return [hit["title"] for hit in base(*words, "--json", KB_SEMANTIC=semantic).json["hits"]]


def test_what_shares_no_word_is_found_by_what_it_means(base: Kb) -> None:
    assert found(base, *STOVE, semantic="off") == []
    assert found(base, *STOVE) == ["Kitchen closed"]
    hit = base(*STOVE, "--json", KB_SEMANTIC="auto").json["hits"][0]
    assert hit["reasons"] == ["close in meaning, in other words"]
    assert hit["fit"] in ("weak", "likely", "strong")


def test_what_means_something_else_is_not_found(base: Kb) -> None:
    assert found(base, "search", "xyzzy plugh") == []


def test_an_entry_that_changes_is_read_again_and_one_that_goes_is_forgotten(base: Kb, model: Model) -> None:
    assert found(base, *STOVE) == ["Kitchen closed"]
    file = next((base.root / "entries").rglob("*kitchen*.md"))
    file.write_text(file.read_text().replace("Kitchen", "Garden").replace(OVEN, "The roses have no water"))
    assert found(base, *STOVE) == []
    assert found(base, "similar", "--text", "flowers are dry") == ["Garden closed"]
    file.unlink()
    base("sync", "--accept-deletions", KB_SEMANTIC="auto")
    assert found(base, "similar", "--text", "flowers are dry") == []
    assert len(Meanings(base.root / ".kb", model).ids) == 1


def test_what_changed_while_it_was_off_is_read_again(base: Kb) -> None:
    assert found(base, *STOVE) == ["Kitchen closed"]
    file = next((base.root / "entries").rglob("*kitchen*.md"))
    file.write_text(file.read_text().replace("Kitchen", "Garden").replace(OVEN, "The roses have no water"))
    assert found(base, "search", "roses", semantic="off") == ["Garden closed"]
    assert found(base, *STOVE) == []


def test_switched_off_it_leaves_no_trace(base: Kb) -> None:
    found(base, "search", "oven", semantic="off")
    assert not (base.root / ".kb/meaning.npz").exists()
    code = "import sys; from kb.cli.app import run; run(); print(*{'numpy', 'onnxruntime'} & sys.modules.keys())"
    ran = subprocess.run(
        [sys.executable, "-c", code, "search", "oven"],
        env={"PATH": "/usr/bin", "KB_ROOT": str(base.root), "KB_SEMANTIC": "off"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Kitchen closed" in ran.stdout
    assert "numpy" not in ran.stdout


def test_a_damaged_file_is_made_anew(base: Kb) -> None:
    assert found(base, *STOVE) == ["Kitchen closed"]
    kept = base.root / ".kb/meaning.npz"
    for damage in (b"", b"PK\x03\x04 no archive", kept.read_bytes()[:-200]):
        kept.write_bytes(damage)
        assert found(base, *STOVE) == ["Kitchen closed"]


def test_where_nothing_can_be_saved_it_answers_all_the_same_and_nothing_outdated_is_left(
    tmp_path: Path, model: Model
) -> None:
    kept = tmp_path / "meaning.npz"
    Meanings(tmp_path, model).read([("kitchen", OVEN)])
    assert kept.exists()
    (tmp_path / f"{os.getpid()}.meaning.npz").mkdir()  # where it would be written
    meanings = Meanings(tmp_path, model)
    meanings.read([("garden", "The roses have no water")])
    assert meanings.near("flowers are dry")["garden"] > 0.35
    assert Meanings(tmp_path, model).ids == {"kitchen"}
    meanings.forget({"kitchen": meaning.digest("The oven is new")})
    assert not kept.exists()


def test_a_folder_that_holds_no_model_is_a_clear_error(base: Kb) -> None:
    ran = base.fails("search", "oven", KB_SEMANTIC="models/none")
    assert ran.code == 14
    assert "semantic: models/none cannot be used" in ran.err
    folder = base.root / "model"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"nonsense")
    (folder / "tokenizer.json").write_text("{}")
    ran = base.fails("search", "oven", KB_SEMANTIC="model")
    assert ran.code == 14
    assert "fails" in ran.err


def test_a_model_can_be_a_folder_of_ones_own(base: Kb, model: Model) -> None:
    folder = base.root / "model"
    folder.mkdir()
    (folder / "model.onnx").symlink_to(model._network)
    (folder / "tokenizer.json").symlink_to(model._tokenizer_file)
    assert found(base, *STOVE, semantic="model") == ["Kitchen closed"]


def test_vectors_are_those_of_the_text_whatever_stands_beside_it(model: Model) -> None:
    alone = model.vectors(["The oven is cold."])[0]
    beside = model.vectors(["The oven is cold.", "A much longer text about something else, again and again. " * 9])[0]
    assert float(alone @ beside) > 0.99
    assert abs(float(alone @ alone) - 1) < 1e-5


def test_a_text_is_cut_into_passages_and_nothing_is_lost() -> None:
    text = "\n\n".join(f"Paragraph {n}. " + "word " * (n * 20) for n in range(8)) + "x" * 1500
    cut = passages(text)
    assert all(len(one) <= 2 * meaning.PASSAGE for one in cut)
    assert " ".join(" ".join(cut).split()).startswith("Paragraph 0. Paragraph 1.")
    assert passages("") == []


def test_the_option_is_read_from_the_settings(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nplugins:\n  - kb:\n      semantic: off\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("KB_SEMANTIC")
        assert load(tmp_path).semantic == "off"
    assert Settings(tmp_path).semantic == "auto"
    with pytest.raises(ConfigurationError, match="cannot be used"):
        meaning.model("nowhere", tmp_path)
