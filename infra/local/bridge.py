"""Hands connections of containers on to this machine's loopback, where Docker Engine on Linux does not lead them.

Its containers reach this machine under the address of Docker's bridge alone, and the database and the emulator listen
on 127.0.0.1. Entry: ``Bridge``, for ``sam_local``. Callers from outside the bridge's network are turned away: a machine
of the local network that knows the address could reach it, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address

from infra.local.processes import StackError
from infra.local.sleeping import connect_through


@dataclass(frozen=True, slots=True)
class Bridge:
    address: IPv4Address  # this machine's, among the containers
    network: IPv4Network

    @contextlib.asynccontextmanager
    async def opened(self, ports: Iterable[int]) -> AsyncIterator[None]:
        """Listen on these ports of the bridge, for the same ones of the loopback. Raises StackError."""
        async with contextlib.AsyncExitStack() as servers:
            for port in ports:
                await servers.enter_async_context(await self._listen(port))
            yield

    async def _listen(self, port: int) -> asyncio.Server:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.closing(writer), contextlib.suppress(OSError):
                if self._is_container(writer):
                    await connect_through(reader, writer, ("127.0.0.1", port))

        try:
            return await asyncio.start_server(serve, str(self.address), port)
        except OSError as error:
            raise StackError(self._reason(error, port)) from error

    def _is_container(self, writer: asyncio.StreamWriter) -> bool:
        return ip_address(writer.get_extra_info("peername")[0]) in self.network

    def _reason(self, error: OSError, port: int) -> str:
        if error.errno == errno.EADDRINUSE:
            return f"Port {port} of {self.address} is in use: another `make sam-local` runs. Ctrl-C ends it."
        return f"Docker's bridge {self.address} is not on this machine ({error.strerror}): containers cannot reach it."
