"""The network: who can be reached, whether this machine's clock is right, whether EasyData takes the key.

Here: the few short questions that the doctor asks, one a host and one call of EasyData's. Not here: asking
for releases.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from etl.addresses import host_of
from etl.connecting import GuardedAdapter
from etl.doctoring.checks import Case, Check, Finding
from etl.easydata.connection import Connection, NoAnswerError, Patience
from etl.easydata.key import HOW_TO_GET_ONE, VARIABLE
from etl.easydata.pulling import dataset_address
from etl.easydata.quota import Quota
from etl.politeness import Hosts
from etl.session import Session

_SECONDS = 8.0
_MOST_SKEW_SECONDS = 300
"""Dates of publication and of fetches are in days; what a clock is wrong by is seen in logs first."""


def hosts(case: Case) -> Iterator[Finding]:
    """Connect to each host that releases and the index are asked of."""
    if case.is_offline:
        yield Finding("ok", "not looked at (--offline)")
        return
    addresses = [a for release in case.catalog.file_releases for a in release.rules[0].addresses]
    by_host = {host_of(address): address for address in (*case.catalog.index_addresses, *addresses)}
    asked = Hosts(polite_seconds=0.0, probe_seconds=_SECONDS, clock=time.monotonic, sleep=time.sleep)
    asked.probe(by_host.values())
    for host in by_host:
        if (reason := asked.why_left_alone(host)) is not None:
            to_do = "see to network and proxy (HTTPS_PROXY); `etl add` takes files of a browser meanwhile"
            yield Finding("warning", reason, to_do)
        else:
            yield Finding("ok", f"{host} can be reached")


def clock(case: Case) -> Iterator[Finding]:
    """Compare this machine's clock with the date of an answer of SBP's."""
    if case.is_offline:
        yield Finding("ok", "not looked at (--offline)")
        return
    address = case.catalog.get("trade_in_services").rules[0].addresses[0]
    theirs = _date_at(address)
    if theirs is None:
        yield Finding("warning", f"{host_of(address)} gave no date to compare the clock with")
        return
    skew = (datetime.now(UTC) - theirs).total_seconds()
    words = f"the clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} {host_of(address)}"
    if abs(skew) > _MOST_SKEW_SECONDS:
        yield Finding("wrong", words, "set the clock by NTP: dates of fetches and due days rest on it")
    else:
        yield Finding("ok", words)


def key(case: Case) -> Iterator[Finding]:
    """Ask EasyData one thing with the key."""
    easydata_key = case.settings.easydata_key
    release = next((r for r in case.catalog.file_releases if r.easydata is not None), None)
    if easydata_key is None or release is None:
        to_do = f"get a key {HOW_TO_GET_ONE}"
        yield Finding("warning", f"{VARIABLE} is not set: EasyData is not asked", to_do)
        return
    if case.is_offline:
        yield Finding("ok", f"{VARIABLE} is set; whether it is valid was not asked (--offline)")
        return
    if Quota(case.settings.easydata).take() is not None:
        yield Finding("ok", f"{VARIABLE} is set; the calls of this hour are used up, so it was not asked")
        return
    address = dataset_address(release)
    patience = Patience(connect_seconds=_SECONDS, read_seconds=_SECONDS, attempts=1)
    connection = Connection(easydata_key, polite_seconds=0.0, patience=patience)
    try:
        connection.ask(address, {"format": "json"}, lambda: None)
    except NoAnswerError as error:
        yield Finding("wrong" if error.is_of_key else "warning", error.reason)
    else:
        yield Finding("ok", f"EasyData takes the key in {VARIABLE}")
    finally:
        connection.close()


def _date_at(address: str) -> datetime | None:
    """Give the date that a host says it is; None where it says nothing in time."""
    try:
        with Session(GuardedAdapter(_SECONDS)) as session:
            answer = session.head(address, timeout=_SECONDS, allow_redirects=False)
            return parsedate_to_datetime(answer.headers["Date"])
    except (requests.RequestException, KeyError, ValueError):
        return None


CHECKS = (Check("hosts", hosts), Check("clock", clock), Check("EasyData key", key))
