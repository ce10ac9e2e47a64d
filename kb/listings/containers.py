"""Listings of containers: `docker ps`, as a table or as JSON, and `kubectl get pods`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from kb.listings.text import cut
from kb.listings.thing import Form, Reader, Row, Thing, named

_DOCKER_ROW = re.compile(r"[0-9a-f]{12,64} +(\S+) .*? (Up|Exited|Created|Restarting|Paused|Dead)\b.* (\S+)", re.ASCII)
_STATES = ("up", "running", "exited", "created", "restarting", "paused", "dead", "removing", "removal", "container_")
_POD_ROW = re.compile(
    r"\s*(?:(?P<namespace>\S+) +)?(?P<name>\S+) +\d+/\d+ +(?P<status>[A-Za-z]\S*) +\d+(?: +\([^)]{1,40}\))? +\S+.*"
)
_LETTERS = "[bcdfghjklmnpqrstvwxz2456789]"  # Kubernetes makes up suffixes without vowels: apimachinery, util/rand
_SUFFIXES = tuple(
    re.compile(rf"(.+?)-{ending}", re.ASCII)
    for ending in (
        rf"{_LETTERS}{{6,10}}-{_LETTERS}{{5}}",  # a Deployment's
        rf"\d{{8,10}}-{_LETTERS}{{5}}",  # a CronJob's
        rf"{_LETTERS}{{5}}",  # a DaemonSet's or a Job's
        r"\d{1,4}",  # a StatefulSet's
    )
)
_POD_DONE = ("Completed", "Succeeded", "Pending", "ContainerCreating", "PodInitializing", "Evicted")


def _docker(line: str, _ruler: str = "") -> Reader | None:
    found = list(re.finditer(r"\S+(?: \S+)*", line))
    titles = [one.group().lower() for one in found]
    if "image" not in titles or not {"names", "name"} & set(titles):
        return None
    starts = [one.start() for one in found]

    def row(text: str) -> Row:
        told = dict(zip(titles, cut(text, starts), strict=True))
        state = told.get("status") or told.get("state", "")
        return _container(told.get("names") or told.get("name", ""), told["image"], state) or _docker_row(text)

    return row


def _docker_row(line: str) -> Row:
    """A row of `docker ps` or a line of its JSON, without a head."""
    if line.lstrip()[:1] in ("{", "["):
        return _docker_json(line)
    found = _DOCKER_ROW.fullmatch(line.strip())
    return _container(found[3], found[1], found[2]) if found else None


def _docker_json(line: str) -> Row:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    every = told if isinstance(told, list) else [told]
    rows = [_of_json(one) for one in every]
    return tuple(thing for row in rows for thing in row or ()) if rows and None not in rows else None


def _of_json(told: Any) -> Row:
    if not isinstance(told, Mapping):
        return None
    name, state = told.get("Names") or told.get("Name"), told.get("State") or told.get("Status")
    name = name[0] if isinstance(name, list) and name else name
    if not isinstance(name, str) or not isinstance(state, str):
        return None
    return _container(name, str(told.get("Image", "")), state)


def _container(names: str, image: str, state: str) -> Row:
    name = next((one for one in names.split(",") if one and "/" not in one), "")
    if not name or " " in name or not state.lower().startswith(_STATES):
        return None
    up = state.lower().startswith(("up", "running", "container_running"))
    base = re.sub(r"(?:@.*|:[^/]*)$", "", image)
    also = tuple(dict.fromkeys(one for one in (base, base.rpartition("/")[2]) if one))
    stuck = state.lower().startswith(("restarting", "dead"))
    return (Thing(named(name), "container", also=also, image=image, state=state, runs=up, failed=stuck),)


def _kubectl(line: str, _ruler: str = "") -> Reader | None:
    titles = line.split()
    return _kubectl_row if {"NAME", "READY", "STATUS", "RESTARTS"} <= set(titles) else None


def _kubectl_row(line: str) -> Row:
    found = _POD_ROW.fullmatch(line)
    if not found:
        return None
    pod, status = found["name"].rpartition("/")[2], found["status"]
    runs = status in ("Running", "Terminating")
    return (
        Thing(
            named(_owner(pod)), "pod", also=(pod,), namespace=found["namespace"] or "", state=status, runs=runs,
            failed=not runs and status not in _POD_DONE,
        ),
    )  # fmt: skip


def _owner(pod: str) -> str:
    """What a pod belongs to: its name without the suffix that was made up for it."""
    for suffix in _SUFFIXES:
        if found := suffix.fullmatch(pod):
            return found[1]
    return pod


DOCKER = Form("docker", "docker ps", "", _docker, _docker_row)
KUBECTL = Form("kubectl", "kubectl get pods", "", _kubectl, _kubectl_row)
