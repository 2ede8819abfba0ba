"""Metrics that code has written since a test looked last."""

from __future__ import annotations

import json

import pytest


def emitted(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, float]]:
    """(name, value) of each, in order."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    names = [(line, line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"]) for line in lines]
    return [(name, value) for line, name in names for value in line[name]]
