"""Who is answered: a request for one of the server's own host names that no foreign web page has sent.

A page of any web site can make a browser send requests to this machine, by a name of its own that it lets point here (DNS rebinding), by
forms and by images. Such requests tell themselves by their Host, Origin and Sec-Fetch-Site headers, which no page can change.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from truto_tickets_nb.sandbox.wire.responses import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOPBACK = "127.0.0.1"
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(\d{1,5}))?", re.ASCII)
_HIGHEST_PORT = 65_535
_FOREIGN_SITES = ("cross-site", "same-site")  # another port of this machine is another site's page too


@dataclass(frozen=True, slots=True)
class Hosts:
    """The host names that the server answers to: those of loopback and the one it was bound to.

    >>> Hosts().answers_to("localhost:8000"), Hosts().answers_to("rebound.example"), Hosts("0.0.0.0").answers_to("192.168.0.7")
    (True, False, True)
    """

    bound: str = LOOPBACK

    def answers_to(self, host: str) -> bool:
        """Return whether a Host header names this server; the port may be that of a tunnel."""
        match = _HOST.fullmatch(host)
        if match is None or int(match[2] or 0) > _HIGHEST_PORT:
            return False
        name = match[1].lower()
        return name in (*_NAMES, in_url(self.bound).lower()) or (is_wildcard(self.bound) and _is_address(name))

    def check(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Refuse a request for another host name, or from a page of another origin."""
        texts = [(name, value.decode("latin-1")) for name, value in headers]
        hosts = [value for name, value in texts if name == b"host"]
        if len(hosts) != 1 or not self.answers_to(hosts[0]):
            raise Refusal(421, f"The practice server answers to its own host names only: {', '.join(_NAMES)}")
        own = f"http://{hosts[0]}".lower()
        if any(name == b"origin" and value.lower() != own for name, value in texts):
            raise Refusal(403, "The practice server answers to no web page of another origin")
        if any(name == b"sec-fetch-site" and value.lower() in _FOREIGN_SITES for name, value in texts):
            raise Refusal(403, "The practice server answers to no web page of another site")


def in_url(address: str) -> str:
    """Write an address as URLs have it: one of IPv6 in brackets."""
    return f"[{address}]" if ":" in address else address


def is_loopback(address: str) -> bool:
    """Return whether only this machine reaches an address."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def is_wildcard(address: str) -> bool:
    """Return an address that stands for all of the machine's own."""
    try:
        return ipaddress.ip_address(address).is_unspecified
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    """Return whether it is a bare address: no web site can let one point elsewhere."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
