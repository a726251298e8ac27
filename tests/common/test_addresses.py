"""What may be asked: https anywhere, plain http on this machine alone; and whose an address is."""

import pytest

from etl.common.addresses import host_of, is_file_address

ADDRESS = "https://www.sbp.org.pk/assets/document/dt.xls"


@pytest.mark.parametrize(
    ("address", "may_be_asked"),
    [
        (ADDRESS, True),
        ("http://127.0.0.1:8000/dt.xls", True),
        ("http://localhost/dt.xls", True),
        ("http://[::1]:80/dt.xls", True),
        ("http://127.0.0.1.example.org/dt.xls", False),
        ("http://localhost.example.org/dt.xls", False),
        ("http://192.168.0.1/dt.xls", False),
    ],
)
def test_plain_http_is_for_this_machine_alone(address: str, may_be_asked: bool) -> None:
    assert is_file_address(address) is may_be_asked


def test_a_host_is_the_same_in_capitals_and_with_the_port_of_https() -> None:
    assert host_of("https://WWW.SBP.ORG.PK:443/dt.xls") == host_of("https://www.sbp.org.pk/dt.xls")
