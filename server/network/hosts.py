"""By which names a browser may reach the app.

A page elsewhere can give its own name our address, and is then the same site for the browser. An
address has no such name, and neither has this machine itself; other names are set in `AE_HOSTS`.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

from ae_core.settings import HOSTS
from ae_core.texts import N_, _

UNKNOWN = N_(
    "This app does not know the name {host} and answers by no name that nobody has told it."
    " Whoever runs it sets AE_HOSTS={host}."
)

ANY = "*"


def is_known(host: str) -> bool:
    """Whether a `Host` is ours; who sends none is no browser."""
    return not host or _is_known(host, HOSTS.value)


@lru_cache(maxsize=1024)
def _is_known(host: str, hosts: str) -> bool:
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost") or _is_address(name):
        return True
    known = [each.strip().lower().rstrip(".") for each in hosts.split(",")]
    return any(
        name == each or each == ANY or (each.startswith("*.") and name.endswith(each[1:]))
        for each in known
        if each
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def refusal(host: str) -> str:
    """What is answered to who asks for another name."""
    return _(UNKNOWN, host="".join(c for c in host if c.isalnum() or c in ".-:")[:100])
