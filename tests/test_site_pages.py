"""Pages as pure functions: what a reader finds on each, and that no text of an entry can become markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import demo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.journeys.edition import Article, Edition
from kb.markdown import parse
from kb.markdown.html import to_html, to_inline, to_text
from kb.model import (
    Card,
    DeploymentLink,
    Entry,
    Incident,
    Match,
    Moment,
    Question,
    Relation,
    Suggestion,
    Suspect,
    TimelineEvent,
    Verdict,
)
from kb.site.book import book
from kb.site.parts.html import Html, el, escape, join
from kb.site.parts.timeline import phase_bar, phases
from kb.site.parts.words import long, period, sentence, short, span

SEED = "2019-03-12-all-applications-down"
CRACKED = "What is currently running on our application server?"


def articles() -> list[Article]:
    found = []
    for file in sorted((demo.ROOT / "entries").rglob("*.md")):
        path = file.relative_to(demo.ROOT).as_posix()
        entry = parse(file.read_text("utf-8"), path).entry
        assert entry is not None
        found.append(Article(entry, path))
    return found


def card(entry: Entry, **fields: object) -> Card:
    return Card(entry.id, entry.kind, entry.title, f"entries/x/{entry.id}.md", **fields)


@pytest.fixture(scope="module")
def edition() -> Edition:
    """This repository's entries, an incident going on, and what search would say of it."""
    own = articles()
    own += [Article(one, f"entries/{one.kind}s/2026/{one.id}.md") for one in (demo.going_on(), demo.suspect())]
    by_id = {article.entry.id: article.entry for article in own}
    seed = card(by_id[SEED], started="2019-03-12 09:00", looked_like=("CPU near 100 %",), cracked_by=CRACKED,
                fixed_by="The DotNetNuke service was stopped.")  # fmt: skip
    library = next(article for article in own if article.library)
    return Edition(
        "Outage notes",
        demo.NOW,
        tuple(sorted(own, key=lambda article: article.entry.id)),
        similar={demo.OPEN: (Match(seed, 9.0, ("both: high CPU",)), Match(card(library.entry, library=True), 3.0))},
        ask_next={demo.OPEN: (Suggestion(CRACKED, Verdict.CRACKED, (SEED,), 5.0),)},
        suspects={demo.OPEN: (Suspect(demo.SUSPECT, "Web content 4.18.2", "", 1.0, ("2 h 20 min before",)),)},
        edit_base="https://git.example/kb/edit/main/entries/",
    )


@pytest.fixture(scope="module")
def pages(edition: Edition) -> dict[str, str]:
    return {name: text for name, text in book(edition).items() if isinstance(text, str) and name.endswith(".md")}


def headings(page: str) -> list[str]:
    return re.findall(r"^## (.*)$", page, re.M)


def words(page: str) -> str:
    """What a reader sees of a page."""
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            seen.append(data)

    reader = Reader()
    reader.feed(page.split("---", 2)[2])
    return " ".join(" ".join(seen).split())


def test_a_closed_incident_answers_first_and_then_tells_the_story(pages: dict[str, str]) -> None:
    page = pages[f"incidents/{SEED}.md"]
    assert headings(page) == [
        "Impact", "Where the time went", "Symptoms", "Timeline", "Questions asked", "Trigger", "Root cause",
        "Contributing factors", "Resolution", "Lessons", "Action items", "Links",
    ]  # fmt: skip
    text = words(page)
    assert f"The question that cracked it “{CRACKED}” What it was Software that nobody knew of" in text
    assert "30 min Until the right question 20 min From the question to the fix" in text
    assert "3 h quiet 09:00 detection: Alert e-mails" in text
    assert "Ruled out Release 4.10 of storefront and back office What changed last? Did a step" in text
    assert "7 years late · @ops · OPS-412 · due 22 Mar 2019 · open for 7 years" in text
    assert 'href="https://git.example/kb/edit/main/entries/incidents/2019/' in page


def test_an_open_incident_begins_with_what_to_ask_and_where_it_was_seen(pages: dict[str, str]) -> None:
    page = pages[f"incidents/{demo.OPEN}.md"]
    assert headings(page)[:6] == [
        "Ask these next", "Seen before", "Deployments to suspect", "Left undone by its likes", "Symptoms", "So far",
    ]  # fmt: skip
    text = words(page)
    assert f"{CRACKED} cracked All applications down four hours after a clean release" in text
    assert "Fixed by The DotNetNuke service was stopped. Why both: high CPU" in text
    assert "Web content 4.18.2 Suspected 2 h 20 min before" in text
    assert "2 h 20 min quiet" in text
    assert "Did the 06:30 deployment change anything on app-server-02? Dead end" in text


def test_home_shows_what_burns_and_the_question_to_ask(pages: dict[str, str]) -> None:
    text = words(pages["index.md"])
    assert "Open since 08:50 SEV1 Checkout and back office time out" in text
    assert f"Ask this first “{CRACKED}” It cracked All applications down" in text
    assert "Questions that cracked it What is currently running" in text
    assert "Provisional suspected of Checkout and back office" in text


def test_a_deployment_shows_what_was_feared_and_what_became_of_it(pages: dict[str, str]) -> None:
    page = pages["deployments/2019-03-12-release-4-10.md"]
    text = words(page)
    assert "Succeeded" in text
    assert "storefront 4.9 → 4.10" in text
    assert "Ruled out for All applications down four hours after a clean release 12 Mar 2019, 3 h 20 min later" in text
    assert "What became of it Happened, the mitigation held two people asked, both helped by reloading" in text
    assert "Decision: go" in text
    assert "Green, but an incident suspects it" in words(pages[f"deployments/{demo.SUSPECT}.md"])


def test_a_system_shows_what_should_not_be_there(pages: dict[str, str]) -> None:
    page = pages["systems/app-server-01.md"]
    assert headings(page)[:4] == ["Found but unexpected", "Expected to run", "Incidents on it", "Deployments to it"]
    assert "All applications down" in words(page)


def test_the_library_stands_apart_and_is_not_counted(pages: dict[str, str], edition: Edition) -> None:
    assert len(edition.library) >= 24
    assert "Cracking question written down 1 of 1 closed incidents, all time" in words(pages["index.md"])
    assert "cloudflare" not in pages["incidents.md"].lower()
    assert "Time to mitigate 50 min one value only 1" in words(pages["metrics.md"])
    for incident in edition.library:
        assert f"library/{incident.id}.md" in pages
        assert incident.source in pages[f"library/{incident.id}.md"]


def test_a_faulty_file_is_marked_on_its_page(edition: Edition) -> None:
    stale = tuple(replace(article, stale=article.entry.id == SEED) for article in edition.articles)
    pages = book(replace(edition, articles=stale))
    assert "This is its last good version" in str(pages[f"incidents/{SEED}.md"])
    assert "This is its last good version" not in str(pages["systems/app-server-01.md"])


def test_every_link_between_pages_leads_somewhere(pages: dict[str, str]) -> None:
    places = {name: set(re.findall(r'id="([^"]+)"', page)) for name, page in pages.items()}
    for name, page in pages.items():
        up, folder = name.count("/"), name.rpartition("/")[0]
        for href in re.findall(r'href="([^":]+)"', page):
            target, _, place = href.partition("#")
            if target in ("feed.xml", "deployments.ics"):
                continue
            assert target.startswith("../") is bool(up), (name, href)
            path = target.removeprefix("../").removesuffix(".html") + ".md"
            assert path in pages, (name, href, folder)
            asked = path == "search.md" and place.startswith("q=")
            assert not place or asked or place in places[path], (name, href)


def test_an_empty_knowledge_base_has_all_its_pages() -> None:
    pages = book(Edition("New", demo.NOW))
    assert "Nothing is written down yet." in words(str(pages["index.md"]))
    for name in ("handle", "incidents", "questions", "lessons", "deployments", "systems", "tags", "metrics", "library"):
        assert words(str(pages[f"{name}.md"]))


def test_the_same_edition_gives_the_same_bytes(edition: Edition) -> None:
    assert book(edition) == book(replace(edition, articles=tuple(edition.articles)))


def test_hostile_text_is_only_text() -> None:
    bad = demo.hostile()
    pages = book(Edition("x", demo.NOW, (Article(bad, f"entries/incidents/2026/{bad.id}.md"),)))
    allowed = {"h1", "h2", "h3", "p", "div", "span", "a", "ul", "ol", "li", "svg", "path", "rect", "small", "b", "em",
               "code", "pre", "section", "article", "header", "footer", "time", "label", "input", "textarea", "button",
               "noscript", "dl", "dt", "dd", "br", "i", "table", "thead", "tbody", "tr", "th", "td", "polyline",
               "circle", "figure", "figcaption", "details", "summary", "text", "line"}  # fmt: skip
    for name, page in pages.items():
        if not isinstance(page, str) or not name.endswith(".md"):
            continue
        assert not re.search(r"""(href|src)=["']?\s*javascript:""", page, re.I), name
        for tag, attributes in tags(page.split("---", 2)[2]):
            assert tag in allowed, (name, tag)
            assert not any(key.startswith("on") or key in ("style", "srcdoc") for key in attributes), (name, tag)
        head = page.split("---", 2)[1]
        assert "<" not in head, name


def tags(markup: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, [key for key, _ in attrs]))

    Reader().feed(markup)
    return found


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>&\"'`*_[](){}!#-/= \n\t:.axon\x02\u202e"), max_size=60))
def test_no_text_of_an_entry_opens_a_tag_of_its_own(text: str) -> None:
    safe = {"p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "h3", "h4", "h5",
            "h6", "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
    for markup in (to_html(text), to_inline(text)):
        for tag, attributes in tags(markup):
            assert tag in safe
            assert set(attributes) <= {"href", "rel", "class", "start"}
    assert tags(el("p", text, title=text)) == [("p", ["title"])]


@settings(max_examples=500)
@given(st.text(alphabet=st.sampled_from("aB1 _,.;:?!()+-/%=@#$'\"*`[]<>&–’“”…éß日"), max_size=14))
def test_plain_words_take_a_shorter_way_to_the_same(text: str) -> None:
    quick = to_inline(text), to_text.__wrapped__(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kb.markdown.html._MARKUP", re.compile(""))
        assert quick == (to_inline(text), to_text.__wrapped__(text))


def test_what_is_not_html_is_escaped() -> None:
    assert el("p", "a < b", Html("<b>c</b>"), None, ["&"], class_="x", hidden=True, id=None) == (
        '<p class="x" hidden>a &lt; b<b>c</b>&amp;</p>'
    )
    assert escape('"\x07') == "&quot;"
    assert join() == ""


def test_markdown_keeps_its_form_and_loses_its_teeth() -> None:
    assert to_inline("**bold** `code<` https://a.example/b?c=1&d.") == (
        "<strong>bold</strong> <code>code&lt;</code> "
        '<a href="https://a.example/b?c=1&amp;d" rel="noopener noreferrer">https://a.example/b?c=1&amp;d</a>.'
    )
    assert "<a href" not in to_inline("[x](javascript:alert(1))")
    assert "<img" not in to_html("![graph](https://a.example/g.png)")
    assert to_html("<!-- a note\n\nto the writer -->\n\ntext <!-- and another --> here") == "<p>text  here</p>\n"
    assert to_html("# Big") == "<h3>Big</h3>\n"
    assert to_text("A *word*, `code`\nand [a link](x)") == "A word, code and a link"


def test_phases_are_left_out_where_the_times_are_not_known() -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)

    def after(minutes: int) -> Moment:
        return Moment(start + timedelta(minutes=minutes))

    only_days = Incident(id="2020-01-01-x", title="x", started=Moment(start, "day"), resolved=after(5000))
    assert phases(only_days) == []
    assert phase_bar([]) is None
    no_question = Incident(
        id="x", title="x", started=after(0), detected=after(5), mitigated=after(65), resolved=after(95)
    )
    assert [(phase.label, phase.seconds / 60) for phase in phases(no_question)] == [
        ("Until it was noticed", 5), ("Until it was mitigated", 60), ("Until all was well", 30),
    ]  # fmt: skip
    change = replace(
        no_question,
        timeline=(TimelineEvent("Released", after(-180), "change"),),
        questions=(Question("Why?", at=after(35), verdict=Verdict.CRACKED),),
        deployments=(DeploymentLink("gone", Relation.SUSPECTED),),
    )
    assert [phase.kind for phase in phases(change)] == ["quiet", "detect", "dead", "crack", "fix"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (3540, "59 min"),
        (3600, "1 h"),
        (8400, "2 h 20 min"),
        (90000, "25 h"),
        (259200, "3 days"),
    ],
)
def test_durations_as_people_say_them(seconds: float, text: str) -> None:
    assert span(seconds) == text


def test_words_for_days_periods_and_first_sentences() -> None:
    assert [long(days) for days in (1, 12, 150, 2803)] == ["1 day", "12 days", "5 months", "7 years"]
    start = Moment(datetime(2019, 3, 12, 14, tzinfo=UTC))
    end = Moment(datetime(2019, 3, 13, 1, tzinfo=UTC))
    assert period(start, end, "America/Chicago") == "12 Mar 2019, 09:00 to 20:00"
    assert period(start, end, "UTC") == "12 Mar 2019, 14:00 to 13 Mar 2019, 01:00"
    assert sentence("Alert. CPU high.") == ("Alert.", "CPU high.")
    assert sentence('"Just sites." Said from memory.') == ('"Just sites."', "Said from memory.")
    assert sentence("**One. Two** three. Four") == ("**One. Two** three.", "Four")
    assert sentence("Version 4.10 e.g. is fine") == ("Version 4.10 e.g. is fine", "")
    assert short("one two three four", 12) == "one two\u00a0…"
