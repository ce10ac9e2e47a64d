"""`kb check` names every fault as file:line: what: how to mend it."""

from __future__ import annotations

from commands import ROOT, Kb

INCOMPLETE = """\
---
id: 2024-01-02-half-told
kind: incident
status: reviewed
severity: sev2
visibility: internal
started: 2024-01-02 10:00
detected: 2024-01-02 09:00
resolved: 2024-01-02 11:00
deployments:
  - 2024-01-01-nowhere (caused)
---

# Half told

See [the other one](../2023/nothing.md).

## Summary

It broke.

## Questions asked

- [ ] Why?

## Action items

- [ ] Do better
- [ ] Do it (owner: @ops; due: 2024-02-01)
"""
PATH = "entries/incidents/2024/2024-01-02-half-told.md"


def put(kb: Kb, text: str, path: str = PATH) -> None:
    (kb.root / path).parent.mkdir(parents=True, exist_ok=True)
    (kb.root / path).write_text(text)


def test_every_gap_has_its_line_and_its_cure(kb: Kb) -> None:
    put(kb, INCOMPLETE)
    ran = kb("check")
    found = [line.split(": ")[:2] for line in ran.out.splitlines()]
    line = {name: number for number, name in enumerate(INCOMPLETE.split("\n"), 1)}
    assert [place for place, _ in found] == sorted((place for place, _ in found), key=lambda p: int(p.split(":")[1]))
    assert {(int(place.split(":")[1]), what) for place, what in found} == {
        (line["detected: 2024-01-02 09:00"], "detected is before started"),
        (line["deployments:"], "no deployment '2024-01-01-nowhere' is recorded"),
        (line["# Half told"], "a reviewed incident has no root cause"),
        (line["# Half told"], "a reviewed incident has no resolution"),
        (line["# Half told"], "a reviewed incident has no lesson"),
        (line["See [the other one](../2023/nothing.md)."], "the link to ../2023/nothing.md leads nowhere"),
        (line["## Questions asked"], "no question is marked as the one that cracked it"),
        (line["- [ ] Why?"], "a question is still open after the review"),
        (line["- [ ] Do better"], "an action has no owner and no due date"),
    }
    assert all(line.count(": ") >= 2 for line in ran.out.splitlines())


def test_strict_fails_on_warnings_and_a_fault_fails_always(kb: Kb) -> None:
    put(kb, INCOMPLETE)
    assert kb("check").code == 0
    assert kb.fails("check", "--strict").code == 3
    put(kb, INCOMPLETE.replace("sev2", "sev0"))
    ran = kb.fails("check")
    assert ran.code == 3
    assert f"{PATH}:5: severity: 'sev0' is none of sev1, sev2, sev3, sev4" in ran.out


def test_an_empty_base_is_fine(kb: Kb) -> None:
    assert kb("check", "--strict").err.strip() == "✓ 0 entries, 0 errors, 0 warnings"


def test_the_entries_of_this_repository_are_complete(seeded: Kb) -> None:
    assert len(list((ROOT / "entries/library").glob("*.md"))) >= 24
    assert seeded("check", "--strict").out == ""


def test_a_conflict_kept_in_both_versions_is_an_error_until_somebody_chooses(kb: Kb) -> None:
    put(kb, f"{INCOMPLETE}\n## Unresolved conflicts\n\n- severity: sev1 or sev2\n")
    ran = kb.fails("check")
    assert (ran.code, "two versions of the same thing were kept" in ran.out) == (3, True)
