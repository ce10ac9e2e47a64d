"""The command line: words in, one call, words out."""

from __future__ import annotations


def main() -> None:
    """Run `kb`."""
    from kb.cli.app import run

    run()
