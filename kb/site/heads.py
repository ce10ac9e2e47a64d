"""What every page gets into its head after the build, as the theme has no setting for it."""

from __future__ import annotations

from pathlib import Path

from kb.site.html import Html, el, join


def finish(site: Path, *, policy: str, indexing: bool, top: str) -> int:
    """Puts the policy into every page before anything else, and where the feed is and what robots may do at the end.

    Args:
        policy: the Content-Security-Policy; empty for none.
        indexing: search engines may list the pages.
        top: the path of the site's top, for the page *not found*.

    Returns:
        How many pages there are.
    """
    first = el("meta", http_equiv="Content-Security-Policy", content=policy) if policy else Html()
    pages = sorted(site.rglob("*.html"))
    for page in pages:
        up = top if page == site / "404.html" else "../" * (len(page.relative_to(site).parts) - 1)
        text = page.read_bytes().replace(b"<head>", b"<head>" + first.encode(), 1)
        page.write_bytes(text.replace(b"</head>", _last(up, indexing).encode() + b"</head>", 1))
    return len(pages)


def _last(up: str, indexing: bool) -> Html:
    # The theme takes a bare rel="alternate" for another language, and asks the host for a list of its pages.
    feed = el("link", rel="alternate feed", type="application/atom+xml", title="What is new", href=f"{up}feed.xml")
    return join(None if indexing else el("meta", name_="robots", content="noindex"), feed)
