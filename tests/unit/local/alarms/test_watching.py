"""What is known of alarms when the stack starts, and which addresses are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local.alarms.definitions import read
from infra.local.alarms.watching import known_states, receiver
from infra.local.processes import StackError

ALARMS = read({"Name": "n", "Stage": "prod", "ApiId": "a", "DatabaseCluster": "", "DatabaseConnections": "1"})


@pytest.mark.parametrize("text", [None, "", "[1]", "no json", "{}"])
def test_all_is_well_where_nothing_is_known(tmp_path: Path, text: str | None) -> None:
    kept = tmp_path / "alarms.json"
    if text is not None:
        kept.write_text(text)

    assert known_states(kept, ALARMS) == dict.fromkeys(ALARMS, "OK")


def test_what_fired_when_the_stack_stopped_fires_when_it_starts(tmp_path: Path) -> None:
    kept = tmp_path / "alarms.json"
    kept.write_text('{"ErrorRate": "ALARM", "Removed": "ALARM"}')

    states = known_states(kept, ALARMS)

    assert states["ErrorRate"] == "ALARM"
    assert states.keys() == ALARMS.keys()


def test_alarms_of_a_database_are_there_where_it_is_known() -> None:
    assert {"DatabaseConnectionsAlarm", "DatabaseAwake"} & ALARMS.keys() == set()


def test_a_receiver_is_the_address_of_a_webhook() -> None:
    assert [receiver(""), receiver("http://127.0.0.1:9000/x")] == ["", "http://127.0.0.1:9000/x"]
    with pytest.raises(StackError, match="ALERTS"):
        receiver("smtp://x")
