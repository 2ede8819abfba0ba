"""Connections from the address of a bridge to the loopback. 127.0.0.2 stands for the bridge, which Linux alone has."""

from __future__ import annotations

import asyncio
import sys
from ipaddress import IPv4Address, IPv4Network

import pytest

from infra.local.bridge import Bridge
from infra.local.processes import StackError, free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no second loopback address")

ADDRESS = IPv4Address("127.0.0.2")
CONTAINERS = Bridge(ADDRESS, IPv4Network("127.0.0.0/8"))


async def _ask(bridge: Bridge) -> bytes:
    """What a caller of the bridge's address reads from a service of the loopback that answers in capitals."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read(100)).upper())
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with bridge.opened([port]):
            reader, writer = await asyncio.open_connection(str(ADDRESS), port)
            writer.write(b"hello")
            answer = await asyncio.wait_for(reader.read(100), 10)
            writer.close()
            return answer


def test_a_container_reaches_the_same_port_of_the_loopback() -> None:
    assert asyncio.run(_ask(CONTAINERS)) == b"HELLO"


def test_a_caller_from_another_network_is_turned_away() -> None:
    try:
        answer = asyncio.run(_ask(Bridge(ADDRESS, IPv4Network("172.17.0.0/16"))))
    except ConnectionError:
        answer = b""

    assert answer == b""


def test_a_second_bridge_says_that_one_is_open() -> None:
    async def open_twice() -> None:
        port = free_port()
        async with CONTAINERS.opened([port]), CONTAINERS.opened([port]):
            pass

    with pytest.raises(StackError, match="another `make sam-local`"):
        asyncio.run(open_twice())


def test_an_address_that_this_machine_does_not_have_is_named() -> None:
    async def open_elsewhere() -> None:
        async with Bridge(IPv4Address("192.0.2.1"), IPv4Network("192.0.2.0/24")).opened([free_port()]):
            pass

    with pytest.raises(StackError, match=r"192\.0\.2\.1 is not on this machine"):
        asyncio.run(open_elsewhere())
