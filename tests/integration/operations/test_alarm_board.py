"""What is known of alarms, in DynamoDB as the emulator has it, beside the same in memory."""

from __future__ import annotations

import json

import pytest
from voicehelper.operations.alarms.board import Board as DynamoBoard
from voicehelper.operations.alarms.changes import StateChange, read_change
from voicehelper.operations.alarms.routing import Board

from infra.local.endpoint import Endpoint
from tests.support.alarm_board import MemoryBoard, published

START, TABLE = 1_900_000_000, "alarms"  # not over yet: the table drops what has expired


@pytest.fixture
def real_board(aws: Endpoint, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Board:
    for name, value in {**aws.environment, "AWS_ENDPOINT_URL": aws.url}.items():
        monkeypatch.setenv(name, value)
    table = f"{TABLE}-{request.node.name.partition('[')[0]}"
    keys = {"scope": "HASH", "family_id": "RANGE"}
    aws.client("dynamodb").create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
        BillingMode="PAY_PER_REQUEST",
    )
    return DynamoBoard(table)


@pytest.fixture(params=["memory", "dynamodb"])
def board(request: pytest.FixtureRequest) -> Board:
    found: Board = MemoryBoard() if request.param == "memory" else request.getfixturevalue("real_board")
    return found


def change(after: int, state: str = "ALARM") -> StateChange:
    return read_change(json.loads(published("ErrorRate", START + after, state=state)))


def test_a_state_is_recorded_once_and_never_an_older_one(board: Board) -> None:
    assert board.record(change(10))
    assert not board.record(change(10))
    assert not board.record(change(5, "OK"))

    [alarm] = board.groups()["warning"].alarms
    assert (alarm.change, alarm.is_told_firing, alarm.is_news) == (change(10), False, True)
    assert board.groups()["critical"].alarms == ()


def test_what_was_told_outlives_the_next_state(board: Board) -> None:
    board.record(change(10))
    [alarm] = board.groups()["warning"].alarms
    board.note_told(alarm, now_ms=(START + 40) * 1000)
    board.record(change(50, "OK"))

    [ended] = board.groups()["warning"].alarms

    assert (ended.change.is_firing, ended.is_told_firing, ended.is_news) == (False, True, True)


def test_an_older_note_does_not_replace_a_newer_one(board: Board) -> None:
    board.record(change(10))
    [firing] = board.groups()["warning"].alarms
    board.record(change(20, "OK"))
    [ended] = board.groups()["warning"].alarms

    board.note_told(ended, now_ms=(START + 40) * 1000)
    board.note_told(firing, now_ms=(START + 30) * 1000)

    assert [alarm.is_told_firing for alarm in board.groups()["warning"].alarms] == [False]


def test_one_at_a_time_tells_a_group(board: Board) -> None:
    now = START * 1000
    group = board.groups()["warning"]

    assert board.claim(group, "one", now_ms=now, until_ms=now + 60_000)
    assert not board.claim(group, "two", now_ms=now + 1, until_ms=now + 60_000)
    assert board.claim(group, "one", now_ms=now + 1, until_ms=now + 60_000), "it was killed and repeated"
    assert board.claim(group, "two", now_ms=now + 60_001, until_ms=now + 90_000), "the first one is gone"


def test_who_has_read_the_group_before_the_last_notice_reads_it_again(board: Board) -> None:
    now, stale = START * 1000, board.groups()["warning"]
    board.claim(stale, "one", now_ms=now, until_ms=now + 60_000)
    board.release(stale, "one", told_ms=now + 10)

    assert board.groups()["warning"].told_ms == now + 10
    assert not board.claim(stale, "two", now_ms=now + 20, until_ms=now + 60_000)
    assert board.claim(board.groups()["warning"], "two", now_ms=now + 20, until_ms=now + 60_000)


def test_a_claim_that_is_another_s_by_now_is_not_released(board: Board) -> None:
    now, group = START * 1000, board.groups()["warning"]
    board.claim(group, "one", now_ms=now, until_ms=now + 1)
    board.claim(group, "two", now_ms=now + 10, until_ms=now + 60_000)

    board.release(group, "one", told_ms=now + 20)

    assert board.groups()["warning"].told_ms == 0
    assert not board.claim(group, "three", now_ms=now + 30, until_ms=now + 60_000)
