"""Deployments as Octopus Deploy, Argo CD, GitHub Releases and git tell of them.

Octopus Deploy `GET /api/SPACE/deployments` and `/dashboard`, an `Application` of Argo CD (`argocd app get -o json`, or
a list), GitHub `GET /repos/OWNER/NAME/releases`, the tags of a git repository, and what `git log` prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kb.markdown import clean
from kb.model import Deployment, DeploymentStatus, Item, ServiceVersion, TimelineEvent
from kb.sources.found import Found, Sheet, item_ids, moment, named
from kb.sources.pagers import Thing, dicts

_STATES = {
    "success": DeploymentStatus.SUCCEEDED, "succeeded": DeploymentStatus.SUCCEEDED, "failed": DeploymentStatus.FAILED,
    "error": DeploymentStatus.FAILED, "timedout": DeploymentStatus.FAILED, "canceled": DeploymentStatus.CANCELLED,
    "cancelled": DeploymentStatus.CANCELLED, "executing": DeploymentStatus.IN_PROGRESS,
    "running": DeploymentStatus.IN_PROGRESS, "queued": DeploymentStatus.PLANNED,
    "terminating": DeploymentStatus.IN_PROGRESS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of a git repository.

    Args:
        at: when it was made, ISO 8601.
        subjects: the first lines of the commits since the tag before.
    """

    name: str
    at: str
    by: str
    message: str
    commit: str
    subjects: tuple[str, ...]


def octopus(told: Thing, timezone: str) -> Iterator[Found]:
    """Each deployment of Octopus; names of projects, environments and releases where they are given beside them."""
    known = {
        _of(one, "Id"): _of(one, "Name") or _of(one, "Version")
        for group in ("Projects", "Environments", "Releases", "Tenants") for one in dicts(told.get(group))
    }  # fmt: skip
    tasks = {_of(one, "Id"): one for one in dicts(told.get("Tasks"))}
    for one in dicts(told.get("Items") or told.get("Deployments")):
        yield _octopus({**tasks.get(_of(one, "TaskId"), {}), **one}, known, timezone)


def _octopus(one: Thing, known: dict[str, str], timezone: str) -> Found:
    name = _of(one, "DeploymentId") or _of(one, "Id")
    sheet, key = Sheet(one, timezone), f"octopus/{name}"
    sheet.seen(
        "Id", "DeploymentId", "Links", "TaskId", "SpaceId", "ReleaseId", "ProjectId", "EnvironmentId", "ChannelId"
    )
    sheet.seen(
        "DeploymentProcessId",
        "ManifestVariableSetId",
        "HasPendingInterruptions",
        "IsCurrent",
        "IsPrevious",
        "IsCompleted",
    )
    project = sheet.line("ProjectName") or known.get(_of(one, "ProjectId"), "") or _of(one, "ProjectId")
    version = sheet.line("ReleaseVersion") or known.get(_of(one, "ReleaseId"), "") or _of(one, "ReleaseId")
    where = sheet.line("EnvironmentName") or known.get(_of(one, "EnvironmentId"), "") or _of(one, "EnvironmentId")
    said = " ".join(filter(None, ("Deploy", project, version, f"to {where}" if where else "")))
    started = sheet.time("StartTime", "QueueTime", "Created")
    sheet.seen("QueueTime", "Created")
    status = sheet.choice("State", _STATES, DeploymentStatus.SUCCEEDED)
    if "State" not in one:
        sheet.guess("status succeeded, because nothing is said of it")
    entry = Deployment(
        id="", title=said if project else sheet.line("Name") or key, timezone=timezone, tool="Octopus Deploy",
        status=status,
        environment=where, services=(ServiceVersion(project, version),) if project else (), started=started,
        finished=sheet.time("CompletedTime"), summary=sheet.text("Comments"),
        attendees=(), timeline=_by(sheet.line("DeployedBy"), started, key),
    )  # fmt: skip
    return Found(key, entry, tuple(sheet.guessed), sheet.aside)


def argocd(told: Thing, timezone: str) -> Iterator[Found]:
    """Each sync in the history of each application of Argo CD."""
    for one in dicts(told.get("items")) or [told]:
        meta, spec, status = (_dict(one, part) for part in ("metadata", "spec", "status"))
        name = named(meta.get("name"))
        last = _dict(status, "operationState")
        before = ""
        for past in dicts(status.get("history")):
            made = _argocd(past, name, spec, last, before, timezone)
            before = made.entry.services[0].version if isinstance(made.entry, Deployment) else before
            yield made


def _argocd(past: Thing, name: str, spec: Thing, last: Thing, before: str, timezone: str) -> Found:
    sheet = Sheet(past, timezone)
    revision = sheet.line("revision")
    key = f"argocd/{name}/{sheet.line('id') or revision}"
    source = _dict(past, "source") or _dict(spec, "source")
    sheet.seen("source", "sources", "revisions")
    where = _dict(spec, "destination")
    shown = revision[:12] if re.fullmatch(r"[0-9a-f]{40}", revision) else revision
    newest = named(_dict(last, "syncResult").get("revision")) == revision
    phase = named(last.get("phase")).lower() if newest else "succeeded"
    said = clean(str(last.get("message") or "")) if newest else ""
    started, finished = sheet.time("deployStartedAt"), sheet.time("deployedAt")
    who = sheet.raw("initiatedBy")
    by = named(who.get("username")) or ("Argo CD" if who.get("automated") else "") if isinstance(who, dict) else ""
    told = [f"{label}: {named(source.get(key))}" for label, key in
            (("Repository", "repoURL"), ("Path", "path"), ("Chart", "chart"), ("Target", "targetRevision"))
            if source.get(key)]  # fmt: skip
    entry = Deployment(
        id="", title=f"Sync {name} to {shown}", timezone=timezone, tool="Argo CD",
        status=_STATES.get(phase, DeploymentStatus.SUCCEEDED), environment=named(where.get("namespace")),
        services=(ServiceVersion(name, shown, before if before != shown else ""),), started=started or finished,
        finished=finished, summary="\n".join(f"- {clean(line)}" for line in told),
        timeline=(*_by(by, started or finished, key), *_note(said, finished, key)),
    )  # fmt: skip
    return Found(key, entry, ("status from the sync", *sheet.guessed), sheet.aside)


def github(told: list[Any], timezone: str) -> Iterator[Found]:
    """Each release of a GitHub repository; a draft is planned."""
    releases = sorted(dicts(told), key=lambda one: str(one.get("published_at") or one.get("created_at") or ""))
    before: dict[str, str] = {}
    for one in releases:
        sheet = Sheet(one, timezone)
        link = sheet.line("html_url")
        place = re.match(r"https://[^/]+/([^/]+)/([^/]+)/", link)
        project, tag = (place[2] if place else ""), sheet.line("tag_name")
        key = f"github/{place[1]}/{project}/{tag}" if place else f"github/{tag or named(one.get('id'))}"
        sheet.seen(
            "id", "node_id", "url", "assets_url", "upload_url", "tarball_url", "zipball_url", "draft", "created_at"
        )
        sheet.seen("immutable", "updated_at", "mentions_count", "reactions", "assets", "target_commitish")
        started = sheet.time("published_at", "created_at")
        ids = item_ids(key)
        title = sheet.line("name") or tag
        entry = Deployment(
            id="", title=title if project.lower() in title.lower() else f"{project} {title}".strip(), timezone=timezone,
            tool="GitHub Releases", started=started, finished=started,
            status=DeploymentStatus.PLANNED if one.get("draft") else DeploymentStatus.SUCCEEDED,
            services=(ServiceVersion(project, tag, before.get(project, "")),) if project and tag else (),
            summary=sheet.text("body"), tags=("prerelease",) if sheet.raw("prerelease") else (),
            links=(Item(f"[{tag or 'release'}]({link})", next(ids)),) if place else (),
            timeline=_by(sheet.line("author"), started, key),
        )  # fmt: skip
        before[project] = tag
        files = [named(asset) for asset in dicts(one.get("assets"))]
        aside = sheet.aside | ({"assets": files} if files else {})
        guess = "a release is taken for its deployment: started and finished from published_at"
        yield Found(key, entry, (guess, *sheet.guessed), aside)


def tags(repository: str, found: list[Tag], timezone: str) -> Iterator[Found]:
    """Each tag of a git repository as a deployment of it, with the commits since the one before."""
    before = ""
    for tag in found:
        key, at = f"git/{repository}/{tag.name}", moment(tag.at, timezone)
        said = [clean(tag.message)] if tag.message.strip() else []
        changed = "\n".join(f"- {clean(subject)}" for subject in tag.subjects)
        entry = Deployment(
            id="", title=f"{repository} {tag.name}", timezone=timezone, tool="git", status=DeploymentStatus.SUCCEEDED,
            started=at, finished=at, services=(ServiceVersion(repository, tag.name, before),),
            summary="\n\n".join([*said, *([changed] if changed else [])]),
            timeline=_by(tag.by, at, key),
        )  # fmt: skip
        before = tag.name
        guess = "a tag is taken for a deployment: started and finished when it was made"
        yield Found(key, entry, (guess,), {"commit": tag.commit})


_COMMIT = re.compile(r"^commit ([0-9a-f]{7,64})(?: \(([^)\n]*)\))?$", re.MULTILINE)
_DATES = ("%a %b %d %H:%M:%S %Y %z", "%Y-%m-%d %H:%M:%S %z")


def is_log(text: str) -> bool:
    """Whether a text looks like what `git log` prints."""
    return bool(_COMMIT.match(text.lstrip()))


def log(text: str, name: str, timezone: str) -> Iterator[Found]:
    """Each commit that `git log` printed as a deployment."""
    pieces = _COMMIT.split(text)
    for commit, names_, body in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        head, _, rest = body.strip("\n").partition("\n\n")
        about = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in head.split("\n"))}
        message = "\n".join(line.removeprefix("    ") for line in rest.strip("\n").split("\n"))
        subject, _, more = message.strip().partition("\n")
        at = moment(_iso(about.pop("CommitDate", "") or about.pop("Date", "") or about.pop("AuthorDate", "")), timezone)
        key, who = f"git/{name}/{commit[:12]}", about.pop("Author", about.pop("Commit", ""))
        entry = Deployment(
            id="", title=named(subject) or commit[:12], timezone=timezone, tool="git",
            status=DeploymentStatus.SUCCEEDED, started=at, finished=at,
            services=(ServiceVersion(name, commit[:12]),), summary=clean(more.strip()),
            timeline=_by(named(who), at, key),
        )  # fmt: skip
        guess = "a commit is taken for a deployment: started and finished when it was made"
        yield Found(key, entry, (guess,), {"commit": commit, **({"refs": names_} if names_ else {}), **about})


def _iso(text: str) -> str:
    from datetime import datetime

    for shape in _DATES:
        try:
            return datetime.strptime(text, shape).isoformat()
        except ValueError:
            continue
    return text


def _by(who: str, at: Any, key: str) -> tuple[TimelineEvent, ...]:
    return (TimelineEvent("Deployed", at, "change", who, next(item_ids(f"{key}/by"))),) if who else ()


def _note(text: str, at: Any, key: str) -> tuple[TimelineEvent, ...]:
    return (TimelineEvent(text, at, "note", "", next(item_ids(f"{key}/note"))),) if text else ()


def _of(one: Thing, name: str) -> str:
    return named(one.get(name))


def _dict(one: Thing, name: str) -> Thing:
    found = one.get(name)
    return found if isinstance(found, dict) else {}
