"""The address at which others on the network reach the app that a teacher has open."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress
from urllib.parse import urlsplit

import streamlit as st

ELSEWHERE = ("192.0.2.1", "2001:db8::1")
"""Addresses of nobody (RFC 5737, RFC 3849): asking for the way there sends nothing."""

EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - compared, not listened on


def of_this_visit() -> str:
    """The address of the app as the visitor has it; where that is of their machine alone, and the
    app listens on the network, with the machine's own address on it.
    """
    url = urlsplit(st.context.url or "http://localhost")
    path = url.path.removesuffix("/").removesuffix("/classroom")
    here = f"{url.scheme}://{url.netloc}{path}"
    listens = str(st.get_option("server.address") or "")
    own = addresses()
    if is_this_machine(here) and listens in EVERYWHERE and own:
        return f"{url.scheme}://{named(own[0])}:{url.port or 80}{path}"
    return here


def is_this_machine(address: str) -> bool:
    """Whether an address leads to the machine of whoever opens it."""
    host = urlsplit(address).hostname or ""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def addresses() -> list[str]:
    """The machine's own addresses on its networks, the one that leads outside first."""
    found: dict[str, None] = {}
    for elsewhere in ELSEWHERE:
        family = socket.AF_INET6 if ":" in elsewhere else socket.AF_INET
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((elsewhere, 9))
            found[probe.getsockname()[0]] = None
    with suppress(OSError):
        for *_, place in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            found[str(place[0])] = None
    return [each for each in found if not ipaddress.ip_address(each.partition("%")[0]).is_loopback]


def named(host: str) -> str:
    """A host as an address names it."""
    return f"[{host}]" if ":" in host else host
