"""Where a webhook may be sent, as its maker names it."""

from __future__ import annotations

import pytest
from voicehelper.webhooks.addresses import Reach, WebhookUrlRefusedError, require_allowed

DEPLOYED, LOCAL = Reach(), Reach(this_machine=True)


@pytest.mark.parametrize(
    "url",
    ["https://example.com", "https://example.com:8443/a?b=c", "https://93.184.215.14/", "https://[2606:2800:21f::1]/x"],
)
def test_public_https_addresses_are_allowed_everywhere(url: str) -> None:
    require_allowed(url, DEPLOYED)
    require_allowed(url, LOCAL)


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com/", "ftp://example.com/", "//example.com/", "example.com", "https:///x", "https://"),
        *("https://127.0.0.1/", "https://localhost/", "https://a.localhost/", "https://intranet/", "https://[::1]/"),
        *("https://10.0.0.1/", "https://169.254.169.254/latest", "https://[::ffff:10.0.0.7]/", "https://0.0.0.0/"),
        *("https://me:secret@example.com/", "https://example.com:22/", "https://example.com:99999/"),
        *("https://example.com/a b", "https://example.com\\@10.0.0.1/", "https://exämple.com/", "https://[x/"),
        "https://example.com/\n",
    ],
)
def test_other_addresses_are_refused_on_aws(url: str) -> None:
    with pytest.raises(WebhookUrlRefusedError):
        require_allowed(url, DEPLOYED)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/hook", "http://localhost:9000/", "https://[::1]:9000/"])
def test_a_developer_receives_on_the_same_machine(url: str) -> None:
    require_allowed(url, LOCAL)


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://169.254.169.254/", "http://192.168.1.2:8080/"])
def test_other_machines_of_the_network_are_refused_there_too(url: str) -> None:
    with pytest.raises(WebhookUrlRefusedError):
        require_allowed(url, LOCAL)


def test_connections_are_made_to_public_addresses_and_locally_to_this_machine() -> None:
    assert [DEPLOYED.allows(address) for address in ("93.184.215.14", "127.0.0.1", "10.0.0.1", "x")] == [
        *(True, False, False, False)
    ]
    assert [LOCAL.allows(address) for address in ("93.184.215.14", "127.0.0.1", "10.0.0.1", "x")] == [
        *(True, True, False, False)
    ]
