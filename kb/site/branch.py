"""A finished site on a branch of its own, from where a forge serves it."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

from kb import __version__
from kb.errors import AlreadyExists, StoreUnavailable
from kb.files import git
from kb.site.publish import OURS

REMOTE, BRANCH = "origin", "gh-pages"
PLACE = f"the branch {BRANCH} of {REMOTE}"


def ready(root: Path) -> None:
    """Fetches the branch, so that what is pushed goes on from what is there.

    Raises:
        AlreadyExists: the branch holds something that is no site of kb.
        NotFound: no repository, or no such remote.
        StoreUnavailable: there is no git, or the remote cannot be reached.
    """
    there = git.fetch(root, REMOTE, BRANCH)
    if there and git.content(root, there, OURS) is None:
        raise AlreadyExists(
            f"{PLACE} holds something that is no site of kb",
            f"look at it; if nobody needs it: git push {REMOTE} --delete {BRANCH}",
        )


def push(root: Path, site: Path) -> None:
    """Commits a finished site to the branch, by what `mkdocs gh-deploy` does it with, and pushes it.

    Raises:
        StoreUnavailable: git refused.
    """
    import ghp_import  # type: ignore[import-untyped]

    domain = git.content(root, f"{REMOTE}/{BRANCH}", "CNAME")  # a forge keeps the address of the site there
    wanted = {
        "remote": REMOTE, "branch": BRANCH, "mesg": f"Published by kb {__version__}", "push": True, "nojekyll": True,
        "cname": domain.decode("utf-8", "replace").strip() if domain else None,
    }  # fmt: skip
    try:
        with contextlib.chdir(root):
            ghp_import.ghp_import(str(site), **wanted)
    except ghp_import.GhpError as error:
        raise StoreUnavailable(f"nothing was pushed: {error.message}") from None
    except subprocess.CalledProcessError:
        raise StoreUnavailable(
            f"nothing was pushed to {PLACE}", f"see above what git says; the site itself is in {site}"
        ) from None
