"""An incident with thousands of items: read the same as ever, and a capture still answers at once.

By hand: `KB_SEARCH=1 python -m pytest tests/test_long_incidents.py` looks for other texts each time.
"""

from __future__ import annotations

import time
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st
from storing import TEXT

from kb.markdown import document, parse, revise
from kb.model import TimelineEvent

RUN = [f"- **2019-03-12 09:{n:02d}** event {n} <!-- e:aaaa{n:02d} -->" for n in range(20)]
ODD = [
    "", "## Timeline", "text", "```", "~~~text", "  ```", "<!--", "-->", "<div>", "<pre>", "</pre>", "> quoted",
    "- - -", "---", "===", "  continued", "    code", "\tcode", "1. one", "* star", "- ", "-", "- 1. x", "- > x",
    "- ```", "- <div>", "[a]: b", "- [a]: b", "- [ ] ask", "- [x] asked", "- letters", "+ plus", "  - nested",
    "    - deeper", "<x>", "<?php", "- **bold** x", "-  **2019-03-12 09:00** two blanks", "\u2028", "- x\r",
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(ODD), st.integers(1, 20)), max_size=12))
@example(["```", 20, "```", 20])
@example(["<!--", 20, "text"])
@example(["- - -", 12, "  continued", 12, "", 12])
@example(["<div>", 20, "", 20])
@settings(max_examples=400)
def test_a_long_run_of_items_is_read_as_line_by_line(pieces: list[str | int]) -> None:
    lines = [line for piece in pieces for line in ([piece] if isinstance(piece, str) else RUN[:piece])]
    text = "\n".join(lines)
    assert document._blocks(text, 3) == document._tree(document._markdown().parse(text), 3)


def long(count: int) -> str:
    """An incident of so many events."""
    times = [f"{9 + n // 240:02d}:{n // 4 % 60:02d}" for n in range(count)]
    events = "".join(
        f"- **2019-03-12 {at}** `note` event {n} of a long day. (by: ops) <!-- e:{n:06d} -->\n"
        for n, at in enumerate(times)
    )
    return TEXT.replace("## Root cause", f"{events}\n## Root cause")


def test_adding_to_two_thousand_items_costs_little_more_than_reading_them() -> None:
    text = long(2000)
    entry = parse(text).entry
    assert entry
    assert len(entry.timeline) == 2002
    wanted = replace(entry, timeline=(*entry.timeline, TimelineEvent("one more", id="zzzzzz")))
    began = time.process_time()
    changed = revise(text, wanted)
    assert time.process_time() - began < 1, "seconds of the processor; 0.06 when this was written"
    assert changed.replace("- `note` one more <!-- e:zzzzzz -->\n", "").count("\n") <= text.count("\n") + 1
    assert parse(changed).entry == wanted
