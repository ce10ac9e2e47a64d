"""A knowledge base in which every field and every place of an entry holds something that no stranger may read.

Each planted word is unlike any other, so that finding it anywhere in a public site says where it came from.
"""

from __future__ import annotations

from pathlib import Path

SETTINGS = """\
site_name: Outage notes
docs_dir: entries
theme: {name: material}
plugins:
  - search
  - kb:
      timezone: America/Chicago
      customers: [Zyxcorp, Quibbleworks Ltd]
      people: {Wilhelmina Trottenberg: on-call engineer}
      hosts: [zebra-*, plainhost]
"""

PUBLIC = """\
---
id: 2026-03-02-zyxcorp-checkout-down
kind: incident
status: reviewed
severity: sev2
visibility: public
timezone: America/Chicago
started: 2026-03-02 09:00
detected: 2026-03-02 09:05
mitigated: 2026-03-02 10:00
resolved: 2026-03-02 10:30
detected_by: Barnabas Quillfeather
environment: production on zebra-77
services: [checkout, zyxcorp connector]
systems: [storefront-host, kestrelbox-04]
deployments:
  - 2026-03-02-release-seven (ruled-out)
  - 2026-03-01-secret-migration-of-vault (suspected)
recurrence_of: [2025-11-11-quiet-disaster-nobody-knows]
useful: [2025-11-11-quiet-disaster-nobody-knows]
not_useful: [2026-03-01-secret-migration-of-vault]
tags: [checkout]
ticket-system: plantedkeyvalue
source:
---

# Checkout down for Zyxcorp

The lead names quibbleworks ltd and wilhelmina trottenberg. <!-- plantedcomment in the lead -->

<!-- plantedcomment
over two lines -->

## Summary

Checkout was down for an hour, for ZYXCORP most of all.
Wilhelmina saw it first; Trottenberg, W. called Barnabas Quillfeather (barnabas.q@planted-mail.example).

The planted paragraph is for us alone. <!-- internal: plantedparagraphreason -->

It looked like [what we had before](2025-11-11-quiet-disaster-nobody-knows.md), see also
2025-11-11-quiet-disaster-nobody-knows and "The quiet disaster that nobody knows".

## Impact

<!-- internal -->

plantedimpact of two million

## Symptoms

- Checkout answers 502 from zebra-12 and PLAINHOST. <!-- s:aaaaaa -->
- plantedsymptom <!-- internal --> <!-- s:bbbbbb -->
- kestrelbox-04 at 10.77.31.9, fd77:31::9 and 00:1b:77:11:3a:b7 was slow. <!-- s:cccccc -->

## Timeline

- **2026-03-02 09:00** `detection` Called by +49 77 3131 3131. (by: Barnabas Quillfeather) <!-- e:dddddd -->
- **2026-03-02 09:10** `action` @quillfeather restarted it on \\\\plantedshare\\deploy$ (by: @quillfeather) <!-- e:eeeeee -->
- **2026-03-02 09:20** See https://wiki.plantedintra.corp/x and http://plantedsingle/y and https://user@planted-url.example/ <!-- e:ffffff -->
- **2026-03-02 09:30** plantedevent <!-- internal --> <!-- e:gggggg -->

## Questions asked

- [x] What runs on kestrelbox-04? (asked_by: Wilhelmina Trottenberg; at: 2026-03-02 09:30; verdict: cracked it) <!-- q:hhhhhh -->
  - Barnabas looked: a forgotten job. (by: Barnabas Quillfeather; evidence: `plantedevidence` on zebra-3)
  - plantedanswer <!-- internal -->
- [ ] plantedquestion <!-- internal --> <!-- q:iiiiii -->

## Trigger

A job for Quibbleworks Ltd.

## Root cause

The job filled the disk of storefront-host.internal.

```text
plantedfence <!-- internal -->

still the same fence: plantedfencetail
```

## Contributing factors

- Nobody but Barnabas knew it. <!-- f:jjjjjj -->

## Resolution

Removed by Wilhelmina; ![plantedalt](../plantedimage.png)

## Lessons

- Ask what runs there; Trottenberg did. <!-- l:kkkkkk -->
- **Went wrong:** plantedlesson <!-- internal --> <!-- l:llllll -->

## Action items

- [ ] Inventory zebra-12 (owner: Barnabas Quillfeather; due: 2026-04-01; ticket: PLANTED-4711) <!-- a:mmmmmm -->

## Links

- [the disaster](../2025/2025-11-11-quiet-disaster-nobody-knows.md) <!-- k:nnnnnn -->
- https://status.example.com/incidents/1 <!-- k:oooooo -->

## Customer list

plantedunknownsection

## Notes <!-- internal -->

plantednotes
"""

RELEASE = """\
---
id: 2026-03-02-release-seven
kind: deployment
status: succeeded
visibility: public
timezone: America/Chicago
started: 2026-03-02 05:00
finished: 2026-03-02 05:30
services:
  - checkout (6 -> 7)
systems: [storefront-host, zebra-12]
attendees: [Wilhelmina Trottenberg, release team]
decision: go, said Barnabas Quillfeather
override: plantedoverride
tool: Octopus Deploy
---

# Release 7

## Change

New checkout.

## Risk meeting

planteddiscussion

## Risks

- Barnabas is on holiday (owner: Wilhelmina Trottenberg; mitigation: call Zyxcorp first) <!-- r:pppppp -->

## Checks

- [x] Checkout answers (by: Barnabas Quillfeather; result: fine on zebra-12) <!-- c:qqqqqq -->
"""

HOST = """\
---
id: storefront-host
kind: system
visibility: public
owner: Wilhelmina Trottenberg
hosts: [storefront-host]
services: [checkout]
---

# The storefront's host

## Expected to run

- `plantedprogram.exe` <!-- x:rrrrrr -->

## Found but unexpected

- `plantedintruder.exe` <!-- u:ssssss -->
"""

DISASTER = """\
---
id: 2025-11-11-quiet-disaster-nobody-knows
kind: incident
status: resolved
severity: sev1
visibility: internal
started: 2025-11-11 09:00
mitigated: 2025-11-11 09:30
services: [plantedservice]
systems: [kestrelbox-04]
tags: [plantedtag]
---

# The quiet disaster that nobody knows

## Symptoms

- Checkout answers 502, plantedinternalsymptom. <!-- s:tttttt -->

## Questions asked

- [x] What runs on the plantedinternalquestion box? (verdict: cracked it) <!-- q:uuuuuu -->

## Lessons

- plantedinternallesson <!-- l:vvvvvv -->

## Action items

- [ ] plantedinternalaction (owner: @plantedowner) <!-- a:wwwwww -->
"""

MIGRATION = """\
---
id: 2026-03-01-secret-migration-of-vault
kind: deployment
status: failed
visibility: sneaky
started: 2026-03-01 05:00
finished: 2026-03-01 05:30
services:
  - plantedvault (1 -> 2)
---

# A secret migration of the vault

## Change

plantedmigration
"""

OPEN = """\
---
id: 2026-03-03-still-burning
kind: incident
status: investigating
visibility: public
started: 2026-03-03 09:00
services: [plantedopenservice]
---

# Something plantedopen is still burning

## Symptoms

- plantedopensymptom <!-- s:xxxxxx -->
"""

ENTRIES = {
    "incidents/2026/2026-03-02-zyxcorp-checkout-down.md": PUBLIC,
    "incidents/2025/plantedfilename.md": DISASTER,
    "incidents/2026/2026-03-03-still-burning.md": OPEN,
    "deployments/2026/2026-03-02-release-seven.md": RELEASE,
    "deployments/2026/2026-03-01-secret-migration-of-vault.md": MIGRATION,
    "systems/storefront-host.md": HOST,
}

PRIVATE = (
    "planted", "zyxcorp", "quibbleworks", "wilhelmina", "trottenberg", "barnabas", "quillfeather", "zebra-", "plainhost",
    "kestrelbox", "quiet-disaster", "quiet disaster", "secret-migration", "secret migration", "still-burning",
    "10.77.31.9", "fd77:31", "00:1b:77", "3131", "sneaky", "storefront-host.internal",
)  # fmt: skip
"""Nothing of this may stand anywhere, however it is written."""

STAYS = ("Checkout was down for an hour", "What runs on", "a forgotten job", "on-call engineer", "storefront-host",
         "colleague A", "a customer", "a server", "https://status.example.com/incidents/1", "release team")  # fmt: skip
"""What strangers may well read."""


def plant(root: Path) -> Path:
    """The knowledge base in a folder."""
    root.mkdir(parents=True)
    (root / "mkdocs.yml").write_text(SETTINGS, "utf-8")
    for path, text in ENTRIES.items():
        file = root / "entries" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return root
