"""Runs a function as in the deployed network: AWS's runtime client, with the way out that the network has.

Entry: as a program, by a function's bootstrap, with the handler's name. The product calls services at their real hosts,
as on AWS; the ones the network reaches lead to the emulator, others fail at once instead of after a time-out. S3 keeps
the emulator's address, because it is part of what browsers are given.
"""

from __future__ import annotations

import errno
import http.client
import os
import socket
import sys
from typing import Any, Final
from urllib.parse import urlsplit


def enter_network(emulator_url: str, hosts: frozenset[str]) -> None:
    """From here on this process reaches these hosts, IPv6 and itself, and nothing else."""
    os.environ.pop("AWS_ENDPOINT_URL", None)
    os.environ["AWS_ENDPOINT_URL_S3"] = emulator_url
    emulator: Final = urlsplit(emulator_url).netloc

    class ToEmulator(http.client.HTTPConnection):
        def __init__(self, host: str, *, timeout: float, **_of_tls: object) -> None:
            super().__init__(emulator, timeout=timeout)
            self._wanted = host

        def connect(self) -> None:
            if self._wanted not in hosts:
                raise _unreachable(self._wanted)
            super().connect()

    setattr(http.client, "HTTPSConnection", ToEmulator)  # noqa: B010 - a type checker refuses another class
    setattr(socket, "getaddrinfo", _without_ipv4(socket.getaddrinfo))  # noqa: B010


def _without_ipv4(look_up: Any) -> Any:
    def getaddrinfo(host: Any, *rest: Any, **more: Any) -> list[Any]:
        found = [entry for entry in look_up(host, *rest, **more) if _has_a_way(entry)]
        if not found:
            raise _unreachable(host)
        return found

    return getaddrinfo


def _has_a_way(entry: tuple[Any, ...]) -> bool:
    return entry[0] != socket.AF_INET or str(entry[4][0]).startswith("127.")


def _unreachable(host: object) -> OSError:
    return OSError(errno.ENETUNREACH, f"the deployed network has no way to {host}")


def main() -> None:
    enter_network(os.environ["AWS_ENDPOINT_URL"], frozenset(os.environ["REACHABLE_HOSTS"].split()))
    from awslambdaric.__main__ import main as run

    run(sys.argv)


if __name__ == "__main__":
    main()
