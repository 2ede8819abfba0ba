"""Certificates made for a test, and TLS before a server that is built without it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

Before = Callable[[socket.socket], object]


class Authority:
    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "ca.pem"
        folder.mkdir()
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Made authority",
                      "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                      "-keyout", "ca.key", "-out", "ca.pem")  # fmt: skip

    def certify(self, name: str) -> Path:
        """A file with the key and the certificate of a server of this name."""
        (self.folder / "names").write_text(f"subjectAltName=DNS:{name}")
        self._openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", "key", "-out", "csr")
        self._openssl("x509", "-req", "-in", "csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                      "2", "-extfile", "names", "-out", "certificate")  # fmt: skip
        both = self.folder / f"{name}.pem"
        both.write_bytes((self.folder / "key").read_bytes() + (self.folder / "certificate").read_bytes())
        return both

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


@contextlib.contextmanager
def serve_tls(context: ssl.SSLContext, upstream: tuple[str, int], before: Before = lambda _: None) -> Iterator[int]:
    """The port of a listener that hands on what it decrypts; ``before`` is what a protocol says ahead of TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_listen, args=(listener, context, upstream, before), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _listen(listener: socket.socket, context: ssl.SSLContext, upstream: tuple[str, int], before: Before) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_hand_on, args=(client, context, upstream, before), daemon=True).start()


def _hand_on(client: socket.socket, context: ssl.SSLContext, upstream: tuple[str, int], before: Before) -> None:
    try:
        before(client)
        with context.wrap_socket(client, server_side=True) as inside, socket.create_connection(upstream) as server:
            threading.Thread(target=copy, args=(server, inside), daemon=True).start()
            copy(inside, server)
    except OSError:
        client.close()


def copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return
