"""What other tools export, written after their documentation: the same outage of a shop, told by each of them."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

USERS = [
    {"id": "U01ADA", "name": "ada", "real_name": "Ada Lovelace", "profile": {"display_name": "ada", "real_name": "Ada Lovelace"}},
    {"id": "U02BOB", "name": "bob", "profile": {"display_name": "", "real_name": "Bob Ross"}},
]  # fmt: skip
CHANNELS = [{
    "id": "C01INC", "name": "inc-checkout-down", "created": 1714989600,
    "topic": {"value": "Checkout is down", "creator": "U01ADA"},
    "purpose": {"value": "Everything about the outage of 6 May &amp; nothing else", "creator": "U01ADA"},
}]  # fmt: skip
DAY_ONE: list[dict[str, Any]] = [
    {"type": "message", "subtype": "channel_join", "user": "U01ADA", "text": "<@U01ADA> has joined the channel", "ts": "1714989600.000100"},
    {"type": "message", "user": "U01ADA", "text": "Checkout answers 502 since 10:00", "ts": "1714989660.000200", "client_msg_id": "a-b", "team": "T1",
     "reactions": [{"name": "eyes", "users": ["U02BOB"], "count": 1}]},
    {"type": "message", "user": "U02BOB", "text": "What runs on <#C9|app-server-01>?", "ts": "1714989720.000300", "thread_ts": "1714989720.000300",
     "reply_count": 2, "replies": [{"user": "U01ADA", "ts": "1714989780.000400"}]},
    {"type": "message", "user": "U01ADA", "text": "Just the shop, <@U02BOB>.", "ts": "1714989780.000400", "thread_ts": "1714989720.000300", "parent_user_id": "U02BOB"},
    {"type": "message", "user": "U02BOB", "text": "And a service nobody knew: `dnn.exe`\nsee <https://wiki.example/dnn|the wiki>", "ts": "1714989840.000500", "thread_ts": "1714989720.000300"},
]  # fmt: skip
DAY_TWO: list[dict[str, Any]] = [
    {"type": "message", "subtype": "bot_message", "username": "Pager", "bot_id": "B1", "text": "", "ts": "1715076000.000100",
     "attachments": [{"title": "Resolved: checkout", "title_link": "https://pager.example/1", "text": "CPU is low again", "fields": [{"title": "Host", "value": "app-server-01"}]}]},
    {"type": "message", "user": "U01ADA", "text": "graphs", "ts": "1715076060.000200", "files": [
        {"id": "F1", "name": "cpu.png", "mimetype": "image/png", "size": 20480, "permalink": "https://shop.slack.example/files/F1", "url_private": "https://files.slack.example/F1?t=xoxe-secret"}]},
    {"type": "message", "user": "U03GONE", "text": "thanks everybody", "ts": "1715076120.000300", "weather": "sunny"},
]  # fmt: skip


def slack_files() -> dict[str, str]:
    """The files of an export, by name."""
    return {
        "users.json": json.dumps(USERS), "channels.json": json.dumps(CHANNELS), "integration_logs.json": "[]",
        "inc-checkout-down/2024-05-06.json": json.dumps(DAY_ONE),
        "inc-checkout-down/2024-05-07.json": json.dumps(DAY_TWO),
    }  # fmt: skip


def folder_of(files: dict[str, str], place: Path) -> Path:
    """Files in a folder."""
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, "utf-8")
    return place


def zip_of(files: dict[str, str | bytes], place: Path) -> Path:
    """Files in an archive."""
    place.parent.mkdir(parents=True, exist_ok=True)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    place.write_bytes(held.getvalue())
    return place


PAGERDUTY: dict[str, Any] = {
    "incidents": [{
        "id": "Q1CHECKOUT", "type": "incident", "incident_number": 1407, "title": "Checkout is down", "status": "resolved",
        "urgency": "high", "created_at": "2024-05-06T10:01:00Z", "resolved_at": "2024-05-06T11:42:30Z",
        "last_status_change_at": "2024-05-06T11:42:30Z", "html_url": "https://shop.pagerduty.example/incidents/Q1CHECKOUT",
        "service": {"id": "PSHOP", "type": "service_reference", "summary": "Checkout"}, "priority": {"id": "P1", "summary": "P1"},
        "escalation_policy": {"id": "PE", "summary": "Shop on call"}, "body": {"type": "incident_body", "details": "502 from every node."},
        "acknowledgements": [{"at": "2024-05-06T10:04:00Z", "acknowledger": {"summary": "Ada Lovelace"}}], "teams": [{"summary": "Web"}],
    }],
    "log_entries": [
        {"id": "R1", "type": "trigger_log_entry", "created_at": "2024-05-06T10:01:00Z", "summary": "Triggered through the API.",
         "agent": {"summary": "Prometheus"}, "incident": {"id": "Q1CHECKOUT"}},
        {"id": "R2", "type": "acknowledge_log_entry", "created_at": "2024-05-06T10:04:00Z", "summary": "Acknowledged by Ada Lovelace.",
         "agent": {"summary": "Ada Lovelace"}, "incident": {"id": "Q1CHECKOUT"}},
        {"id": "R3", "type": "resolve_log_entry", "created_at": "2024-05-06T11:42:30Z", "summary": "Resolved by Bob Ross.",
         "agent": {"summary": "Bob Ross"}, "incident": {"id": "Q1CHECKOUT"}},
    ],
    "notes": [{"id": "N1", "content": "Stopped dnn.exe on app-server-01", "created_at": "2024-05-06T11:40:00Z", "user": {"summary": "Bob Ross"}}],
    "limit": 25, "offset": 0, "more": False,
}  # fmt: skip
OPSGENIE: dict[str, Any] = {"data": [{
    "id": "b5b4-1", "tinyId": "31", "message": "Checkout is down", "status": "closed", "priority": "P2", "tags": ["shop", "dnn"],
    "createdAt": "2024-05-06T10:01:00.123Z", "updatedAt": "2024-05-06T11:42:00Z", "description": "502 from every node.",
    "impactedServices": ["checkout"], "ownerTeam": "web", "source": "Prometheus", "extraProperties": {"region": "eu"},
    "links": {"web": "https://shop.opsgenie.example/incident/b5b4-1", "api": "https://api.opsgenie.example/v1/incidents/b5b4-1"},
    "timeline": [
        {"id": "t1", "type": "IncidentCreated", "eventTime": "2024-05-06T10:01:00Z", "actor": {"name": "Prometheus", "type": "system"},
         "title": {"type": "text", "content": ""}, "description": {"name": "Incident created", "type": "text"}},
    ],
}], "took": 0.1, "requestId": "r"}  # fmt: skip
STATUSPAGE: dict[str, Any] = {
    "page": {"id": "pg", "name": "Shop"}, "incidents": [{
        "id": "sp1", "name": "Checkout unavailable", "status": "postmortem", "impact": "critical", "created_at": "2024-05-06T10:10:00Z",
        "started_at": "2024-05-06T10:01:00Z", "monitoring_at": "2024-05-06T11:41:00Z", "resolved_at": "2024-05-06T12:30:00Z",
        "shortlink": "https://stspg.example/abc", "components": [{"id": "c", "name": "Checkout"}], "page_id": "pg",
        "incident_updates": [
            {"id": "u2", "status": "resolved", "body": "All orders go through again.", "created_at": "2024-05-06T12:30:00Z", "display_at": "2024-05-06T12:30:00Z"},
            {"id": "u1", "status": "investigating", "body": "We see errors in the checkout.", "created_at": "2024-05-06T10:10:00Z", "display_at": "2024-05-06T10:10:00Z"},
        ],
        "postmortem_body": "#### What happened\n\nA service nobody knew took the CPU.", "scheduled_for": None,
    }],
    "scheduled_maintenances": [{
        "id": "sm1", "name": "Move the database", "status": "completed", "impact": "maintenance", "created_at": "2024-05-01T09:00:00Z",
        "scheduled_for": "2024-05-05T02:00:00Z", "scheduled_until": "2024-05-05T04:00:00Z", "resolved_at": "2024-05-05T03:10:00Z",
        "incident_updates": [{"id": "u9", "status": "completed", "body": "Done.", "created_at": "2024-05-05T03:10:00Z"}], "components": [],
    }],
}  # fmt: skip
OCTOPUS: dict[str, Any] = {
    "Items": [
        {"Id": "Deployments-101", "ProjectId": "Projects-1", "EnvironmentId": "Environments-1", "ReleaseId": "Releases-9", "TaskId": "ServerTasks-7",
         "Name": "Deploy to Production", "Created": "2024-05-06T05:00:00.000+00:00", "DeployedBy": "release team", "Comments": "The weekly one",
         "FailureEncountered": False, "ForcePackageDownload": True, "Links": {"Self": "/api/deployments/1"}},
        {"Id": "Deployments-102", "ProjectId": "Projects-1", "EnvironmentId": "Environments-1", "ReleaseId": "Releases-10", "TaskId": "ServerTasks-8",
         "Created": "2024-05-07T05:00:00.000+00:00"},
    ],
    "Tasks": [
        {"Id": "ServerTasks-7", "State": "Success", "StartTime": "2024-05-06T05:00:10.000+00:00", "CompletedTime": "2024-05-06T05:12:00.000+00:00"},
        {"Id": "ServerTasks-8", "State": "Failed", "StartTime": "2024-05-07T05:00:10.000+00:00", "ErrorMessage": "step 3 failed"},
    ],
    "Projects": [{"Id": "Projects-1", "Name": "Shop"}], "Environments": [{"Id": "Environments-1", "Name": "Production"}],
    "Releases": [{"Id": "Releases-9", "Version": "4.9"}, {"Id": "Releases-10", "Version": "4.10"}],
}  # fmt: skip
SHA = "c0ffee" + "0" * 34
ARGOCD: dict[str, Any] = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "shop", "namespace": "argocd"},
    "spec": {"project": "default", "destination": {"server": "https://kubernetes.default.svc", "namespace": "production"},
             "source": {"repoURL": "https://git.example/shop.git", "path": "deploy", "targetRevision": "HEAD"}},
    "status": {"sync": {"status": "Synced"}, "operationState": {"phase": "Failed", "message": "hook failed", "syncResult": {"revision": SHA}},
               "history": [
        {"id": 3, "revision": "beef" + "0" * 36, "deployStartedAt": "2024-05-05T05:00:00Z", "deployedAt": "2024-05-05T05:01:00Z"},
        {"id": 4, "revision": SHA, "deployStartedAt": "2024-05-06T05:00:00Z", "deployedAt": "2024-05-06T05:02:00Z",
         "initiatedBy": {"username": "ada"}},
    ]}}  # fmt: skip
RELEASES: list[dict[str, Any]] = [
    {"id": 2, "tag_name": "v4.10", "name": "4.10", "draft": False, "prerelease": False, "created_at": "2024-05-06T04:00:00Z",
     "published_at": "2024-05-06T05:00:00Z", "html_url": "https://github.com/shop/web/releases/tag/v4.10", "author": {"login": "ada"},
     "body": "## Changed\n\n- the basket", "assets": [{"name": "web.zip", "size": 1}], "target_commitish": "main"},
    {"id": 1, "tag_name": "v4.9", "name": "", "draft": False, "prerelease": True, "created_at": "2024-05-01T04:00:00Z",
     "published_at": "2024-05-01T05:00:00Z", "html_url": "https://github.com/shop/web/releases/tag/v4.9", "author": {"login": "bob"}, "body": None},
]  # fmt: skip
MORGUE: dict[str, Any] = {"postmortems": [{
    "id": "42", "title": "Checkout is down", "summary": "502 from every node.", "tldr": "A service nobody knew took the CPU.",
    "why_surprised": "Nobody knew of it.", "starttime": 1714989660, "endtime": "1714995720", "detecttime": 1714989700,
    "statustime": 1714990000, "severity": 1, "contact": "ada", "facilitator": "bob", "gcal": "", "deleted": 0,
    "tags": ["shop", "dnn"], "subsystem": "checkout",
}]}  # fmt: skip
CSV = """\
Key;Summary;Severity;Opened;Closed;Affected;Lessons learned;Cost
OPS-1;Checkout is down;P1;2024-05-06 10:01;2024-05-06 11:42;checkout, basket;Ask what runs there;1000
OPS-2;'=cmd|' /C calc'!A0;P9;someday;;;;
"""
MAP = """\
kind: incident
id: Key
title: Summary
severity: Severity
started: Opened
resolved: Closed
services: Affected
lessons: Lessons learned
"""
GIT_LOG = """\
commit c0ffee0000000000000000000000000000000000 (tag: v4.10, origin/main)
Merge: aaaa bbbb
Author: Ada <ada@shop.example>
Date:   Mon May 6 05:00:00 2024 +0200

    Deploy the basket

    It holds more now.

commit beef000000000000000000000000000000000000
Author: Bob <bob@shop.example>
Date:   Sun May 5 05:00:00 2024 +0200

    Deploy the search
"""
TOLD: dict[str, Any] = {
    "pagerduty": PAGERDUTY, "opsgenie": OPSGENIE, "statuspage": STATUSPAGE, "octopus": OCTOPUS, "argocd": ARGOCD,
    "github-releases": RELEASES,
}  # fmt: skip
