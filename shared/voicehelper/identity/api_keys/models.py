"""API models of keys, for the rest of the package and ``functions/identity``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from voicehelper.identity import names
from voicehelper.identity.scopes import SCOPES, Scope
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import KeyId, KnowledgeBaseId


def _name(value: str) -> str:
    folded = names.fold(value)
    if not 1 <= len(folded) <= 64:
        raise ValueError("KEY_NAME_LENGTH")
    if not names.is_visible(folded):
        raise ValueError("KEY_NAME_CHARACTERS")
    return folded


def _in_order(scopes: list[Scope]) -> list[Scope]:
    return [scope for scope in SCOPES if scope in scopes]


def _future(moment: datetime) -> datetime:
    if moment <= datetime.now(UTC):
        raise ValueError("KEY_EXPIRES_IN_PAST")
    return moment


class NewKey(Body):
    """``bases`` None: every base that the maker sees, at any time."""

    name: Annotated[str, AfterValidator(_name)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=20), AfterValidator(_in_order)]
    bases: Annotated[list[KnowledgeBaseId], Field(min_length=1, max_length=200)] | None = None
    expires_at: Annotated[AwareDatetime, AfterValidator(_future)] | None = None


class Maker(BaseModel):
    email: str
    username: str


class Key(BaseModel):
    """A key that has not been revoked; of its text the prefix alone. ``last_used_at`` is five minutes late at most."""

    id: KeyId
    name: str
    prefix: str
    scopes: list[Scope]
    bases: list[KnowledgeBaseId] | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = None
    maker: Maker


class CreatedKey(Key):
    """``key`` is shown this once."""

    key: str

    @classmethod
    def of(cls, key: Key, text: str) -> CreatedKey:
        values: dict[str, Any] = {name: getattr(key, name) for name in Key.model_fields}
        return cls(**values, key=text)
