"""The models of a tenant: one for each knowledge base; ``list_models`` is the entry."""

from __future__ import annotations

from voicehelper.adapters.database import TenantDatabase
from voicehelper.protocols.bases import NamedBase, find_base, list_bases
from voicehelper.protocols.openai.responses import ProtocolModel, ProtocolModels


def list_models(tenant: TenantDatabase) -> ProtocolModels:
    """Newest first."""
    with tenant.transaction() as tx:
        return ProtocolModels(data=[_model(base) for base in list_bases(tx)])


def get_model(tenant: TenantDatabase, named: str) -> ProtocolModel:
    """KnowledgeBaseNotFoundError for a model that is no base of the tenant."""
    with tenant.transaction() as tx:
        return _model(find_base(tx, named))


def _model(base: NamedBase) -> ProtocolModel:
    return ProtocolModel(id=base.model, created=int(base.created_at.timestamp()))
