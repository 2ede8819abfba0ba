"""``Deployed``: a stack that an operator looks at, the local one or one on AWS, by the same clients."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from infra.deploy import chosen_region, stack_name
from infra.local.endpoint import Endpoint
from infra.local.paths import DEFAULT_STATE, STACK_NAME, State
from infra.stack_parts import physical_ids


@dataclass(frozen=True)
class Deployed:
    stack: str
    client: Callable[[str], Any]

    @functools.cached_property
    def _resources(self) -> dict[str, str]:
        return physical_ids(self.client("cloudformation"), self.stack)

    def physical(self, logical_id: str) -> str:
        """KeyError for what the stack has not."""
        return self._resources[logical_id]


def local(folder: Path = DEFAULT_STATE.folder) -> Deployed:
    """StackError where none runs."""
    return Deployed(STACK_NAME, Endpoint.of(State(folder.resolve())).client)


def on_aws(stage: str) -> Deployed:
    """SystemExit without a region."""
    session = boto3.Session(region_name=chosen_region())
    make: Any = session.client
    return Deployed(stack_name(stage), make)
