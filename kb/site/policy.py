"""The Content-Security-Policy of the pages: the last wall, should hostile text ever come through the others.

Only the theme's own inline scripts may run, each named by its hash. The hashes are taken from the page *not found* as
the theme makes it, which holds nothing of any entry (ours is put in its place later); taken from the other pages they
would allow just what they are to keep out.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape

_INLINE = re.compile(r"<script>(.*?)</script>", re.S)
_SCOPE = '__md_scope=new URL("'
_DEPTHS = (".", "..")
"""How the theme's script names the site's top: the only thing in which it differs from page to page."""


def policy(reference: str) -> str:
    """The policy for all pages.

    Args:
        reference: a page with the theme's scripts and nothing of any entry, its addresses from the site's top.
    """
    scripts = [variant for script in _INLINE.findall(reference) for variant in _variants(script)]
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in dict.fromkeys(scripts))
    return (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self'; font-src 'self' data:; "
        "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'"
    )


def allowed(page: bytes, served: bytes) -> bytes:
    """A page as it is served, with the script that reloads it added to its policy.

    Args:
        page: as it was built.
        served: with one script put into it, which is another one each time.
    """
    start = next((at for at, (one, other) in enumerate(zip(page, served, strict=False)) if one != other), len(page))
    added = served[start : start + len(served) - len(page)]
    script = added[added.index(b">") + 1 : added.rindex(b"</")].decode("utf-8")
    source = escape(f"script-src 'sha256-{_digest(script)}' ")
    return served.replace(b"script-src ", source.encode("utf-8"), 1)


def _variants(script: str) -> list[str]:
    """The script as it stands, and as it is on pages of every depth."""
    if not script.startswith(_SCOPE):
        return [script]
    rest = script[script.index('"', len(_SCOPE)) :]
    return [script, *(f"{_SCOPE}{depth}{rest}" for depth in _DEPTHS)]


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
