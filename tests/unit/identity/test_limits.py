"""What address limits count, and which limits a stage has; counting itself is tested against PostgreSQL."""

from __future__ import annotations

import pytest
from voicehelper.errors import TooManyRequestsError
from voicehelper.identity.limits import DEPLOYED, LOCAL, limits_of, network, refuse_if_waiting


@pytest.mark.parametrize(
    ("source_ip", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:7:8:9:a:b:c", "2001:db8:7:8::/64"),
        ("2001:db8:7:8::1", "2001:db8:7:8::/64"),
        ("2001:db8:7:9::1", "2001:db8:7:9::/64"),
        ("", ""),
        ("not an address", "not an address"),
    ],
)
def test_an_address_counts_as_the_network_of_one_customer(source_ip: str, counted: str) -> None:
    assert network(source_ip) == counted


def test_only_the_local_stage_leaves_room_for_test_suites_and_never_at_the_account() -> None:
    assert [limits_of(stage) for stage in ("dev", "staging", "prod", "local")] == [DEPLOYED] * 3 + [LOCAL]
    assert LOCAL.account == DEPLOYED.account


def test_one_user_cannot_lock_the_address_of_an_office() -> None:
    assert DEPLOYED.address.most >= 10 * DEPLOYED.account.most


def test_the_longest_wait_is_told() -> None:
    refuse_if_waiting(0, -3)
    with pytest.raises(TooManyRequestsError) as refused:
        refuse_if_waiting(4, 17)

    assert refused.value.details == {"retry_after_s": 17}
