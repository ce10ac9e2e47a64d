"""A team stays only if it can leave: everything goes out, other programs read it, and it comes back to the byte."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import jsonschema
import pytest
from commands import Kb
from hypothesis import HealthCheck, given, settings
from strategies import entries as any_entry

from kb.journeys.record import Record
from kb.journeys.whole import entry, export_schema, table
from kb.markdown import render
from kb.sources.table import rows_of_csv


@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".zip"])
def test_an_export_gives_back_the_same_base(seeded: Kb, tmp_path: Path, suffix: str) -> None:
    seeded("new", "incident", "Checkout is down", "--symptom", 'a "quoted", =formula; <b>tag</b> \u202e ☃')
    seeded("new", "system", "app-server-77", "--expect", "IIS")
    file = tmp_path / f"everything{suffix}"
    seeded("export", "--to", str(file))
    other = Kb(tmp_path / "other")
    other.root.mkdir()
    other("init", str(other.root), "--timezone", "UTC")
    done = other("import", str(file), "--json").json
    assert {one["what"] for one in done["brought"]} == {"new"}
    assert done["problems"] == []
    assert other.files() == seeded.files()
    assert {one["what"] for one in other("import", str(file), "--json").json["brought"]} == {"unchanged"}
    other("export", "--to", str(tmp_path / f"again{suffix}"))
    assert {one["what"] for one in seeded("import", str(tmp_path / f"again{suffix}"), "--json").json["brought"]} == {
        "unchanged"
    }


def test_what_is_here_already_and_differs_is_kept_and_told(kb: Kb, tmp_path: Path) -> None:
    kb("new", "incident", "Checkout is down")
    kb("export", "--to", str(tmp_path / "all.json"))
    kb("log", "something more")
    before = kb.files()
    done = kb("import", str(tmp_path / "all.json"), "--json").json
    assert [one["what"] for one in done["brought"]] == ["kept as it is here"]
    assert kb.files() == before


def test_the_document_is_what_its_schema_says(seeded: Kb, tmp_path: Path) -> None:
    seeded("new", "incident", "Checkout is down", "--started", "yesterday", "--severity", "sev1")
    seeded("export", "--to", str(tmp_path / "all.json"))
    schema = json.loads(seeded("export", "--schema").out)
    told = json.loads((tmp_path / "all.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(told)
    assert len(told["entries"]) == len(seeded.files())
    told["entries"][0]["fields"]["severity"] = "terrible"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(told)
    assert "Seconds" not in json.dumps(schema["$defs"]["Incident"]["properties"]["started"])


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(any_entry)
def test_any_entry_is_what_the_schema_says(one: object) -> None:
    record = Record(one, "entries/x.md", 1, render(one))  # type: ignore[arg-type]
    told = json.loads(json.dumps({"kb_export": 1, "entries": [entry(record)]}))
    jsonschema.Draft202012Validator(export_schema()).validate(told)


def test_the_table_opens_in_a_spreadsheet_and_calculates_nothing(kb: Kb, tmp_path: Path) -> None:
    for title in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "plain", "'=quoted"):
        kb("new", "incident", "--started", "2024-05-06 10:00", "--symptom", "=1+1", "--", title)
    kb("set", "detected=2024-05-06 10:05", "--on", "plain")
    kb("export", "--to", str(tmp_path / "all.csv"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text("utf-8-sig"), newline="")))
    assert len(rows) == 6
    for row in rows:
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    assert next(row for row in rows if row["title"] == "plain")["time_to_detect_seconds"] == "300"
    other = Kb(tmp_path / "other")
    other.root.mkdir()
    other("init", str(other.root))
    other("import", str(tmp_path / "all.csv"))
    titles = {one["title"] for one in other("list", "--json").json["entries"]}
    assert titles == {"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "plain", "'=quoted"}


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(any_entry)
def test_no_cell_of_any_entry_is_a_formula_and_each_comes_back(one: object) -> None:
    record = Record(one, "entries/x.md", 1, "")  # type: ignore[arg-type]
    text = table([record]).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
    (back,) = rows_of_csv(text)
    assert back["title"] == one.title.replace("\r", "")  # type: ignore[attr-defined]


def test_a_zip_of_everything_has_the_files_as_they_lie(seeded: Kb, tmp_path: Path) -> None:
    (seeded.root / "templates").mkdir()
    (seeded.root / "templates/incident.md").write_text("---\nid: x\n")
    seeded("export", "--to", str(tmp_path / "all.zip"))
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert packed.testzip() is None
        held = {name: packed.read(name) for name in packed.namelist()}
    assert {name: data for name, data in held.items() if name.startswith("entries/")} == seeded.files()
    assert {"kb.json", "kb.schema.json", "kb.csv", "mkdocs.yml", "templates/incident.md"} <= held.keys()


def test_the_library_may_stay_behind(seeded: Kb, tmp_path: Path) -> None:
    seeded("export", "--own", "--to", str(tmp_path / "own.json"))
    told = json.loads((tmp_path / "own.json").read_text())
    assert told["entries"]
    assert not any(one["path"].startswith("entries/library/") for one in told["entries"])


@pytest.mark.parametrize(("words", "code", "says"), [
    (("export",), 2, "--to"), (("export", "--to", "x.doc"), 2, ".json, .jsonl, .csv, .zip"),
    (("export", "--to", "mkdocs.yml"), 11, "is there already"), (("export", "--to", "none/x.json"), 15, "none/x.json"),
])  # fmt: skip
def test_what_cannot_be_written_is_said(
    kb: Kb, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, says: str
) -> None:
    monkeypatch.chdir(kb.root)
    ran = kb.fails(*words)
    assert (ran.code, says in ran.err) == (code, True), ran.err


def test_a_later_version_is_refused(kb: Kb, tmp_path: Path) -> None:
    (tmp_path / "later.json").write_text(json.dumps({"kb_export": 99, "entries": []}))
    ran = kb.fails("import", str(tmp_path / "later.json"))
    assert (ran.code, "version 99" in ran.out + ran.err) == (3, True)
