"""Which addresses belong to the public internet: ``is_public``, for URLs that users, models and documents name.

Sources: the special-purpose registries of IANA for IPv4 and IPv6, and the metadata services of cloud providers.
"""

from __future__ import annotations

import ipaddress
from typing import Final

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Not of the internet, whatever the version of Python calls global.
_REFUSED: Final[tuple[_Network, ...]] = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
        "168.63.129.16/32",  # Azure's host
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)
_IPV6_INTERNET: Final = ipaddress.ip_network("2000::/3")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """False for what is no address, and for one that belongs to a machine, a site, a provider or nobody.

    IPv6 forms that hold an IPv4 address are judged by that; of those, 6to4 and Teredo are refused.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return not getattr(parsed, "scope_id", None) and _is_global(_inner(parsed))


def _inner(address: _Address) -> _Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address


def _is_global(address: _Address) -> bool:
    if address.version == 6 and address not in _IPV6_INTERNET:
        return False
    is_refused = any(address in network for network in _REFUSED if network.version == address.version)
    return not is_refused and address.is_global and not address.is_multicast
