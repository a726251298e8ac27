"""Addresses: which of them may be asked at all, and whose they are.

Here: what an address says by itself. Not here: which addresses a release has (`catalog.py`), and asking.
"""

import ipaddress
from urllib.parse import urlsplit


def host_of(address: str) -> str:
    """Give the host of an address, with its port where that is not the usual one of https."""
    return urlsplit(address).netloc.lower().removesuffix(":443")


def is_file_address(address: str) -> bool:
    """Tell whether an address may be asked: https with a path; plain http only on this machine, for
    test servers.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
        return is_safe and bool(host) and len(parts.path) > 1 and parts.username is None
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
