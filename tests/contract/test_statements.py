"""Every statement on a tenant's rows filters by tenant or by owner; row-level security is the second line."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Final

import pytest

STORES: Final = (
    "voicehelper.agents.store",
    "voicehelper.agents.tools.tables.documents",
    "voicehelper.answering.diagnosis.documents",
    "voicehelper.conversations.store",
    "voicehelper.identity.api_keys.store",
    "voicehelper.identity.audit",
    "voicehelper.identity.budget_sums",
    "voicehelper.identity.budgets",
    "voicehelper.identity.usage",
    "voicehelper.index.answers",
    "voicehelper.index.bases",
    "voicehelper.index.documents",
    "voicehelper.index.opensearch.outbox",
    "voicehelper.index.pgvector.conditions",
    "voicehelper.index.pgvector.graph",
    "voicehelper.index.pgvector.large",
    "voicehelper.index.pgvector.state",
    "voicehelper.index.pgvector.write",
    "voicehelper.ingestion.charging",
    "voicehelper.ingestion.edits",
    "voicehelper.ingestion.store",
    "voicehelper.ingestion.versions",
    "voicehelper.knowledge.changes",
    "voicehelper.knowledge.chunk_store",
    "voicehelper.knowledge.access",
    "voicehelper.knowledge.store",
    "voicehelper.members.changes",
    "voicehelper.members.groups",
    "voicehelper.members.joining",
    "voicehelper.members.store",
    "voicehelper.models.budget_store",
    "voicehelper.protocols.bases",
    "voicehelper.protocols.dify.retrieval",
    "voicehelper.webhooks.outbox",
    "voicehelper.webhooks.store",
)
_STATEMENT: Final = re.compile(r"\s*(?:SELECT|UPDATE|DELETE|INSERT|WITH)\b")
_FILTER: Final = re.compile(r"tenant_id = %\(tenant_id\)s|owner_id = %\(owner_id\)s")
_INSERTS_OWN: Final = re.compile(r"\s*INSERT INTO [\s\S]*%\(tenant_id\)s")


def statements() -> Iterator[tuple[str, str]]:
    """(module and name, text) of every statement that is a constant of a store."""
    for store in STORES:
        for name, value in vars(importlib.import_module(store)).items():
            if isinstance(value, str) and name.isupper() and _STATEMENT.match(value):
                yield f"{store}.{name}", value


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in statements()])
def test_a_statement_is_about_one_tenant(text: str) -> None:
    assert _FILTER.search(text) or _INSERTS_OWN.match(text)


def test_the_stores_are_read() -> None:
    assert len(list(statements())) > 30
