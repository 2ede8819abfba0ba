"""The records of keys in DynamoDB, as the emulator has it, beside the same in memory."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from voicehelper.adapters.aws_call import aws_call
from voicehelper.identity.api_keys.secret import new_secret
from voicehelper.identity.api_keys.table import KeyTable
from voicehelper.identity.revocation import RevocationTable

from infra.local import emulator
from infra.local.paths import EMULATOR_PYTHON, State
from infra.local.processes import stop
from tests.support.api_keys import LIMIT, Records, record

TABLE: Final = "revoked"


@pytest.fixture(scope="module")
def dynamodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[emulator.Emulator]:
    if not EMULATOR_PYTHON.exists():
        pytest.skip("no emulator environment; `make install` makes it")
    state = State(Path(tmp_path_factory.mktemp("dynamodb")))
    state.prepare()
    running = emulator.start(state, front_door_port=3000)
    names = ("scope", "family_id")
    running.endpoint.client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[
            {"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=True)
        ],
    )
    yield running
    stop(running.process)


@pytest.fixture
def real_table(dynamodb: emulator.Emulator, monkeypatch: pytest.MonkeyPatch) -> KeyTable:
    for name, value in {**dynamodb.endpoint.environment, "AWS_ENDPOINT_URL": dynamodb.endpoint.url}.items():
        monkeypatch.setenv(name, value)
    return KeyTable(TABLE)


@pytest.fixture(params=["dynamodb", "memory"])
def table(request: pytest.FixtureRequest) -> KeyTable:
    found: KeyTable = Records().table if request.param == "memory" else request.getfixturevalue("real_table")
    return found


def test_a_record_is_found_as_it_was_published(table: KeyTable) -> None:
    text = new_secret()
    whole = record(text, scopes=("ask", "admin"), expires_at=1_900_000_000)
    table.publish("whole", whole)
    table.publish("plain", record(text))

    assert table.find("whole") == whole
    assert table.find("plain") == record(text)
    assert table.find("none") is None


def test_a_record_that_is_published_again_replaces_the_one_before(table: KeyTable) -> None:
    text = new_secret()
    table.publish("role", record(text, role="admin", expires_at=1_900_000_000))
    table.publish("role", record(text, role="reader"))

    assert table.find("role") == record(text, role="reader")


def test_a_forgotten_record_is_gone_and_stays_so(table: KeyTable) -> None:
    table.publish("gone", record(new_secret()))
    for _ in range(2):
        table.forget("gone", now=int(time.time()))
    table.note_use(uuid.uuid4(), "gone", now=900, before=600)

    assert table.find("gone") is None


def test_of_uses_within_a_time_the_first_is_noted(table: KeyTable) -> None:
    tenant = uuid.uuid4()
    for now, shown in ((1000, 1000), (1100, 1000), (1299, 1000), (1300, 1300), (1599, 1300)):
        table.note_use(tenant, "used", now=now, before=now - 299)

        assert table.last_uses(tenant) == {"used": shown}


def test_uses_are_listed_by_workspace(table: KeyTable) -> None:
    one, two = uuid.uuid4(), uuid.uuid4()
    for tenant, name in ((one, "a"), (one, "b"), (two, "c")):
        table.note_use(tenant, name, now=7, before=1)

    assert table.last_uses(one) == {"a": 7, "b": 7}
    assert table.last_uses(uuid.uuid4()) == {}


def test_failures_are_counted_by_network_and_window(table: KeyTable) -> None:
    ends = [LIMIT.window_s, 2 * LIMIT.window_s]
    counted = [table.count_failure("192.0.2.1", window=0, ends_at=ends[0]) for _ in range(3)]

    assert counted == [1, 2, 3]
    assert table.count_failure("192.0.2.1", window=1, ends_at=ends[1]) == 1
    assert table.count_failure("2001:db8::/64", window=0, ends_at=ends[0]) == 1


def test_keys_and_revocations_share_a_table_and_never_meet(real_table: KeyTable) -> None:
    family, keys, revocations = uuid.uuid4(), real_table, RevocationTable(TABLE)
    revocations.publish(family, now=int(time.time()))
    keys.publish("beside", record(new_secret()))
    keys.count_failure("192.0.2.9", window=0, ends_at=LIMIT.window_s)

    assert revocations.fetch() == {str(family)}
    assert keys.find(str(family)) is None


def test_only_keys_that_expire_leave_the_table_by_themselves(real_table: KeyTable) -> None:
    real_table.publish("ends", record(new_secret(), expires_at=1_900_000_000))
    real_table.publish("stays", record(new_secret()))

    places = {name: {"scope": {"S": "key"}, "family_id": {"S": name}} for name in ("ends", "stays")}
    items = {name: aws_call("dynamodb", "GetItem", {"TableName": TABLE, "Key": key}) for name, key in places.items()}
    assert int(items["ends"]["Item"]["expires_at"]["N"]) == 1_900_000_000
    assert "expires_at" not in items["stays"]["Item"]
