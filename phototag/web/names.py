"""By which names this server is called: what a Host header, and an Origin, may say."""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[0-9A-Za-z._-]+)(:[0-9]{1,5})?")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what is bound to this name or address."""
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def is_called(header: str, bound: str) -> bool:
    """Whether a Host header is one of ours; any port will do, for a tunnel may begin at another.

    A page of somebody else can make its own name lead to this machine (DNS rebinding), but then the browser says that
    name here. So names are ours only if we know them. An address is no name: it leads nowhere else.

    Args:
        header: as it was sent.
        bound: name or address that the server was bound to.
    """
    found = _HOST.fullmatch(header)
    if found is None:
        return False
    name = found[1].strip("[]").lower()
    address = _address(name)
    if is_loopback(bound):
        return is_loopback(name)
    return address is not None or name in {"localhost", bound.lower(), *_own_names()}


def is_same_origin(origin: str, header: str) -> bool:
    """Whether an Origin is a page of this server, by the Host header of the same request."""
    parts = urlsplit(origin)
    return parts.scheme in {"http", "https"} and parts.netloc.lower() == header.lower()


def _own_names() -> set[str]:
    name = socket.gethostname().lower()
    return {name, name.partition(".")[0], f"{name.partition('.')[0]}.local"}


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
