from __future__ import annotations

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.identity.api_keys.reader import MAX_AGE_S, USE_NOTED_EVERY_S
from voicehelper.identity.api_keys.secret import new_secret

from tests.support.api_keys import HOME, LIMIT, OFFICE, Machine, record


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_key_names_its_maker_the_workspace_and_its_scopes(machine: Machine) -> None:
    context = machine.call()

    assert context["user_id"] == "00000000-0000-0000-0000-000000000001"
    assert context["tenant_id"] == "00000000-0000-0000-0000-000000000002"
    assert context["key_id"] == "00000000-0000-0000-0000-000000000007"
    assert (context["roles"], context["scopes"]) == ("editor", "ask")


def test_another_secret_under_a_known_prefix_opens_nothing(machine: Machine) -> None:
    machine.records.records[machine.prefix] = record(new_secret())

    assert machine.call() == {}


def test_a_record_is_read_once_in_its_time(machine: Machine) -> None:
    for _ in range(5):
        machine.call()
    machine.clock.now += MAX_AGE_S
    machine.call()

    assert machine.records.calls.count("find") == 2


def test_that_there_is_no_such_key_is_remembered_as_well(machine: Machine) -> None:
    stranger = new_secret()
    for _ in range(3):
        assert machine.call(stranger) == {}

    assert machine.records.calls.count("find") == 1


def test_what_is_no_key_is_looked_up_nowhere_but_counts(machine: Machine) -> None:
    assert machine.call("vh_typo") == {}

    assert machine.records.calls == ["count_failure"]


def test_a_revoked_key_ends_in_every_process_within_the_age_of_a_record(machine: Machine) -> None:
    other = machine.another_process()
    assert machine.call()
    machine.records.forget(machine.prefix, now=1)

    assert other.context(machine.text, network=OFFICE) == {}
    machine.clock.now += MAX_AGE_S
    assert machine.call() == {}
    assert MAX_AGE_S <= 60


def test_a_changed_role_acts_within_the_age_of_a_record(machine: Machine) -> None:
    machine.call()
    machine.records.publish(machine.prefix, record(machine.text, role="reader"))
    machine.clock.now += MAX_AGE_S

    assert machine.call()["roles"] == "reader"


def test_a_key_ends_at_its_time_even_while_its_record_is_remembered(machine: Machine) -> None:
    machine.publish(expires_at=int(machine.clock.now) + 5)
    assert machine.call()
    machine.clock.now += 5

    assert machine.call() == {}


def test_a_use_is_noted_once_in_five_minutes_by_all_processes(machine: Machine) -> None:
    other = machine.another_process()
    for _ in range(3):
        machine.call()
        other.context(machine.text, network=OFFICE)
    first = machine.used_at()
    machine.clock.now += USE_NOTED_EVERY_S - 1
    machine.call()
    same = machine.used_at()
    machine.clock.now += 1
    machine.call()

    assert first == same == int(machine.clock.now) - USE_NOTED_EVERY_S
    assert machine.used_at() == int(machine.clock.now)


def test_a_use_that_cannot_be_noted_is_none_the_worse(machine: Machine) -> None:
    machine.records.down = ["note_use"]

    assert machine.call()["key_id"]


def test_too_many_wrong_keys_of_a_network_are_told_to_wait_until_its_window_ends(machine: Machine) -> None:
    machine.clock.now += 100
    answers = [machine.call(new_secret()) for _ in range(LIMIT.most + 2)]

    assert answers == [{}] * LIMIT.most + [{"retry_after_s": "800"}] * 2
    machine.clock.now += 800
    assert machine.call(new_secret()) == {}


def test_other_networks_and_right_keys_go_on_while_one_is_told_to_wait(machine: Machine) -> None:
    for _ in range(LIMIT.most + 1):
        machine.call(new_secret())

    assert machine.call(new_secret(), HOME) == {}
    assert machine.call()["key_id"]


def test_beyond_the_limit_a_process_counts_no_more(machine: Machine) -> None:
    for _ in range(LIMIT.most + 20):
        machine.call("vh_typo")

    assert machine.records.calls.count("count_failure") == LIMIT.most + 1


def test_processes_count_together(machine: Machine) -> None:
    processes = [machine.another_process() for _ in range(LIMIT.most + 1)]
    answers = [process.context(new_secret(), network=OFFICE) for process in processes]

    assert answers[:-1] == [{}] * LIMIT.most
    assert "retry_after_s" in answers[-1]


@pytest.mark.parametrize(("text", "operation"), [("", "find"), ("vh_typo", "count_failure")])
def test_a_table_that_is_away_lets_nobody_in(machine: Machine, text: str, operation: str) -> None:
    machine.records.down = [operation]

    with pytest.raises(UpstreamUnavailableError):
        machine.call(text)


def test_what_is_remembered_is_bounded(machine: Machine) -> None:
    for number in range(1500):
        machine.call(new_secret(), f"198.51.{number % 250}.{number // 250}")
    machine.call()
    machine.call()

    assert machine.records.calls.count("find") == 1501
