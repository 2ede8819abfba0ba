"""The statements that a call sends, through the product's own handle of a tenant's database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, LiteralString
from uuid import UUID

from voicehelper.adapters.database import Database, TenantDatabase, Transaction


class CountedTenant(TenantDatabase):
    """``statements`` are those sent in its transactions, in order; entering a transaction is none of them."""

    def __init__(self, database: Database, tenant_id: UUID) -> None:
        super().__init__(database, tenant_id)
        self.statements: list[str] = []

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with super().transaction() as tx:
            yield _CountedTransaction(tx, self.statements)


class _CountedTransaction(Transaction):
    def __init__(self, tx: Transaction, statements: list[str]) -> None:
        super().__init__(tx.connection, tx.tenant_id)
        self._statements = statements

    def all(self, row: type[Any], statement: LiteralString, **values: Any) -> list[Any]:
        self._statements.append(statement)
        return super().all(row, statement, **values)

    def one(self, row: type[Any], statement: LiteralString, **values: Any) -> Any:
        self._statements.append(statement)
        return super().one(row, statement, **values)

    def count(self, statement: LiteralString, **values: Any) -> int:
        self._statements.append(statement)
        return super().count(statement, **values)

    def run(self, statement: LiteralString, **values: Any) -> int:
        self._statements.append(statement)
        return super().run(statement, **values)
