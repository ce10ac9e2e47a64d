"""A small judged set of the project's own: what a responder would type, and the entry that should come first.

Written by people who know the incidents, in other words than the entries use. `tests/test_quality.py` gates on it.
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
    (
        "[FIRING] HostLoadHigh prod-app 98% for 15m, products we didn't touch hang too",
        "2019-03-12-all-applications-down",
    ),
    ("rolled out two sites at dawn, all hang now, db crawling", "2019-03-12-all-applications-down"),
    ("some unknown daemon is hogging the box", "2019-03-12-all-applications-down"),
    ("nodes bounce in turn, whoever comes up takes down the one beside it", "1990-01-15-att-switches"),
    ("exchanges reboot in waves since 2pm, half the trunk calls dropped", "1990-01-15-att-switches"),
    ("disk io hangs in one az, provisioning storage broken in the others too", "2011-04-21-ebs-remirroring-storm"),
    ("storage pool ran out right after router work, replicas copying like mad", "2011-04-21-ebs-remirroring-storm"),
    ("fresh guests never check in, hypervisors flagged faulty since 00:00", "2012-02-29-azure-leap-day"),
    (
        "hotfix we rushed out left some racks without connectivity, vm creation already paused",
        "2012-02-29-azure-leap-day",
    ),
    ("bot places buys nobody asked for, 10M/min down the drain, no off button", "2012-08-01-knight-capital-power-peg"),
    ("host skipped in rollout, reverted, now worse", "2012-08-01-knight-capital-power-peg"),
    ("LB can't talk to any backend, SYN out, no SYN-ACK", "2014-08-25-stack-exchange-iptables"),
    ("everything dark since puppet ran, backends fine on curl localhost", "2014-08-25-stack-exchange-iptables"),
    ("webhooks flooded in once git host came back, backlog climbs, runners bored", "2015-07-07-circleci-build-queue"),
    ("dequeue rate 1/min normally 5/s, pending jobs 12000 and rising", "2015-07-07-circleci-build-queue"),
    ("pg wont take inserts, selects ok, autovac at it all day, ingestion halted", "2015-07-20-sentry-wraparound"),
    ("age(datfrozenxid) 2146483001 on master, standalone backend or sit it out?", "2015-07-20-sentry-wraparound"),
    ("DDL waiting in pg_stat_activity, selects pile up behind, db cpu 3%", "2015-07-27-joyent-manta-lock"),
    ("20% of blob gets return 503, one pg box hangs, load is nil", "2015-07-27-joyent-manta-lock"),
    ("network hiccup, hosts can't get their partition assignment and drop out", "2015-09-20-dynamodb-metadata-retries"),
    ("blip ended 1h ago, half of all table requests still fail", "2015-09-20-dynamodb-metadata-retries"),
    ("assignment lookup tier swamped, even our scale-up calls hang", "2015-09-20-dynamodb-metadata-retries"),
    ("pipelines red everywhere, transitive js dependency gone, we changed nothing", "2016-03-22-npm-left-pad"),
    ("npm ERR! not in registry, some string helper nobody here imports", "2016-03-22-npm-left-pad"),
    ("ingress dropped to nothing worldwide, hosts still ping among themselves", "2016-04-11-gce-bgp"),
    ("singapore tunnel died, an hour later nobody outside gets to any vm", "2016-04-11-gce-bgp"),
    ("landing page spins the processors, probes fail, haproxy drained every node", "2016-07-20-stack-exchange-regex"),
    ("one weird user submission makes rendering crawl, all frontends marked down", "2016-07-20-stack-exchange-regex"),
    ("df 100% on /var, daemon gone", "2016-07-24-tarsnap-full-disk"),
    ("single 80G textfile ate the volume, same s3 error over and over", "2016-07-24-tarsnap-full-disk"),
    ("vm template not found, root builds won't launch, reaper re-enabled today", "2016-08-09-travis-ci-images-deleted"),
    ("garbage collector purged vm snapshots we still use, can't recreate them", "2016-08-09-travis-ci-images-deleted"),
    ("customers can't look us up, opening by ip works, nameserver vendor under attack", "2016-10-21-dyn-ddos"),
    ("ns1-ns4 time out from us east, we only have that one vendor", "2016-10-21-dyn-ddos"),
    ("panic: invalid argument to Int63n, few cname lookups SERVFAIL", "2017-01-01-cloudflare-leap-second"),
    ("system time jumped backwards overnight, some cname queries die", "2017-01-01-cloudflare-leap-second"),
    (
        "requested WAL segment already gone, reseeding the standby hangs with no output",
        "2017-01-31-gitlab-database-deleted",
    ),
    ("wiped pgdata on master not slave, nightly dump bucket has zero files", "2017-01-31-gitlab-database-deleted"),
    ("half the web has broken pictures, our health board stuck on OK", "2017-02-28-s3-us-east-1-typo"),
    ("decommissioned way more hosts than intended, bucket requests all error", "2017-02-28-s3-us-east-1-typo"),
    (
        "cache master got live migrated by the cloud, backends dont find the new one",
        "2017-10-13-discord-redis-failover",
    ),
    ("thought it was over, 45 min later chat servers grey, OOM everywhere", "2017-10-13-discord-redis-failover"),
    ("live rows all gone, logins get blank accounts", "2018-03-13-travis-ci-truncated-database"),
    ("since we loaded the dump people are logged in as strangers", "2018-03-13-travis-ci-truncated-database"),
    ("fibre swap, slaves on the far coast became writable, how to undo", "2018-10-21-github-43-second-partition"),
    ("comments disappear and reappear, slaves 5h behind, hooks on hold", "2018-10-21-github-43-second-partition"),
    ("ERROR 1264 out of range value for column, nobody can post, browsing fine", "2018-11-08-basecamp-integer"),
    ("bigint alter how long on a huge table", "2018-11-08-basecamp-integer"),
    ("no 4g for any subscriber since 5am, MMEs dead, other carriers too", "2018-12-06-ericsson-expired-certificate"),
    (
        "handsets offline, just the gear on 2 firmware builds, untouched for months",
        "2018-12-06-ericsson-expired-certificate",
    ),
    ("1 of 5 pg partitions refuses updates, 20% of messages unsent", "2019-02-04-mandrill-wraparound"),
    ("autovac ETA 9 days on busiest partition, what is expendable?", "2019-02-04-mandrill-wraparound"),
    ("transactional email delayed 1 in 5, requeued tasks eat up worker space", "2019-02-04-mandrill-wraparound"),
    ("everyones plugins off overnight", "2019-05-04-firefox-addons-certificate"),
    ("adblcoker gone from everyones browser, reinstall says corrupt", "2019-05-04-firefox-addons-certificate"),
    (
        "packet drops us-east and us-central, bandwidth missing, fibers ok, consoles crawl",
        "2019-06-02-google-cloud-network",
    ),
    ("drain of a single building, why do other regions lose bandwidth", "2019-06-02-google-cloud-network"),
    ("every pop bad gateway, firewall signature just went live log-only", "2019-07-02-cloudflare-regex"),
    ("whole edge bad gateway, cores maxed, ddos? my admin login lapsed", "2019-07-02-cloudflare-regex"),
    ("balance 0 and card declined for some, grew the ring at lunch", "2019-07-29-monzo-cassandra"),
    ("select returns no rows but record exists, no errors, scaled out today", "2019-07-29-monzo-cassandra"),
    (
        "throughput halved in us and eu, one core router swamped, just edited its route-map",
        "2020-07-17-cloudflare-backbone",
    ),
    ("pops on the private wan down, others fine, began when localpref changed", "2020-07-17-cloudflare-backbone"),
    (
        "pthread_create: Resource temporarily unavailable, all hosts, we expanded the tier",
        "2020-11-25-kinesis-thread-limit",
    ),
    (
        "took extra nodes out again, streaming api still broken, odd stack traces everywhere",
        "2020-11-25-kinesis-thread-limit",
    ),
    ("login broken for all apps, incognito works", "2020-12-14-google-auth-quota"),
    ("identity store rejects updates: limit exceeded, usage graph says 0??", "2020-12-14-google-auth-quota"),
    ("back from xmas break, autoscaler kills frontends while requests hang", "2021-01-04-slack-transit-gateway"),
    (
        "lossy links between vpcs, 1000 instances launched, hardly any pass checks, grafana dead",
        "2021-01-04-slack-transit-gateway",
    ),
    ("service unavailable from every pop, no deploy today, unrelated tenants hit", "2021-06-08-fastly-dormant-bug"),
    ("most pops erroring within a minute, our last ship was weeks ago", "2021-06-08-fastly-dormant-bug"),
    ("our zones don't exist anywhere, oob console dead, someone must drive there", "2021-10-04-facebook-backbone"),
    ("all sites dark after wan audit, shut out of our own gear", "2021-10-04-facebook-backbone"),
    ("kv store crawls, slower with 128 cores", "2021-10-28-roblox-consul"),
    ("scheduler can't place anything, registry rolled to older copy, ok till users return", "2021-10-28-roblox-consul"),
    ("can't launch or modify anything, what runs keeps running, graphs blank", "2021-12-07-aws-internal-network"),
    (
        "reconnect storm since autoscale at 7:30, bridging gear overloaded, private resolver slow",
        "2021-12-07-aws-internal-network",
    ),
    ("hit ratio fell off a cliff, can't open the app, logged-in ones ok", "2022-02-22-slack-cache-misses"),
    ("rollout halted but mysql still drowning, memcache won't warm up", "2022-02-22-slack-cache-misses"),
    (
        "client says their workspace doesn't exist any more, helpdesk form rejects them",
        "2022-04-05-atlassian-deleted-sites",
    ),
    (
        "decommission job for a plugin, hundreds of orgs lost everything, no alarm fired",
        "2022-04-05-atlassian-deleted-sites",
    ),
    ("8000 hosts NotReady on 3 providers at 6am, no one deployed", "2023-03-08-datadog-systemd"),
    ("pods unreachable after apt ran itself", "2023-03-08-datadog-systemd"),
    ("k8s control plane bump, cross-node traffic gone, coredns failing, no graphs", "2023-03-14-reddit-pi-day"),
    ("site dead after cluster upgarde, bird has no peers, cant downgrade", "2023-03-14-reddit-pi-day"),
    ("ERROR 1040 for every app, db load near nil", "2023-07-25-honeycomb-connections"),
    ("telemetry intake laggy after cutover, flipping the toggle did nothing", "2023-07-25-honeycomb-connections"),
    ("PAGE_FAULT_IN_NONPAGED_AREA on 3000 pcs, reboot loop, macs fine", "2024-07-19-crowdstrike-channel-file"),
    ("fix endpoints that crash before they get an ip, bitlocker prompts", "2024-07-19-crowdstrike-channel-file"),
    ("dig on regional api hostname comes back empty, sdk calls fail", "2025-10-19-dynamodb-dns-race"),
    ("lookup fixed hours ago, vms still dont launch, nlb targets bouncing", "2025-10-19-dynamodb-dns-race"),
    ("500s every 5 min then fine, called Result::unwrap() on an Err value", "2025-11-18-cloudflare-feature-file"),
    ("edge erors on and off, generated config grew 2x, grants altered at 11", "2025-11-18-cloudflare-feature-file"),
    ("storage frontends spend all cycles exchanging membership info, requests starve", "2008-07-20-s3-gossip"),
    ("bit flip in cluster state message, us and eu both down", "2008-07-20-s3-gossip"),
    ("agent leaks RAM since its backend ip moved, volumes freeze", "2012-10-22-ebs-memory-leak"),
    ("stale A record for a replaced metrics host, storage nodes OOM", "2012-10-22-ebs-memory-leak"),
    ("only LBs we edited break, untouched ones keep serving", "2012-12-24-elb-state-deleted"),
    ("maintenance script hit prod and erased control plane records on xmas eve", "2012-12-24-elb-state-deleted"),
    (
        "acl for ddos mitigation pushed, junipers out of ram and rebooting in every pop",
        "2013-03-03-cloudflare-flowspec",
    ),
    ("no route to host worldwide, router rule with nonsense packet size", "2013-03-03-cloudflare-flowspec"),
    ("two regions lossy at once, cluster has no majority, pages not sent", "2013-04-13-pagerduty-peering-point"),
    ("we thought the dcs were independent but both transit the same ix", "2013-04-13-pagerduty-peering-point"),
    ("customers charged over and over, redis master readonly after bounce", "2013-07-18-twilio-billing"),
    ("all slaves full resync at once after a netsplit, primary melting", "2013-07-18-twilio-billing"),
    ("resolver still points at the old ip of our auth ns after puppet run", "2014-01-08-github-dns"),
    ("redeployed dns mid outage and now NXDOMAIN for half our hosts", "2014-01-08-github-dns"),
    ("blob requests time out worldwide, reverted the setting but nodes keep spinning", "2014-11-19-azure-storage-loop"),
    ("canaried on one tier for weeks, other tier hangs since global push", "2014-11-19-azure-storage-loop"),
    ("game servers stall at boot, fine when we empty the new table", "2015-07-15-eve-online-log-channel"),
    (
        "cluster won't come up after patch, works in staging, verbose logging suspected",
        "2015-07-15-eve-online-log-channel",
    ),
    ("vm janitor can't authenticate since creds were rotated, hypervisor full", "2015-08-04-travis-ci-leaked-machines"),
    ("metric flat for days, thousands of orphaned guests", "2015-08-04-travis-ci-leaked-machines"),
    (
        "puppet turned a service back on that we disabled for the migration, instances terminated",
        "2016-08-11-reddit-autoscaler",
    ),
    ("zk half migrated, asg killed app and memcached boxes", "2016-08-11-reddit-autoscaler"),
    ("vendor swapped a raid controller and the whole san lost its disks", "2016-10-17-kings-college-storage"),
    ("restore impossible, tapes were silently skipped for some shares", "2016-10-17-kings-college-storage"),
    ("rds insert fails, table file hit 2TB on ext3", "2017-02-09-instapaper-two-terabytes"),
    ("replica has same size cap as the master, dump and reload takes days", "2017-02-09-instapaper-two-terabytes"),
    ("pacemaker refuses to promote the sync standby after raid died", "2017-10-10-gocardless-failover"),
    ("pg failover stuck, vip colocation rule blocks it", "2017-10-10-gocardless-failover"),
    (
        "npm package publishes a version none of the maintainers released, steals .npmrc",
        "2018-07-12-eslint-stolen-account",
    ),
    ("maintainer's login hijacked, postinstall script phones home", "2018-07-12-eslint-stolen-account"),
    (
        "service registry lost quorum, one client floods it with queries for a missing host",
        "2020-09-24-datadog-service-discovery",
    ),
    (
        "config change from last month bites when small cluster restarts, nxdomain storm",
        "2020-09-24-datadog-service-discovery",
    ),
    ("etcd flaps leaders, flaky TOR, some nodes see each other some don't", "2020-11-02-cloudflare-byzantine-switch"),
    ("replicas all resyncing after automatic promotion, dashboard crawling", "2020-11-02-cloudflare-byzantine-switch"),
    (
        "rabbit upgraded yesterday, queue has 0 consumers though workers are up",
        "2021-05-21-circleci-acknowledgement-timeout",
    ),
    (
        "PRECONDITION_FAILED delivery acknowledgement timed out, channels closed",
        "2021-05-21-circleci-acknowledgement-timeout",
    ),
    ("browser freezes for everyone, provider turned on quic on the lb", "2022-01-13-firefox-endless-upload"),
    ("client spins in socket thread, content-length header lowercase", "2022-01-13-firefox-endless-upload"),
    ("attacker reused an employee's cookie, mfa did not help", "2022-12-16-circleci-stolen-session"),
    ("customer tells us their oauth token is being abused, rotate all secrets", "2022-12-16-circleci-stolen-session"),
    ("machine auth fails since release, rolled back, still 401", "2023-01-24-cloudflare-service-tokens"),
    ("update overwrote client secret with empty string", "2023-01-24-cloudflare-service-tokens"),
    ("dnssec validation fails since 0700, rrsig expired in our cached zone", "2023-10-04-cloudflare-stale-root-zone"),
    ("parser chokes on new rr type, keeps serving old copy", "2023-10-04-cloudflare-stale-root-zone"),
    (
        "CORS errors all over, nothing deployed, requests blocked before reaching us",
        "2025-04-04-circleci-firewall-rule",
    ),
    ("someone clicked in the waf console, terraform drift", "2025-04-04-circleci-firewall-rule"),
    ("nil deref crashloop in every region after a policy row was written", "2025-06-12-google-service-control"),
    ("fixed it but biggest region won't come back, restart stampede on spanner", "2025-06-12-google-service-control"),
)
"""(what is typed, the id of the entry). The second part was written without a look at how search works, the
third, two for each of the last 24 entries, by who wrote these.
"""

ALIKE = (
    (
        "2015-07-20-sentry-wraparound",
        (
            "2019-02-04-mandrill-wraparound",
            "2015-07-27-joyent-manta-lock",
            "2018-11-08-basecamp-integer",
        ),
    ),
    (
        "2019-02-04-mandrill-wraparound",
        (
            "2015-07-20-sentry-wraparound",
            "2015-07-27-joyent-manta-lock",
            "2018-11-08-basecamp-integer",
        ),
    ),
    (
        "2018-11-08-basecamp-integer",
        (
            "2015-07-20-sentry-wraparound",
            "2019-02-04-mandrill-wraparound",
            "2017-02-09-instapaper-two-terabytes",
        ),
    ),
    (
        "2015-07-27-joyent-manta-lock",
        (
            "2015-07-20-sentry-wraparound",
            "2019-02-04-mandrill-wraparound",
            "2023-07-25-honeycomb-connections",
        ),
    ),
    (
        "2023-07-25-honeycomb-connections",
        (
            "2022-02-22-slack-cache-misses",
            "2015-07-27-joyent-manta-lock",
        ),
    ),
    ("2016-07-20-stack-exchange-regex", ("2019-07-02-cloudflare-regex",)),
    (
        "2019-07-02-cloudflare-regex",
        (
            "2016-07-20-stack-exchange-regex",
            "2025-11-18-cloudflare-feature-file",
            "2024-07-19-crowdstrike-channel-file",
        ),
    ),
    (
        "2024-07-19-crowdstrike-channel-file",
        (
            "2025-11-18-cloudflare-feature-file",
            "2021-06-08-fastly-dormant-bug",
            "2019-07-02-cloudflare-regex",
            "2025-06-12-google-service-control",
            "2013-03-03-cloudflare-flowspec",
        ),
    ),
    (
        "2025-11-18-cloudflare-feature-file",
        (
            "2024-07-19-crowdstrike-channel-file",
            "2021-06-08-fastly-dormant-bug",
            "2019-07-02-cloudflare-regex",
            "2025-06-12-google-service-control",
            "2013-03-03-cloudflare-flowspec",
        ),
    ),
    (
        "2021-06-08-fastly-dormant-bug",
        (
            "2024-07-19-crowdstrike-channel-file",
            "2025-11-18-cloudflare-feature-file",
            "2025-06-12-google-service-control",
            "2014-11-19-azure-storage-loop",
        ),
    ),
    (
        "2018-12-06-ericsson-expired-certificate",
        (
            "2019-05-04-firefox-addons-certificate",
            "2023-10-04-cloudflare-stale-root-zone",
        ),
    ),
    (
        "2019-05-04-firefox-addons-certificate",
        (
            "2018-12-06-ericsson-expired-certificate",
            "2023-10-04-cloudflare-stale-root-zone",
        ),
    ),
    (
        "2012-02-29-azure-leap-day",
        (
            "2017-01-01-cloudflare-leap-second",
            "1990-01-15-att-switches",
        ),
    ),
    ("2017-01-01-cloudflare-leap-second", ("2012-02-29-azure-leap-day",)),
    (
        "1990-01-15-att-switches",
        (
            "2012-02-29-azure-leap-day",
            "2011-04-21-ebs-remirroring-storm",
            "2008-07-20-s3-gossip",
        ),
    ),
    (
        "2016-04-11-gce-bgp",
        (
            "2021-10-04-facebook-backbone",
            "2019-06-02-google-cloud-network",
            "2020-07-17-cloudflare-backbone",
        ),
    ),
    (
        "2021-10-04-facebook-backbone",
        (
            "2016-04-11-gce-bgp",
            "2019-06-02-google-cloud-network",
            "2017-02-28-s3-us-east-1-typo",
        ),
    ),
    (
        "2019-06-02-google-cloud-network",
        (
            "2021-10-04-facebook-backbone",
            "2016-04-11-gce-bgp",
        ),
    ),
    ("2023-03-08-datadog-systemd", ("2023-03-14-reddit-pi-day",)),
    ("2023-03-14-reddit-pi-day", ("2023-03-08-datadog-systemd",)),
    (
        "2015-09-20-dynamodb-metadata-retries",
        (
            "2011-04-21-ebs-remirroring-storm",
            "2022-02-22-slack-cache-misses",
            "2021-12-07-aws-internal-network",
            "2015-07-07-circleci-build-queue",
        ),
    ),
    (
        "2011-04-21-ebs-remirroring-storm",
        (
            "2015-09-20-dynamodb-metadata-retries",
            "2021-12-07-aws-internal-network",
            "2022-02-22-slack-cache-misses",
        ),
    ),
    (
        "2021-12-07-aws-internal-network",
        (
            "2015-09-20-dynamodb-metadata-retries",
            "2021-01-04-slack-transit-gateway",
            "2011-04-21-ebs-remirroring-storm",
        ),
    ),
    (
        "2022-02-22-slack-cache-misses",
        (
            "2015-09-20-dynamodb-metadata-retries",
            "2015-07-07-circleci-build-queue",
            "2023-07-25-honeycomb-connections",
        ),
    ),
    (
        "2015-07-07-circleci-build-queue",
        (
            "2022-02-22-slack-cache-misses",
            "2015-09-20-dynamodb-metadata-retries",
        ),
    ),
    ("2021-01-04-slack-transit-gateway", ("2021-12-07-aws-internal-network",)),
    (
        "2017-01-31-gitlab-database-deleted",
        (
            "2018-03-13-travis-ci-truncated-database",
            "2022-04-05-atlassian-deleted-sites",
            "2016-10-17-kings-college-storage",
        ),
    ),
    (
        "2018-03-13-travis-ci-truncated-database",
        (
            "2017-01-31-gitlab-database-deleted",
            "2022-04-05-atlassian-deleted-sites",
        ),
    ),
    (
        "2022-04-05-atlassian-deleted-sites",
        (
            "2017-02-28-s3-us-east-1-typo",
            "2016-08-09-travis-ci-images-deleted",
            "2017-01-31-gitlab-database-deleted",
            "2018-03-13-travis-ci-truncated-database",
            "2012-12-24-elb-state-deleted",
        ),
    ),
    (
        "2017-02-28-s3-us-east-1-typo",
        (
            "2022-04-05-atlassian-deleted-sites",
            "2021-10-04-facebook-backbone",
        ),
    ),
    (
        "2016-08-09-travis-ci-images-deleted",
        (
            "2025-10-19-dynamodb-dns-race",
            "2022-04-05-atlassian-deleted-sites",
            "2016-08-11-reddit-autoscaler",
        ),
    ),
    (
        "2025-10-19-dynamodb-dns-race",
        (
            "2016-08-09-travis-ci-images-deleted",
            "2020-12-14-google-auth-quota",
        ),
    ),
    (
        "2020-12-14-google-auth-quota",
        (
            "2016-08-09-travis-ci-images-deleted",
            "2025-10-19-dynamodb-dns-race",
        ),
    ),
    ("2017-10-13-discord-redis-failover", ("2018-10-21-github-43-second-partition",)),
    (
        "2018-10-21-github-43-second-partition",
        (
            "2017-10-13-discord-redis-failover",
            "2017-10-10-gocardless-failover",
        ),
    ),
    (
        "2014-08-25-stack-exchange-iptables",
        (
            "2020-07-17-cloudflare-backbone",
            "2019-07-29-monzo-cassandra",
            "2025-04-04-circleci-firewall-rule",
        ),
    ),
    ("2016-07-24-tarsnap-full-disk", ("2019-02-04-mandrill-wraparound",)),
    ("2016-03-22-npm-left-pad", ("2018-07-12-eslint-stolen-account",)),
    ("2021-10-28-roblox-consul", ("2020-09-24-datadog-service-discovery",)),
    ("2008-07-20-s3-gossip", ("1990-01-15-att-switches",)),
    (
        "2012-12-24-elb-state-deleted",
        (
            "2022-04-05-atlassian-deleted-sites",
            "2017-01-31-gitlab-database-deleted",
        ),
    ),
    (
        "2013-03-03-cloudflare-flowspec",
        (
            "2025-06-12-google-service-control",
            "2025-11-18-cloudflare-feature-file",
            "2024-07-19-crowdstrike-channel-file",
        ),
    ),
    (
        "2025-06-12-google-service-control",
        (
            "2024-07-19-crowdstrike-channel-file",
            "2025-11-18-cloudflare-feature-file",
            "2013-03-03-cloudflare-flowspec",
        ),
    ),
    (
        "2014-11-19-azure-storage-loop",
        (
            "2021-06-08-fastly-dormant-bug",
            "2025-06-12-google-service-control",
        ),
    ),
    ("2013-04-13-pagerduty-peering-point", ("2020-11-02-cloudflare-byzantine-switch",)),
    (
        "2020-11-02-cloudflare-byzantine-switch",
        (
            "2017-10-10-gocardless-failover",
            "2018-10-21-github-43-second-partition",
            "2013-04-13-pagerduty-peering-point",
        ),
    ),
    (
        "2017-10-10-gocardless-failover",
        (
            "2018-10-21-github-43-second-partition",
            "2020-11-02-cloudflare-byzantine-switch",
        ),
    ),
    (
        "2014-01-08-github-dns",
        (
            "2025-10-19-dynamodb-dns-race",
            "2021-10-04-facebook-backbone",
        ),
    ),
    (
        "2020-09-24-datadog-service-discovery",
        (
            "2021-10-28-roblox-consul",
            "2014-01-08-github-dns",
        ),
    ),
    ("2013-07-18-twilio-billing", ("2017-10-13-discord-redis-failover",)),
    ("2015-08-04-travis-ci-leaked-machines", ("2021-05-21-circleci-acknowledgement-timeout",)),
    ("2021-05-21-circleci-acknowledgement-timeout", ("2015-08-04-travis-ci-leaked-machines",)),
    (
        "2016-08-11-reddit-autoscaler",
        (
            "2016-08-09-travis-ci-images-deleted",
            "2021-01-04-slack-transit-gateway",
        ),
    ),
    ("2016-10-17-kings-college-storage", ("2017-01-31-gitlab-database-deleted",)),
    ("2017-02-09-instapaper-two-terabytes", ("2018-11-08-basecamp-integer",)),
    (
        "2018-07-12-eslint-stolen-account",
        (
            "2022-12-16-circleci-stolen-session",
            "2016-03-22-npm-left-pad",
        ),
    ),
    ("2022-12-16-circleci-stolen-session", ("2018-07-12-eslint-stolen-account",)),
    (
        "2023-10-04-cloudflare-stale-root-zone",
        (
            "2019-05-04-firefox-addons-certificate",
            "2018-12-06-ericsson-expired-certificate",
        ),
    ),
    ("2022-01-13-firefox-endless-upload", ("2014-11-19-azure-storage-loop",)),
    ("2025-04-04-circleci-firewall-rule", ("2014-08-25-stack-exchange-iptables",)),
)
"""(the id of an incident, those that share its mechanism, the best first)."""

NOTHING = (
    "printer on 3rd floor prints blank pages",
    "paper jam again, tray 2 light blinking",
    "guest wifi password for the visitors tomorrow",
    "laptop battery lasts 20 minutes",
    "logo in my e-mail signature is way too big",
    "vpn client on my mac asks for keychain every time",
    "excel macro greyed out, yellow bar on top",
    "who clicked the link in the phishing drill",
    "SAP transport imported in QAS but report looks the same",
    "barcode scanner beeps but types nothing",
    "payroll numbers for october overtime look off",
    "meeting room projector says no signal",
    "headset crackles in every call",
    "webcam picture is upside down",
    "out of office reply goes out in the wrong language",
    "keyboard layout keeps jumping to us",
    "fonts blurry on second monitor",
    "scan to folder gives sideways pdf",
    "docking station does not charge my notebook",
    "toner low on MFP-07, who orders",
    "gdpr access request from a former applicant",
    "menu overlaps the logo in safari on iphone",
    "dutch translation missing on checkout button",
    "invoice pdf shows 19% vat instead of 7",
    "lobby ipad stuck on the screensaver",
    "pentest says content-security-policy header is missing",
    "air con in the server room drips on the carpet",
    "laptop left on the train, who do i tell",
    "training loss is NaN at epoch 3",
    "app store reviewer wants another privacy text",
    "cookie banner pops up on each page",
    "webfonts blocked, CORS in the browser console",
    "pivot table wont group by quarter",
    "recipe for lentil soup without onions",
    "how long to boil an egg for 3 people",
    "who won the football last night",
    "offside rule explained to a child",
    "cheap holiday in portugal in may",
    "what to pack for two weeks of camping",
    "birthday present for a 9 year old",
    "my cat sneezes all the time",
    "best soil for tomatoes on a balcony",
    "red wine stain on white sofa",
    "how much should i tip in new york",
    "is it going to rain on saturday",
    "swimming pool opening hours sunday",
    "knitting pattern baby hat",
    "learn to play the ukulele",
    "capital of mongolia",
    "sourdough did not rise",
    "dentist appointment moved to thursday",
    "squeaky bicycle brakes",
    "wedding speech for my sister",
    "how far away is the moon",
    "dog ate chocolate 70% cocoa",
    "which bin does a pizza box go in",
    "movie with the talking bear and marmalade",
    "sunburn on my nose",
    "stretching exercises for a stiff neck",
    "mushroom season in the black forest",
    "blorf wizzle quandong",
    "asdf qwer zxcv",
    "lorem ipsum dolor sit amet",
    "xyzzy plugh frobnitz 42",
    "tralala hoppsassa dideldum",
    "gnarfel snorb vuckit plim",
)
"""What is typed about things of which nothing is recorded here."""


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
