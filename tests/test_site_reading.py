"""The pages one reads and finds with: tables, questions, lessons, measures, search, feeds, and the page *not found*."""

from __future__ import annotations

import gzip
import random
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import demo
import feedparser
import pytest
import stories
from attacks import ATTACKS
from bench.judged import JUDGED, entries
from pictures import SHAPES, tab
from playwright.sync_api import Browser, Page, expect
from test_site_pages import headings, words

from kb.config import load
from kb.journeys.edition import Article, Edition, gather
from kb.journeys.publishing import reviewed
from kb.journeys.themes import Themes
from kb.model import Deployment, Incident, Lesson, Moment, Question, Verdict
from kb.search import export, finder, vocabulary
from kb.search.alike import repeated
from kb.search.documents import document
from kb.search.source import Memory
from kb.site.book import PAGES
from kb.site.feed import feed
from kb.site.parts.frame import Frame
from kb.site.publish import publish
from kb.site.run import build

DESKTOP, PHONE, PRINT = SHAPES[0], SHAPES[1], SHAPES[3]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a year's stories."""
    root = stories.make(tmp_path_factory.mktemp("told") / "base")
    return build(root, root.parent / "built", strict=True, as_of=demo.NOW).site


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with tab(browser, DESKTOP) as found:
        wrong: list[str] = []
        found.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        found.on("pageerror", lambda error: wrong.append(str(error)))
        yield found
        assert wrong == []


def names(page: Page) -> list[str]:
    """The incidents a table shows, from the top."""
    return page.locator("tbody tr:not([hidden]) .kb-t__t").all_inner_texts()


def test_a_table_is_filtered_by_words_and_says_how_many_are_left(told: Path, page: Page) -> None:
    page.goto((told / "incidents.html").as_uri())
    page.get_by_label("Filter incidents").fill("SEV1 checkout")
    expect(page.get_by_role("status")).to_have_text("2 of 15 shown")
    assert names(page) == [demo.going_on().title, "Thirty seconds of packet loss, two hours of retries"]
    page.get_by_label("Filter incidents").fill("nobody has written this")
    expect(page.get_by_role("status")).to_have_text("None of 15 shown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("status")).to_be_empty()
    assert len(names(page)) == 15


def test_a_table_is_sorted_with_the_keyboard_and_tells_a_screen_reader(told: Path, page: Page) -> None:
    page.goto((told / "incidents.html").as_uri())
    first = names(page)
    assert first[0] == demo.going_on().title  # open ones stand first
    head = page.get_by_role("columnheader", name="Lasted")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert names(page)[0] == "Checkout down after release 11.0.4"  # 19 minutes
    assert names(page)[-1] == demo.going_on().title  # nobody knows yet
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert names(page)[0] == "Reports time out every morning"
    assert names(page)[-1] == demo.going_on().title
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") is None
    assert names(page) == first


def test_the_cracking_question_stays_in_the_table_also_on_a_phone_and_on_paper(told: Path, browser: Browser) -> None:
    for shape in (PHONE, PRINT):
        with tab(browser, shape) as page:
            page.goto((told / "incidents.html").as_uri())
            row = page.locator("tbody tr", has_text="Both web nodes full")
            expect(row).to_contain_text("“Why does the disk say full when the folders add up to half of it?”")
            if shape.scripts:
                assert page.evaluate("document.documentElement.scrollWidth") == shape.width


def test_the_search_finds_every_kind_and_narrows_what_it_found(told: Path, page: Page) -> None:
    page.goto((told / "search.html").as_uri())
    expect(page.get_by_label("Search everything")).to_be_focused()
    expect(page.locator(".kb-start")).to_contain_text("15 incidents")
    page.get_by_label("Search everything").press_sequentially("portal 5.1 app pool")
    found = page.locator(".kb-found > li")
    expect(found.first).to_be_visible()
    kinds = set(page.locator(".kb-found small").all_inner_texts())
    assert {"Deployment", "Incident"} <= {one.split(" · ")[0] for one in kinds}
    expect(page.locator(".kb-start")).to_be_hidden()
    expect(page).to_have_url(re.compile("#q=portal%205.1%20app%20pool$"))
    page.get_by_role("button", name="Deployments").click()
    expect(page.get_by_role("button", name="Deployments")).to_be_focused()
    expect(page.get_by_role("button", name="Deployments")).to_have_attribute("aria-pressed", "true")
    expect(found.first).to_contain_text("Portal 5.1")
    assert all(one.startswith("Deployment") for one in page.locator(".kb-found small").all_inner_texts())
    page.get_by_role("button", name="Library").click()
    expect(page.locator(".kb-hits")).to_contain_text("Nothing among what the buttons above leave")
    page.get_by_role("button", name="Search everything again").click()
    expect(found.first).to_be_visible()
    found.first.locator("a").click()
    expect(page.locator("h1")).to_be_visible()


def test_a_search_can_be_pasted_into_a_chat_and_says_what_it_cannot_do(told: Path, page: Page) -> None:
    page.goto((told / "search.html").as_uri() + "#q=service%3Acheckout%20retries")
    expect(page.get_by_label("Search everything")).to_have_value("service:checkout retries")
    expect(page.locator(".kb-copy code")).to_have_text("kb search 'service:checkout retries'")
    page.get_by_label("Search everything").fill("zzqxv")
    expect(page.get_by_role("status")).to_have_text("Nothing found")
    expect(page.locator(".kb-hits")).to_contain_text("Try others, or fewer")


def test_the_box_leads_to_everything_that_is_found(told: Path, page: Page) -> None:
    page.goto((told / "index.html").as_uri())
    page.locator("#kb-q").fill("certificate expired")
    page.get_by_role("link", name="All results").click()
    expect(page.get_by_label("Search everything")).to_have_value("certificate expired")
    expect(page.locator(".kb-found > li").first).to_contain_text("Partner interface rejected our requests")


def test_the_page_search_ranks_as_the_command_does(browser: Browser, tmp_path: Path) -> None:
    words = vocabulary.builtin()
    every = [*entries(), *((one, f"entries/{one.kind}s/2026/{one.id}.md") for one in stories.entries())]
    source = Memory(document(entry, path, words) for entry, path in every)
    for name, script in export.scripts(source, words).items():
        (tmp_path / name).write_bytes(script)
    (tmp_path / "kb-rank.js").write_bytes((demo.ROOT / "kb/site/assets/kb-rank.js").read_bytes())
    (tmp_path / "page.html").write_text(
        '<!doctype html><meta charset="utf-8"><script src="kb-index.js"></script><script src="kb-rank.js"></script>'
    )
    asked = [*[text for text, _ in JUDGED][:40], "checkout 11.0.4", "app-server-01", "portal rolled back", "release"]
    with tab(browser, DESKTOP) as opened:
        opened.goto((tmp_path / "page.html").as_uri())
        answers = opened.evaluate(
            "asked => Promise.all(asked.map(async text => { const found = await kbRank.find(text, {}, 10);"
            " return [found.total, found.hits.map(hit => [hit.doc.id, hit.score, hit.fit])]; }))", asked,
        )  # fmt: skip
    for text, answer in zip(asked, answers, strict=True):
        results = finder.search(source, words, text, 10)
        assert answer == [results.total, [[hit.entry.id, hit.score, hit.fit] for hit in results.hits]], text


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as it is published under a prefix, with its address known."""
    folder = tmp_path_factory.mktemp("published")
    root = stories.make(folder / "base")
    config = root / "mkdocs.yml"
    config.write_text(config.read_text("utf-8") + "\nsite_url: https://example.org/notes/\n", "utf-8")
    return build(root, folder / "notes", strict=True, as_of=demo.NOW).site


class Host(SimpleHTTPRequestHandler):
    """A host of project pages: for what it does not have it sends the page *not found* of the project."""

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""

    def send_error(self, code: int, *_: object) -> None:
        content = (Path(self.directory) / "notes" / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture(scope="module")
def host(published: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=str(published.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("place", ["/notes/gone.html", "/notes/incidents/a/b/c", "/notes/library/x.html"])
def test_a_page_that_is_not_there_is_answered_by_ours_at_any_depth(host: str, browser: Browser, place: str) -> None:
    with tab(browser, DESKTOP) as page:
        wrong: list[str] = []
        page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 400 else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(host + place)
        expect(page.locator("h1")).to_have_text("There is no such page")
        assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--kb-ink')")
        page.locator("label[title='Switch to dark mode']").click()
        page.locator("#kb-q").fill("certificate expired")
        expect(page.locator(".kb-results .kb-sim").first).to_contain_text("Partner interface rejected our requests")
        page.get_by_role("link", name="All results").click()
        expect(page.get_by_label("Search everything")).to_have_value("certificate expired")
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
        assert wrong == [host + place]


def test_every_page_has_its_policy_and_asks_robots_to_pass_by(published: Path) -> None:
    policies = set()
    for path in published.rglob("*.html"):
        text = path.read_text("utf-8")
        assert text.count('name="robots" content="noindex"') == 1, path
        policies.add(re.search(r'<head><meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)[1])
        up = "/notes/" if path.name == "404.html" else "../" * (len(path.relative_to(published).parts) - 1)
        assert f'href="{up}feed.xml"' in text.partition("</head>")[0], path
    assert len(policies) == 1
    assert "unsafe-inline" not in policies.pop()
    assert (published / "robots.txt").read_text() == "User-agent: *\nDisallow: /\n"


MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def mapped(site: Path, tag: str = f"{MAP}urlset") -> list[str]:
    """The pages that the map of a site lists, in its own order; it holds nothing else."""
    root = ElementTree.parse(site / "sitemap.xml").getroot()
    assert root.tag == tag
    space = MAP if tag.startswith(MAP) else ""
    assert {tuple(part.tag for part in one) for one in root} == {(f"{space}loc",)}
    found = [str(one.findtext(f"{space}loc")) for one in root]
    assert len(set(found)) == len(found)
    assert all(one.startswith("https://example.org/notes/") for one in found)
    return [one.removeprefix("https://example.org/notes/") for one in found]


def pages_of(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*.html")} - {"404.html"}


def test_whoever_wants_to_be_found_says_so(tmp_path: Path) -> None:
    root = demo.make(tmp_path / "base", library=False)
    text = (root / "mkdocs.yml").read_text("utf-8").replace("  - kb:\n", "  - kb:\n      indexing: true\n")
    (root / "mkdocs.yml").write_text(f"{text}\nsite_url: https://example.org/notes/\n", "utf-8")
    site = build(root, tmp_path / "built", strict=True, as_of=demo.NOW).site
    assert "noindex" not in (site / "index.html").read_text("utf-8")
    assert (site / "robots.txt").read_text() == (
        "User-agent: *\nAllow: /\nSitemap: https://example.org/notes/sitemap.xml\n"
    )
    assert set(mapped(site)) == pages_of(site)
    assert gzip.decompress((site / "sitemap.xml.gz").read_bytes()) == (site / "sitemap.xml").read_bytes()
    outside = publish(root, tmp_path / "public", reviewed(load(root), strangers=True), as_of=demo.NOW).site
    listed = set(mapped(outside))
    assert listed == pages_of(outside)
    assert f"incidents/{demo.OPEN}.html" in pages_of(site) - listed  # it is public, but not over


def test_robots_that_are_to_stay_away_are_given_no_map_and_the_theme_keeps_its_own(published: Path, told: Path) -> None:
    """How the theme uses it is seen in `test_everything_works_on_pages_that_changed_in_place`."""
    assert set(mapped(published, tag="pages")) == pages_of(published)
    assert "urlset" not in (published / "sitemap.xml").read_text("utf-8")
    assert list(told.glob("sitemap*")) == []  # without an address there is nothing to list


def test_a_reader_of_feeds_learns_what_is_new(published: Path) -> None:
    read = feedparser.parse(str(published / "feed.xml"))
    assert not read.bozo
    assert read.version == "atom10"
    assert read.feed.link == "https://example.org/notes/index.html"
    assert read.entries[0].updated_parsed > read.entries[-1].updated_parsed
    by_title = {one.title: one for one in read.entries}
    going_on = by_title[f"Incident: {demo.going_on().title}"]
    assert going_on.link == f"https://example.org/notes/incidents/{demo.OPEN}.html"
    assert going_on.summary.startswith("Investigating.")
    assert by_title["Deployment: Checkout 11.0.5"].published == "2026-10-13T05:00:00Z"
    lesson = by_title["Lesson: Change the schema one release before the code that needs it."]
    place = lesson.link.removeprefix("https://example.org/notes/")
    page, _, anchor = place.partition("#")
    assert f'id="{anchor}"' in (published / page).read_text("utf-8")
    assert len({one.id for one in read.entries}) == len(read.entries)
    assert "Cloudflare" not in (published / "feed.xml").read_text("utf-8")


def test_hostile_text_in_the_feed_is_only_text_and_without_an_address_it_says_so(told: Path, published: Path) -> None:
    read = feedparser.parse(str(told / "feed.xml"), sanitize_html=False)
    assert not read.bozo
    assert "site_url is not set" in read.feed.subtitle
    hostile = next(one for one in read.entries if one.title.startswith("Incident: cpu"))
    assert hostile.title_detail.type == "text/plain"
    assert "<script>window.pwned=1</script>" in hostile.title
    links = [one.get("href") for one in ElementTree.parse(told / "feed.xml").iter("{http://www.w3.org/2005/Atom}link")]
    assert f"incidents/{demo.HOSTILE}.html" in links
    ids = {one.id for one in read.entries}
    assert ids == {one.id for one in feedparser.parse(str(published / "feed.xml")).entries}


def test_everything_of_the_team_is_in_the_feed_once_and_keeps_its_name(edition: Edition) -> None:
    def read(one: Edition) -> dict[str, feedparser.FeedParserDict]:
        found = feedparser.parse(feed(one), sanitize_html=False)
        assert not found.bozo
        assert len({each.id for each in found.entries}) == len(found.entries)
        return {each.id: each for each in found.entries}

    one, hostile = read(edition), edition.by_id[demo.HOSTILE]
    assert {each.tags[0].term for each in one.values()} == {"incident", "deployment", "lesson"}
    for each in one.values():
        assert re.fullmatch("urn:uuid:[0-9a-f-]{36}", each.id)
        assert each.title.startswith(f"{each.tags[0].term.capitalize()}: ")
        assert each.published_parsed <= each.updated_parsed <= demo.NOW.timetuple()
        for stamp in (each.published, each.updated):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp)
    again = replace(edition, as_of=datetime(2027, 11, 23, tzinfo=UTC), name="Another name", site_url="https://x.org/")
    assert read(again).keys() == one.keys()
    lessons = tuple(Lesson(attack.marked) for attack in ATTACKS)
    for kind, folder in ((Incident, "incidents"), (Deployment, "deployments")):
        for at in range(0, len(ATTACKS), 40):
            titled = kind(id="x", title=ATTACKS[at].marked, lessons=lessons[at : at + 40])
            few = replace(edition, articles=(Article(titled, f"entries/{folder}/x.md"), hostile))
            assert {attack.marked.split()[0] for attack in ATTACKS[at : at + 40]} <= {
                each.title.split()[1] for each in read(few).values()
            }


def test_an_empty_feed_is_a_feed_and_odd_characters_do_not_break_it() -> None:
    assert not feedparser.parse(feed(Edition("Néw \x00\x1b & <b>", demo.NOW))).bozo
    odd = replace(demo.going_on(), title="a\x00b\x08 \ud800 \uffff]]> & <c>")
    read = feedparser.parse(feed(Edition("x", demo.NOW, (Article(odd, "entries/incidents/x.md"),))))
    assert not read.bozo
    assert read.entries[0].title == "Incident: ab ]]> & <c>"


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The year's stories, with what the search knows of them."""
    return gather(load(stories.make(tmp_path_factory.mktemp("edition") / "base")), as_of=demo.NOW)


def page_of(edition: Edition, name: str) -> str:
    return PAGES[name][1](Frame(edition))


def group(page: str, place: str) -> str:
    """What stands in one group of a page, as a reader sees it."""
    found = re.search(rf'<section><h3 id="{place}".*?</section>', page)
    assert found, f"no group {place}"
    return words(f"---\n---\n{found[0]}")


def test_questions_are_grouped_by_verdict_by_symptom_and_by_how_early(edition: Edition) -> None:
    page = page_of(edition, "questions")
    assert headings(page) == ["By verdict", "By symptom", "How early"]
    cracked = group(page, "verdict-cracked-it")
    other_side = "What does the other side see when it connects to us?"
    assert cracked.count(other_side) == 1  # asked in two incidents
    assert "Partner interface rejected our requests , No customer can log in at the end of the month" in cracked
    assert cracked.index("What was deleted in the last hour?") < cracked.index("(Cloudflare)")  # our own first
    assert other_side in group(page, "symptom-tls-handshake-fails")
    assert "Dead end" not in group(page, "verdict-led-nowhere")
    early = group(page, "time-first-15-minutes")
    assert early.index("What was deleted in the last hour?") < early.index("Is the identity provider down?")
    assert "What differs between the plan of today" in group(page, "time-later")
    assert "Half of the questions that cracked it came within 35 min (n = 13, " in words(page)
    assert "our own only): first 15 minutes 2, first hour 6, later 5." in words(page)


def test_lessons_are_grouped_by_theme_with_every_incident_that_taught_them(edition: Edition) -> None:
    page = page_of(edition, "lessons")
    assert headings(page) == [
        "What we learned", "What went well", "What went wrong", "Where we got lucky", "What others learned",
    ]  # fmt: skip
    learned, _, rest = page.partition("## What went well")
    text = words(learned)
    assert text.count("Look from the other side of the wire.") == 1
    assert "wire. Partner interface rejected our requests , No customer can log in" in text
    assert "slow database is often a busy one" in text
    assert "Cloudflare" not in text.replace("window", "")
    assert "The status page was changed within five minutes." in words(f"---\n---\n{rest}")
    shown = re.findall(r'class="kb-said__t">([^<]*)<', page)
    assert len(shown) == len(set(shown))


def test_measures_come_with_what_they_rest_on_and_a_table_for_each_chart(edition: Edition) -> None:
    page = page_of(edition, "metrics")
    text = words(page)
    assert page.count("<figure") == page.count('role="img"') == page.count('aria-label="')
    assert "Time to mitigate 1 h 2 min 50 min to 1 h 42 min 12" in text
    assert (
        "Fewer than 10 values, so a single incident can change the figure: Failed deployment recovery time (n = 2)."
        in text
    )
    assert "Median 35 min, middle half 30 min to 1 h 25 min, n = 13." in text
    assert "Change failure rate 25 % 3 of 12 12" in text
    assert "Oct 2026 2 1" in text  # one of two was rolled back
    assert "Nov 2026 1 0 1 1 3" in text  # sev1, sev2, sev3, sev4, all
    assert "https://dora.dev/guides/dora-metrics-four-keys/" in page


def test_the_library_is_in_no_figure(edition: Edition) -> None:
    own = tuple(article for article in edition.articles if not article.library)
    assert page_of(replace(edition, articles=own), "metrics") == page_of(edition, "metrics")


def test_a_first_incident_has_pages_worth_reading() -> None:
    first = Edition("x", demo.NOW, (Article(demo.going_on(), "entries/incidents/2026/x.md"),))
    assert "1 incident, 1 open" in words(page_of(first, "incidents"))
    assert "kb lesson" in words(page_of(first, "lessons"))
    assert "Fewer than 10 values" in words(page_of(first, "metrics"))
    assert "Time to detect (n = 1)" in words(page_of(first, "metrics"))
    empty = Edition("x", demo.NOW)
    assert "kb ask" in words(page_of(empty, "questions"))
    assert "kb new incident" in words(page_of(empty, "metrics"))
    assert "What the figures mean" in headings(page_of(empty, "metrics"))


def test_a_thousand_incidents_leave_pages_that_open(edition: Edition) -> None:
    mixed = random.Random(5)
    words_ = [word for one in edition.library for question in one.questions for word in question.text.split()]
    model = edition.incidents[1]
    made = []
    for number in range(1000):
        asked = tuple(
            Question(" ".join(mixed.sample(words_, 7)), at=model.started, verdict=verdict, id=f"q{at}")
            for at, verdict in enumerate(Verdict)
        )
        taught = (Lesson(" ".join(mixed.sample(words_, 9)), id="l1"),)
        one = replace(model, id=f"2020-01-01-{number}", questions=asked, lessons=taught, tags=("often", f"t{number}"))
        made.append(Article(one, f"entries/incidents/2020/{one.id}.md"))
    labels = {article.entry.id: (f"symptom {at % 90}", "slow") for at, article in enumerate(made)}
    large = Edition("x", demo.NOW, tuple(made), themes=Themes(symptoms=labels, causes=labels))
    sizes = {name: len(page_of(large, name)) for name in ("questions", "lessons", "tags", "index", "metrics")}
    assert max(sizes.values()) < 300_000, sizes
    page = page_of(large, "questions")
    assert "980 questions more: on the pages of their entries, and found by searching ." in words(page)
    assert "Rarer symptoms, to search for:" in words(page)
    assert 'href="search.html#q=often"' in page_of(large, "tags")


def test_two_tags_that_look_alike_in_an_address_are_two_places() -> None:
    one, other = (replace(demo.going_on(), id=f"2026-01-0{n}-x", tags=("c", "c++")) for n in (1, 2))
    page = page_of(Edition("x", demo.NOW, (Article(one, "a"), Article(other, "b"))), "tags")
    ids = re.findall(r'id="(tag-[^"]*)"', page)
    assert ids == ["tag-c"]


def test_what_says_the_same_in_other_words_is_found_without_holding_all_against_all() -> None:
    texts = ["Which jobs are running now?", "Which of the jobs are running?", "Is the disk full?", "Is the disk full ?"]
    assert repeated(texts) == {texts[1]: texts[0], texts[3]: texts[2]}
    assert repeated(["?", "!", ""]) == {}
    many = [f"Is server {number} of rack {number % 40} down?" for number in range(4000)]
    assert len(repeated(many)) < 4000


def test_tables_and_search_work_when_pages_are_swapped_and_not_loaded(tmp_path: Path, browser: Browser) -> None:
    root = demo.make(tmp_path / "base")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/notes/"
    text = (root / "mkdocs.yml").read_text("utf-8")
    swapped = "theme:\n  name: material\n  features: [navigation.tabs, navigation.instant]\n"
    text = text.replace("theme:\n  name: material\n", swapped)
    (root / "mkdocs.yml").write_text(f"{text}\nsite_url: {address}\n", "utf-8")
    build(root, tmp_path / "notes", strict=True, as_of=demo.NOW)
    try:
        with tab(browser, DESKTOP) as page:
            page.goto(f"{address}index.html")
            page.evaluate("window.same = true")
            page.locator(".md-tabs__link", has_text="Library").click()
            page.get_by_label("Filter the library").fill("Roblox")
            expect(page.get_by_role("status")).to_have_text("1 of 68 shown")
            page.locator(".md-tabs__link", has_text="Home").click()
            page.locator("#kb-q").fill("disk full")
            page.get_by_role("link", name="All results").click()
            expect(page.locator(".kb-found > li").first).to_be_visible()
            assert page.evaluate("window.same")
    finally:
        server.shutdown()


def test_an_incident_is_counted_in_the_month_in_which_it_happened_there() -> None:
    late = Moment(datetime(2026, 11, 1, 3, 30, tzinfo=UTC))  # still the last evening of October in Chicago
    one = replace(demo.going_on(), id="2026-10-31-x", started=late, detected=late, timezone="America/Chicago")
    page = page_of(Edition("x", demo.NOW, (Article(one, "entries/incidents/2026/x.md"),)), "metrics")
    table = words(page).partition("Month")[2]
    assert "Oct 2026 1" in table
    assert "Nov 2026 0" in table
