"""The built site as readers meet it: served as hosts serve it, and watched for what it must not do."""

from __future__ import annotations

import filecmp
import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import demo
import shop
from playwright.sync_api import Page

_TEXT = {".html", ".css", ".js", ".json", ".svg", ".xml"}


class Host(SimpleHTTPRequestHandler):
    """Compresses what can be compressed, and answers *not found* with the site's own page."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.is_file():
            self.answer(HTTPStatus.OK, path)
        else:
            self.answer(HTTPStatus.NOT_FOUND, self.lost(path))

    def lost(self, path: Path) -> Path:
        return next((page for folder in path.parents if (page := folder / "404.html").is_file()), Path("/dev/null"))

    def answer(self, status: HTTPStatus, path: Path) -> None:
        content = path.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in _TEXT and "gzip" in self.headers.get("Accept-Encoding", ""):
            content = gzip.compress(content, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A browser that went away is no fault."""


@contextmanager
def host(folder: Path) -> Iterator[str]:
    """The folder on a host of its own; gives the host's address, without a slash at the end."""
    server = Server(("127.0.0.1", 0), partial(Host, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def watch(page: Page) -> list[str]:
    """What goes wrong from now on, and still will: errors on the console, requests that leave the site."""
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: None if local(request.url) else wrong.append(request.url))
    return wrong


def local(url: str) -> bool:
    return url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:"))


def kinds(site: Path) -> list[str]:
    """A page of every kind, by its name without `.html`: all at the top, the first of each folder, the open incident's
    and that of one that came back, and all that are hostile."""
    every = [path for path in sorted(site.rglob("*.html")) if path.name != "404.html"]
    firsts = {path.parent: path for path in reversed(every)}.values()
    return [
        path.relative_to(site).with_suffix("").as_posix()
        for path in every
        if path.parent == site or path in firsts or path.stem in (demo.OPEN, shop.AGAIN) or "hostile" in path.name
    ]


def differences(one: Path, other: Path) -> list[str]:
    """The names of what only one of two folders has, or what is not the same in both, byte for byte."""
    return _apart(filecmp.dircmp(one, other))


def _apart(pair: filecmp.dircmp[str]) -> list[str]:
    _, changed, unreadable = filecmp.cmpfiles(pair.left, pair.right, pair.common_files, shallow=False)
    below = (name for sub in pair.subdirs.values() for name in _apart(sub))
    return [*pair.left_only, *pair.right_only, *changed, *unreadable, *below]
