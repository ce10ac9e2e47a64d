"""The command line: words in, one call, words out."""

from __future__ import annotations

import sys


def main() -> None:
    """Run `kb`."""
    if sys.argv[1:2] == ["merge-driver"] and len(sys.argv) == 6:
        from kb.cli.driver import merge

        sys.exit(merge(*sys.argv[2:]))
    from kb.cli.app import run

    run()
