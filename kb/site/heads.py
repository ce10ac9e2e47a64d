"""What every page gets into its head after it is made, as the theme has no setting for it."""

from __future__ import annotations

from kb.site.parts.html import Html, el, join

_FEEDS = (
    ("feed.xml", "application/atom+xml", "What is new"),
    ("deployments.ics", "text/calendar", "Deployments and freezes"),
)


def headed(page: str, policy: str, up: str, *, indexing: bool) -> str:
    """The page with the policy before anything else in its head; at its end, where feeds are and what robots may do.

    Args:
        policy: the Content-Security-Policy; empty for none.
        up: from the page to the site's top.
        indexing: search engines may list the page.
    """
    first = el("meta", http_equiv="Content-Security-Policy", content=policy) if policy else Html()
    page = page.replace("<head>", f"<head>{first}", 1)
    return page.replace("</head>", f"{_last(up, indexing)}</head>", 1)


def _last(up: str, indexing: bool) -> Html:
    # The theme takes a bare rel="alternate" for another language, and asks the host for a list of its pages.
    feeds = [
        el("link", rel="alternate feed", type=kind, title=title, href=f"{up}{name}") for name, kind, title in _FEEDS
    ]
    return join(None if indexing else el("meta", name_="robots", content="noindex"), feeds)
