"""A lesson's file from an address that a teacher gives: HTTPS, of the public internet, and small.

The address is resolved once, every answer has to be public, and the connection goes to what was
checked: a name that changes its mind meanwhile leads nowhere else. No redirect is followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

from ae_core.errors import UserError
from ae_core.lessons.reading import MOST_BYTES
from ae_core.texts import Text, _

SECONDS = 5.0
LONGEST = 500


def fetched(address: str) -> bytes:
    """The file at an address.

    Raises:
        UserError: it is no address of the public internet, or gives no small file.
    """
    host, port = _host(address)
    place = _public(host, port)
    path = urlsplit(address)._replace(scheme="", netloc="", fragment="").geturl() or "/"
    connection = _Pinned(host, port, place)
    try:
        connection.request("GET", path, headers={"User-Agent": "latent-space-explorer"})
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise UserError(_refused(address, _("it answers with {status}", status=answer.status)))
        return answer.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException, ValueError) as failure:
        raise UserError(_refused(address, _("nothing answers"))) from failure
    finally:
        connection.close()


def _host(address: str) -> tuple[str, int]:
    plain = len(address) <= LONGEST and address.isascii() and address.isprintable()
    try:
        parts = urlsplit(address if plain and " " not in address else "")
        host, port = parts.hostname, parts.port or 443
    except ValueError:
        host, port = None, 443
    if not host or parts.scheme != "https" or parts.username:
        raise UserError(_refused(address, _("an address begins with https://")))
    return host, port


def _public(host: str, port: int) -> str:
    """An address of the host, where all are public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as failure:
        raise UserError(_refused(host, _("there is no such host"))) from failure
    places = [str(each[4][0]) for each in found]
    if not places or not all(_is_public(place) for place in places):
        raise UserError(_refused(host, _("it is not on the public internet")))
    return places[0]


def _is_public(place: str) -> bool:
    address = ipaddress.ip_address(place.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    return address.is_global and inner.is_global and not address.is_multicast


class _Pinned(http.client.HTTPSConnection):
    """A connection to the address that was checked, whose certificate is that of the host."""

    def __init__(self, host: str, port: int, place: str) -> None:
        self.checked = ssl.create_default_context()
        super().__init__(host, port, timeout=SECONDS, context=self.checked)
        self.place = place

    def connect(self) -> None:
        plain = socket.create_connection((self.place, self.port), SECONDS)
        self.sock = self.checked.wrap_socket(plain, server_hostname=self.host)


def _refused(address: str, why: Text) -> Text:
    return _("No lesson comes from {address}: {why}.", address=address[:80], why=why)
