"""What is asked of the network: the questions, as `outcomes.py` has what they come to.

Here: the values; what must be true of an answer, and how long is waited for it. Not here: the asking
(`fetching.py`) and the judging (`believing.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from etl.addresses import host_of
from etl.catalog import Release
from etl.outcomes import Seen
from etl.reading.formats import Found


@dataclass(frozen=True)
class Limits:
    """How long is waited and how often is tried."""

    probe_seconds: float = 4.0
    """To connect to all hosts, once, at the start: so soon is known that SBP is out of reach. Two hosts
    that let only the probe through take `connect_seconds` more each."""
    connect_seconds: float = 2.5
    """To connect and to agree on TLS."""
    read_seconds: float = 20.0
    """Silence after which an answer is given up."""
    answer_seconds: float = 120.0
    """For a whole answer, headers included: one byte a second is no silence and would never end."""
    host_seconds: float = 600.0
    """That failed questions to one host may take in one run: where every address costs minutes, the night
    would not do for all."""
    attempts: int = 3
    """Requests for one address where the next one may bring more than the last."""
    redirects: int = 5
    retry_after_seconds: float = 60.0
    """The longest wait that a server may ask for."""


@dataclass(frozen=True)
class Wanted:
    """What an answer must be to be believed, and what a person is told where it is not."""

    id: str
    """A release's, or the name under which the log has what is no release (an index, a listing)."""
    formats: tuple[Found, ...]
    min_bytes: int
    max_bytes: int
    if_absent: str
    """What to do where the address has no such file."""
    if_larger: str
    """What to do where the file is larger than it may be."""

    @classmethod
    def of(cls, release: Release) -> Self:
        """Give what a release's entry in the catalogue asks for."""
        rules, _, _ = release.rules
        entry = f"etl/releases/{release.id}.toml"
        return cls(
            id=release.id,
            formats=rules.formats,
            min_bytes=rules.min_bytes,
            max_bytes=rules.max_bytes,
            if_absent="look up where SBP publishes the file now and put that address first in "
            f"`fetch.addresses` of {entry}",
            if_larger=f"if it has grown, raise `fetch.max_bytes` of {entry}",
        )


@dataclass(frozen=True)
class Question:
    """One address, to be asked for one thing."""

    wanted: Wanted
    address: str
    hosts: frozenset[str] = field(default_factory=frozenset)
    """Hosts that a redirect may lead to besides the address's own."""
    seen: Seen | None = None
    """What the archive last had from the address: asked is then only for something else."""
    attempts: int | None = None
    """Requests that it is worth at most; None where the fetcher's limit does."""

    def may_lead_to(self, address: str) -> bool:
        """Tell whether a redirect may lead to the host of this address."""
        return host_of(address) in self.hosts | {host_of(self.address)}


def hosts(names: Iterable[str]) -> frozenset[str]:
    """Give hosts in the spelling in which they are compared."""
    return frozenset(host_of(f"https://{name}") for name in names)
