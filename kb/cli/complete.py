"""What Tab offers. Where nothing can be told, nothing is, silently: a prompt is no place for a message."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import typer

from kb.model import DeploymentStatus, IncidentStatus, Severity, SystemStatus

Completer = Callable[[typer.Context], list[str]]
"""What typer asks; it leaves out what does not begin as typed."""


def ids(ctx: typer.Context, incomplete: str) -> list[str]:
    """Entries of any kind."""
    return _ids(ctx, incomplete, None)


def incidents(ctx: typer.Context, incomplete: str) -> list[str]:
    """Incidents, those of the library too."""
    return _ids(ctx, incomplete, "incident")


def deployments(ctx: typer.Context, incomplete: str) -> list[str]:
    """Deployments."""
    return _ids(ctx, incomplete, "deployment")


def systems(ctx: typer.Context, incomplete: str) -> list[str]:
    """Systems that have an entry."""
    return _ids(ctx, incomplete, "system")


def _ids(ctx: typer.Context, typed: str, kind: str | None) -> list[str]:
    from kb.journeys import completing

    return _found(ctx, lambda root: completing.ids(root, kind, typed))


def _names(key: str) -> Completer:
    def complete(ctx: typer.Context) -> list[str]:
        from kb.journeys import completing

        return _found(ctx, lambda root: [_quoted(name) for name in completing.names(root, key)])

    return complete


services = _names("services")
machines = _names("systems")
tags = _names("tags")


def _words(*given: str) -> Callable[[], list[str]]:
    return lambda: [word.replace(" ", "-") for word in given if word]


kinds = _words("incidents", "deployments", "systems", "library")
severities = _words(*Severity)
deployment_statuses = _words(*DeploymentStatus)
statuses = _words(*IncidentStatus, *DeploymentStatus, *SystemStatus)


def topics() -> list[str]:
    """Chapters of the README."""
    from kb.journeys import handbook

    return [one.topic for one in handbook.chapters()]


def _found(ctx: typer.Context, look: Callable[[Path], list[str]]) -> list[str]:
    from kb.config import find_root

    try:
        return look(find_root(ctx.params.get("root")))
    except Exception:  # whatever is wrong, the command itself will say
        return []


def _quoted(name: str) -> str:
    """A name with blanks as bash needs it, which inserts what it is given as it is; the others quote for themselves."""
    if os.environ.get("_KB_COMPLETE") != "complete_bash":
        return name
    try:
        shlex.split(os.environ.get("COMP_WORDS", ""))
    except ValueError:  # within quotes that are still open
        return name
    return re.sub(r"([ ,])", r"\\\1", name)
