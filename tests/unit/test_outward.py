"""Addresses that people enter lead outward or nowhere."""

import pytest

from amends.core.errors import NetworkError, SourceUnfit
from amends.core.outward import check_outward


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/feed",
        "http://127.1/feed",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://[::1]/feed",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.8/",
        "http://192.168.1.1/",
        "http://[fe80::1%25lo]/",
        "http://localhost/feed",
    ],
)
def test_an_address_inside_this_network_is_refused(url: str) -> None:
    with pytest.raises(NetworkError):
        check_outward(url)


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "ftp://x.example/", "//x.example", "http://", "http://[::1", "http://u:p@x.example/"]
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(SourceUnfit):
        check_outward(url)
