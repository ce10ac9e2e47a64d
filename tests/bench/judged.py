"""A small judged set of the project's own: what a responder would type, and the entry that should come first.

Written by people who know the incidents, in other words than the entries use. `tests/test_search.py` gates on it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kb.markdown import parse
from kb.model import Entry

ROOT = Path(__file__).parents[2]

JUDGED = (
    ("high CPU after deploy", "2019-03-12-all-applications-down"),
    ("processor saturated on the web host, everything times out", "2019-03-12-all-applications-down"),
    ("site slow, w3wp.exe at 100%", "2019-03-12-all-applications-down"),
    ("all apps unresponsive this morning, release went fine", "2019-03-12-all-applications-down"),
    ("box pegged at 100 percent by an executable none of us installed", "2019-03-12-all-applications-down"),
    ("phone switches keep rebooting each other, calls do not go through", "1990-01-15-att-switches"),
    ("ebs stuck, block devices do not answer after network maintenance", "2011-04-21-ebs-remirroring-storm"),
    ("vms refuse to boot on feb 29", "2012-02-29-azure-leap-day"),
    ("our algo is buying and selling like crazy since market open", "2012-08-01-knight-capital-power-peg"),
    ("iptables changed, tcp handshake to web tier never finishes", "2014-08-25-stack-exchange-iptables"),
    ("ci jobs wait forever while the workers do nothing", "2015-07-07-circleci-build-queue"),
    ("postgres refuses inserts, txid wraparound", "2015-07-20-sentry-wraparound"),
    ("alter table waits behind autovacuum and everyone queues behind it", "2015-07-27-joyent-manta-lock"),
    ("npm install 404 on a tiny package we never heard of", "2016-03-22-npm-left-pad"),
    ("our ip ranges are no longer announced anywhere", "2016-04-11-gce-bgp"),
    ("regexp backtracking eats the cpu of the front page", "2016-07-20-stack-exchange-regex"),
    ("ENOSPC, a log with millions of identical lines", "2016-07-24-tarsnap-full-disk"),
    ("base images vanished after the cleanup cron was turned on", "2016-08-09-travis-ci-images-deleted"),
    ("iot botnet floods our dns provider", "2016-10-21-dyn-ddos"),
    ("panic in dns resolver at new year midnight, negative duration", "2017-01-01-cloudflare-leap-second"),
    ("rm -rf on the wrong db host and pg_dump files are empty", "2017-01-31-gitlab-database-deleted"),
    ("typo in a playbook took out the object store subsystems", "2017-02-28-s3-us-east-1-typo"),
    ("redis failed over and the api never came back", "2017-10-13-discord-redis-failover"),
    ("tests ran against prod and wiped every table", "2018-03-13-travis-ci-truncated-database"),
    ("mysql primaries on both coasts have writes the other lacks", "2018-10-21-github-43-second-partition"),
    ("int32 primary key exhausted, app is read only", "2018-11-08-basecamp-integer"),
    ("mobile data down countrywide, cert in packet core out of date", "2018-12-06-ericsson-expired-certificate"),
    ("browser extensions disabled for everybody, signature check fails", "2019-05-04-firefox-addons-certificate"),
    ("automation descheduled the network controllers in multiple zones", "2019-06-02-google-cloud-network"),
    ("waf rule rollout, 502 worldwide and cpu maxed", "2019-07-02-cloudflare-regex"),
    ("added cassandra nodes and now lookups return nothing", "2019-07-29-monzo-cassandra"),
    ("router change pulled all backbone traffic into one city", "2020-07-17-cloudflare-backbone"),
    ("scaled out the frontend fleet, os thread limit reached", "2020-11-25-kinesis-thread-limit"),
    ("nobody can sign in, user database quota dropped to zero", "2020-12-14-google-auth-quota"),
    ("first monday of january, transit gateway drops packets", "2021-01-04-slack-transit-gateway"),
    ("cdn 503 everywhere after one customer saved a setting", "2021-06-08-fastly-dormant-bug"),
    ("bgp withdrawn, badge readers and tooling dead too", "2021-10-04-facebook-backbone"),
    ("consul leader hot, write contention, whole cluster unavailable for days", "2021-10-28-roblox-consul"),
    ("clients hammer the internal network, no backoff, monitoring blind", "2021-12-07-aws-internal-network"),
    ("memcached nodes replaced during agent rollout, db scatter queries time out", "2022-02-22-slack-cache-misses"),
    ("a script deleted customers' whole tenants by wrong id", "2022-04-05-atlassian-deleted-sites"),
    ("unattended upgrade of systemd, pods have no network", "2023-03-08-datadog-systemd"),
    ("kubernetes 1.24 upgrade, calico route reflectors gone", "2023-03-14-reddit-pi-day"),
    ("connection pool to mysql full although the server idles", "2023-07-25-honeycomb-connections"),
    ("bsod loop on every windows laptop since the edr update", "2024-07-19-crowdstrike-channel-file"),
    ("endpoint hostname has no A record, dns automation raced", "2025-10-19-dynamodb-dns-race"),
    ("proxy panics on oversized bot feature list, 5xx come and go", "2025-11-18-cloudflare-feature-file"),
)
"""(what is typed, the id of the entry)."""


@cache
def entries() -> tuple[tuple[Entry, str], ...]:
    """The entries of this repository, each with its path."""
    found = []
    for path in sorted((ROOT / "entries").rglob("*.md")):
        place = path.relative_to(ROOT).as_posix()
        parsed = parse(path.read_text(encoding="utf-8"), place)
        if parsed.entry:
            found.append((parsed.entry, place))
    return tuple(found)
