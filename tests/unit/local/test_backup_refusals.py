"""A backup without a stack, and what the command says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.local.backup.take import take
from infra.local.paths import State
from infra.local.processes import StackError


def test_without_a_stack_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="not running"):
        take(State(tmp_path / "state"), tmp_path / "one.backup")

    assert list(tmp_path.iterdir()) == []


def test_a_stack_that_has_ended_is_said_to_have(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    state.prepare()
    facts = {"endpoint_url": "http://127.0.0.1:1", "secret_access_key": "x", "access_key_id": "0" * 12}
    state.facts.write_text(json.dumps(facts | {"dsn": "postgresql://127.0.0.1:1/x"}))

    with pytest.raises(StackError, match="make run"):
        take(state, tmp_path / "one.backup")
