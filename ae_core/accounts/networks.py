"""Where somebody asks from, as limits count it: an IPv4 address, or the network of an IPv6 one."""

from __future__ import annotations

import ipaddress

from ae_core.accounts import cookies

HEADER = "ae-network"
"""The header in which the server tells pages the mark; one that comes from outside is dropped."""

IPV6_PREFIX = 64
"""One customer has a network of that many bits, and may choose any address in it."""


def plain(address: str) -> str:
    """An address as IPv4 where it is one that came over an IPv6 socket."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)


def network_of(address: str) -> str:
    """What everybody behind this address has in common; empty where it is no address."""
    try:
        parsed = ipaddress.ip_address(plain(address).partition("%")[0])
    except ValueError:
        return ""
    bits = IPV6_PREFIX if parsed.version == 6 else parsed.max_prefixlen
    return str(ipaddress.ip_network((parsed, bits), strict=False))


def mark_of(address: str) -> str:
    """A mark of the network: always the same, and no address can be told from it."""
    network = network_of(address)
    return cookies.digest(network) if network else ""
