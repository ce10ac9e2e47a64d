"""Secrets as they stand in logs and commands, and lines that only look like them. Every key here is made up.

`@` stands where the pieces of a secret are put together, so that no scanner of repositories takes these for real ones.
"""

from __future__ import annotations

import base64
import json


def _jwt() -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": "deploy", "iat": 1552366800})
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{head}.{body}.c2lnbmF0dXJlLW9mLW5vLXVzZS1hdC1hbGw"


_KEY = "q8Zr2Lw9Xc4Vb7Nm1Kj6Hg3F"
_HEX = "9f86d081884c7d659a2feaa0c55ad015"
_B64 = "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6QUJDREVGR0hJSktMTU5PUFFSUw=="

SECRETS: tuple[tuple[str, str], ...] = tuple(
    (line.replace("§", secret), secret)
    for line, secret in (
        ("aws_access_key_id = §", "AKIA" + "3XQ7ZJ4MPL2RWT6B"),
        ("export AWS_SECRET_ACCESS_KEY=§", "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "3XAMPL3K3Y"),
        ("2019-03-12 09:02 ERROR S3 refused key §", "ASIA" + "5TQ2ZB7KXL9PWR4C"),
        ("git clone https://x-access-token:§@github.com/acme/shop.git", "ghp_" + _KEY + "aB3dE5gH7jK9"),
        ("remote: token § was pushed", "github_" + "pat_11ABCDEFG0" + _KEY * 2),
        ("GITLAB_TOKEN=§", "glpat-" + "x7Kq2Lm9Rt4Vw8Yz1Bc3"),
        ("slack said invalid_auth for §", "xoxb-" + "123456789012-123456789012-" + _KEY),
        ("curl -X POST https://hooks.slack.com/services/§ -d '{}'", "T0AB12CD3/B0EF45GH6/" + _KEY),
        ("webhook https://acme.webhook.office.com/webhookb2/§", _HEX + "@" + _HEX),
        ("curl https://discord.com/api/webhooks/§", "123456789012345678/" + _KEY),
        ("stripe.api_key = '§'", "sk_" + "live_" + _KEY),
        ("rk was §", "rk_" + "live_" + _KEY),
        ("Authorization: Bearer §", _jwt()),
        ("the cookie held §", _jwt()),
        ("< Authorization: Basic §", "ZGVwbG95OmNvcnJlY3QtaG9yc2U="),
        ("-H 'authorization: token §'", _HEX),
        ("X-Octopus-ApiKey: §", "API-" + "QW7ERT5YUI9OPA3SDF1GHJKL2ZX"),
        ("octo login --apiKey=§", "API-" + "ZX7CVB5NMA9SDF3GHJ1KLQWE2RT"),
        ("X-Api-Key: §", _HEX),
        ("PRIVATE-TOKEN: §", "x7Kq2Lm9Rt4Vw8Yz1Bc3"),
        ("Server=sql-01;Database=shop;User Id=sa;Password=§;Encrypt=true", "Sup3r!Geheim"),
        ("Data Source=db;Initial Catalog=x;uid=app;pwd=§", "korrektpferd77"),
        ("postgresql://shop:§@db.example.com:5432/shop", "gR8!vT2_pQ"),
        ("mysql+pymysql://root:§@10.0.0.5/shop", "toor4711"),
        ("mongodb+srv://admin:§@cluster0.ab1cd.mongodb.net", "mOng0Pa55"),
        ("redis://:§@cache-01:6379/0", "r3disr3dis"),
        ("amqp://worker:§@rabbit:5672/vh", "c4rr0t"),
        ("https://deploy:§@nexus.example.com/repo", "n3xusD3ploy"),
        ("ftp://backup:§@files.example.com", "Baccup2019"),
        ("mysql -u root -p§ shop < dump.sql", "geheim123"),
        ("mysqldump --single-transaction -ubackup -p§ shop", "dump3r!x"),
        ("sshpass -p '§' ssh root@web-01", "letmein99"),
        ("PGPASSWORD=§ psql -h db-01 -U shop", "elephant-7-dance"),
        ("curl -u jenkins:§ https://ci.example.com/job/x/build", "11aa22bb33cc44dd"),
        ("curl --user 'admin:§' http://rabbit:15672/api", "guestguest1"),
        ("smbclient //files/share -U deploy%§", "Winter2018x"),
        ("ALTER USER 'app'@'%' IDENTIFIED BY '§';", "n3wPassw0rd"),
        ("CREATE USER app IDENTIFIED WITH mysql_native_password BY '§'", "abc!def9"),
        ("net user svc_deploy § /add", "Str0ng!Pass"),
        ("$p = ConvertTo-SecureString '§' -AsPlainText -Force", "P@ssw0rd!23"),
        ('<add key="SmtpPassword" value="§" />', "smtpS3cret"),
        ("<password>§</password>", "tomcat-manager-9"),
        ('{"user": "x", "password": "§"}', "hunter2hunter2"),
        ("password: '§'", "ein schöner langer Satz"),
        ('db_password = "§"', "dbp455"),
        ("the root password is § on all of them", "Tr0ub4dor&3"),
        ("DB_PASS: §", "xK29fLq!"),
        ("spring.datasource.password=§", "springtime4ever"),
        ("--password=§ --force", "openSesame1"),
        ("ldap bind passwd=§ failed", "b1ndM3Now"),
        ("api_key: §", _HEX),
        ("API_TOKEN=§", _KEY),
        ("client_secret=§&grant_type=client_credentials", "V8x~Q2rT9w.L4kP1mZ7n"),
        ("access_token=§ expires_in=3600", "ya29" + "x" + _KEY),
        ("refresh-token: §", "1//0" + _KEY + _KEY),
        ("google key §", "AIza" + "SyD4f7Gh2Jk9Lm3Np6Qr8St1Vw5Xy0Za2B"),
        ("oauth secret §", "GOCSPX-" + "aB3dE5gH7jK9mN1pQ4sT6vW8"),
        ("DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=§;EndpointSuffix=core.windows.net", _B64),
        ("Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=§", _B64[:44]),
        ("https://shop.blob.core.windows.net/backup?sv=2018&sr=b&sig=§&se=2019", "kz9%2Fb3R7tQ1x%2BW5yL8mN0pV2s%3D"),
        ("https://b.s3.amazonaws.com/x?X-Amz-Expires=9&X-Amz-Signature=§", _HEX * 2),
        ("npm publish with //registry.npmjs.org/:_authToken=§", "npm_" + _KEY + "aB3dE5gH7jK9"),
        ("vault token §", "hvs." + _KEY + _KEY),
        ("dapi: §", "dapi" + _HEX),
        ("doctl auth init -t §", "dop_v1_" + _HEX * 2),
        ("newrelic §", "NRAK-" + "QW7ERT5YUI9OPA3SDF1GHJKL2ZX"),
        ("SENDGRID §", "SG." + "aB3dE5gH7jK9mN1pQ4sT6v" + "." + "aB3dE5gH7jK9mN1pQ4sT6vW8xY0zC2eF4gH6jK8mN0p"),
        ("twilio §", "SK" + _HEX),
        ("bot said 401: §", "110201543" + ":AA" + "HdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"),
        ("openai §", "sk-" + "aB3dE5gH7jK9mN1pQ4sT" + "T3Blbk" + "FJ" + "aB3dE5gH7jK9mN1pQ4sT"),
        ("root:§:17965:0:99999:7:::", "$6$" + "rounds12$" + _KEY * 3 + _HEX[:14]),
        ("admin:§", "$2y$" + "10$" + (_KEY * 3)[:53]),
        ("Cookie: lang=en; PHPSESSID=§; theme=dark", _HEX),
        ("Set-Cookie: auth_token=§; Path=/", _KEY + _KEY),
        ("-----BEGIN RSA PRIVATE KEY-----§-----END RSA PRIVATE KEY-----", f"\nMIIEpAIBAAKCAQEA{_KEY}\n{_KEY}{_KEY}\n"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----§-----END OPENSSH PRIVATE KEY-----", f"\nb3BlbnNzaC1rZXktdjEA{_KEY}\n"),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----§-----END PGP PRIVATE KEY BLOCK-----", f"\n\nlQOYBF{_KEY}\n=aB3d\n"),
    )
)
"""A line (or lines) as somebody pasted it, and the secret in it."""

_INNOCENT = """\
The password policy was changed on Monday.
Nobody knew the password of the old switch.
Passwords are rotated every 90 days.
A wrong password locked the service account for 30 minutes.
password: must be at least 12 characters long
Password = ********
password=<redacted>
PASSWORD=${DB_PASSWORD}
DB_PASSWORD=$DB_PASSWORD
password: "{{ vault_db_password }}"
export PGPASSWORD="$(cat /run/secrets/db)"
--password-file /run/secrets/db
--password-stdin
mysql -u root -p shop
mysql -u root -p -h db-01
mysql -h db-01 -P 3306 -u shop
curl -u "$USER:$TOKEN" https://ci.example.com
curl -H "Authorization: Bearer $TOKEN" https://api.example.com
Authorization: Bearer <token>
Authorization header was missing
the token had expired at 09:00
token: expired
token bucket full: 5000 requests
tokens per second fell to 12
Unexpected token < in JSON at position 0
token=
api_key=
api key missing in config
API key rotation is monthly
The key insight: ask questions.
Primary key violation on orders.id
foreign key constraint fk_orders_customer
key: value
sort key: (customer_id, created_at)
cache key: user:1234:profile
partition key=customer_id
keyspace shop, key count 120000
key=order-2019-03-12-000123
Public key pinning failed
-----BEGIN CERTIFICATE-----
-----BEGIN PUBLIC KEY-----
ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 ops@web-01
The secret was that nobody had looked.
secret: none
secrets are kept in Vault
secretKeyRef: {name: db, key: password}
credentials: include
Credentials expired for service account svc-deploy
credential provider chain failed
commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b
sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
image registry.example.com/shop/web@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
etag "33a64df551425fcc55e4d42a148795d9f25f89d4"
request id 7f3c1b2a-9d4e-4c1f-8a6b-0e5d2c3b4a59
trace_id=4bf92f3577b34da6a3ce929d0e0e4736
X-Request-Id: f058ebd6-02f7-4d3f-942e-904344e8cde5
correlation-id: 0HLKM1234:00000002
uuid 123e4567-e89b-12d3-a456-426614174000
GET /token HTTP/1.1 200
POST /oauth/token 401 12ms
GET /api/v2/keys?page=2 500
https://example.com/reset-password?step=2
https://example.com/docs/secrets/rotation
see https://user@example.com/x
https://example.com:8443/health
http://app-server-01:8080/status
postgresql://db-01:5432/shop
redis://cache-01:6379/0
jdbc:sqlserver://sql-server:1433;databaseName=shop;integratedSecurity=true
Server=sql-server;Database=shop;Trusted_Connection=True
amqp://rabbit:5672
mongodb://mongo-01,mongo-02/shop?replicaSet=rs0
s3://backups/shop/2019-03-12.tar.gz
arn:aws:secretsmanager:us-east-1:123456789012:secret:shop
iam role arn:aws:iam::123456789012:role/deploy
kubectl get secret shop-db -o yaml
kubectl create secret generic shop --from-file=./key.pem
chmod 600 ~/.ssh/id_rsa
ssh -i ~/.ssh/id_ed25519 ops@web-01
ssh-keygen -t ed25519 -C ops
openssl x509 -in cert.pem -noout -dates
passwd: password expired for user oracle
PAM: authentication failure for svc_backup
Failed password for root from 203.0.113.7 port 52144 ssh2
Accepted publickey for deploy from 203.0.113.9
login failed: bad password (attempt 3 of 5)
Error: password authentication failed for user "shop"
FATAL: password authentication failed for user "postgres"
ORA-01017: invalid username/password; logon denied
Access denied for user 'shop'@'10.0.0.5' (using password: YES)
Login failed for user 'sa'. (18456)
401 Unauthorized
403 Forbidden: token lacks scope repo
error: invalid_grant
error=invalid_token&error_description=expired
The session cookie was not set.
Set-Cookie: theme=dark; Path=/
Cookie: lang=en; theme=dark
JSESSIONID missing
session_id was null
CPU near 100 % on app-server-01
w3wp.exe 4312 Console 1 812,344 K
dotnetnuke.exe 97 Running
Tentacle.exe 2208 Services
load average: 42.10, 38.22, 20.01
OOMKilled exit code 137
java.lang.OutOfMemoryError: GC overhead limit exceeded
SQLSTATE[40001]: Serialization failure
deadlock found when trying to get lock
lock wait timeout exceeded; try restarting transaction
max_connections=500
innodb_buffer_pool_size=12G
pool size: 64, waiting: 312
checkpoint complete: wrote 12345 buffers (9.4%)
replication lag 380s
nginx: [emerg] host not found in upstream
upstream timed out (110: Connection timed out)
x509: certificate has expired or is not yet valid
tls: failed to verify certificate
SSL_ERROR_RX_RECORD_TOO_LONG
SPF include:_spf.example.com -all
dig +short example.com
;; ANSWER SECTION:
example.com. 300 IN A 203.0.113.10
2001:db8::1 is unreachable
MAC 00:1b:44:11:3a:b7
version 4.10.2-rc1+build.77
v1.2.3
Release 4.10 deployed
git revert 1a2b3c4
helm rollback shop 42
terraform apply -auto-approve
ansible-playbook -i hosts site.yml --ask-vault-pass
docker run -p 8080:80 web
docker login -u deploy --password-stdin registry.example.com
cp -p a b
tar -xpf backup.tar
ps -u oracle
ls -p
sudo -u postgres psql
journalctl -u nginx -p err
systemctl restart nginx
kill -9 4312
strace -p 4312
jstack 4312
perf record -p 4312
gdb -p 4312
top -b -n1
Get-Service | Where Status -eq Running
net user svc_deploy
net use Z: /delete
schtasks /query
reg query HKLM
iisreset
appcmd list site
sc query w3svc
PID 4312 uses 97 % CPU
Disk /dev/sda1 98% full
inode table full
No space left on device
Too many open files
Connection refused
Connection reset by peer
Broken pipe
EAI_AGAIN
getaddrinfo ENOTFOUND db-01
Name or service not known
429 Too Many Requests
retry-after: 120
x-ratelimit-remaining: 0
cache-control: no-store
content-security-policy: default-src 'self'
strict-transport-security: max-age=31536000
p99 latency 2.3s
error rate 0.7 %
feature flag new_checkout=true
flag: checkout-v2 (on for 5 %)
config map reloaded
DNS TTL lowered to 60
zone transfer refused
BGP session flapped
AS64500 announced 203.0.113.0/24
peer 192.0.2.1 down
vlan 120 tagged on port 7
fan failure in rack 12
UPS on battery
temperature 41 C
Who has the key to the server room?
The key person was on holiday.
The keyboard was unplugged.
He had the only key.
The monkey test passed.
Passing all checks, it went out.
A passenger list was exported.
bypass the cache with ?nocache=1
compass, passage, passive
passive mode FTP failed
pass: 120, fail: 3
pass rate: 98%
tests passed=120 failed=3
signature: verified
?sig=none
sign-off by release team
design=flat
key frame interval 2s
turnkey solution
hotkey: Ctrl+K
keyed by id
"token_count": 5321
"max_tokens": 4096
"keys": ["a", "b"]
{"key": "orders", "value": 12}
{"password": null}
{"password": ""}
{"token": "…"}
<password/>
<add key="Timeout" value="30" />
password_reset_count=14
passwords_changed=3
pwd
pwd: /var/www/shop
cd $(pwd)
PWD=/home/deploy
OLDPWD=/tmp
the secret santa list
api-gateway-7d9c5b6f8d-x2x9z
pod api-7d9c5b6f8d-abcde restarted
API-first design
gh pr view 123
sk-SK locale
gl-sast-report.json
npm_config_cache=/tmp
akia is no key
eyJ is how they begin
"""

INNOCENT = tuple(_INNOCENT.splitlines())
"""Lines with nothing to hide."""
