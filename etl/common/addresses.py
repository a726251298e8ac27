"""Addresses: which of them may be asked at all, and whose they are.

Here: what an address says by itself. Not here: which addresses a release has (`catalog.py`), and asking.
"""

import ipaddress
from urllib.parse import urlsplit

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Where a network without IPv4 finds it: the IPv4 address is the last 32 bits."""
_LOW_32 = 0xFFFF_FFFF


def host_of(address: str) -> str:
    """Return the host of an address, with its port where that is not the usual one of https."""
    return urlsplit(address).netloc.lower().removesuffix(":443")


def is_file_address(address: str) -> bool:
    """Whether an address may be asked: https with a path; plain http only on this machine, for
    test servers.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
        return is_safe and bool(host) and len(parts.path) > 1 and parts.username is None
    except ValueError:
        return False


def may_answer(host: str, peer: str) -> bool:
    """Whether a connection to a host may end at this IP address.

    A name leads to a public address or nowhere: one that resolves to a private or loopback address, by a
    mistake or on purpose, would make this program knock at doors inside. So do numbers in another guise
    (`2130706433`, `0x7f.1`), which only a resolver understands. An IP address written out leads to itself:
    a person wrote it into the catalogue or a setting, since nothing else may name a host.
    """
    try:
        return ipaddress.ip_address(host.strip("[]")) == ipaddress.ip_address(peer)
    except ValueError:
        return is_loopback(peer) if host == "localhost" else is_public(peer)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network; an IPv4 address inside an IPv6 one counts."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = (
            ip.ipv4_mapped
            or ip.sixtofour
            or (ipaddress.IPv4Address(int(ip) & _LOW_32) if ip in _NAT64 else None)
        )
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
