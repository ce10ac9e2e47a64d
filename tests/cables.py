"""What lies between a checkout and its server, to be cut."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Callable, Iterator


class Cable:
    """What lies between one checkout and the server. While it is cut nobody gets through.

    Args:
        port: of the server.
        listen: told what the client sends; when it says so the server gets it, and the client no answer.
    """

    def __init__(self, port: int, listen: Callable[[bytes], bool] | None = None) -> None:
        self._server, self._listen = port, listen
        self._cut = threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """Nobody gets through, and who was through is dropped."""
        self._cut.set()

    def mend(self) -> None:
        """As before."""
        self._cut.clear()

    def close(self) -> None:
        """Takes it away."""
        self.cut()
        self._door.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._door.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with _hung_up(client), socket.create_connection(("127.0.0.1", self._server)) as server, _hung_up(server):
            watch = selectors.DefaultSelector()
            watch.register(client, selectors.EVENT_READ, server)
            watch.register(server, selectors.EVENT_READ, client)
            while not self._cut.is_set():
                for key, _ in watch.select(0.05):
                    data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not data:
                        return
                    key.data.sendall(data)
                    if key.fileobj is client and self._listen and self._listen(data):
                        server.recv(65536)  # the answer: it is done, and nobody hears of it
                        return


@contextlib.contextmanager
def _hung_up(end: socket.socket) -> Iterator[None]:
    """Ends a connection for good, also where a process that was forked meanwhile holds a copy of it."""
    with contextlib.suppress(OSError), end:
        try:
            yield
        finally:
            end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def cable(port: int, listen: Callable[[bytes], bool] | None = None) -> Iterator[Cable]:
    """A cable to the server, taken away afterwards."""
    laid = Cable(port, listen)
    try:
        yield laid
    finally:
        laid.close()
