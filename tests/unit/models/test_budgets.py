from __future__ import annotations

from uuid import UUID

import pytest
from voicehelper.errors import DatabaseError, UpstreamUnavailableError
from voicehelper.models.budgets import Budgeted
from voicehelper.models.errors import BudgetExceededError
from voicehelper.models.pricing import Prices

from tests.unit.models.chats import FakeChat, down, request, within
from tests.unit.models.ledgers import MemoryLedger

PRICES = {"m": Prices(1.0, 2.0, 0.1), "dear": Prices(10.0, 20.0, 10.0), "spare": Prices(3.0, 3.0, 3.0)}
REQUEST = request("年" * 100, max_tokens=50, model="m", tenant="t")


def budgeted(chat: FakeChat, ledger: MemoryLedger, fallback: str | None = None) -> Budgeted:
    return Budgeted(chat, ledger, PRICES, fallback)


def test_an_answer_is_charged_once_at_what_it_cost() -> None:
    ledger = MemoryLedger()

    budgeted(FakeChat(cost_usd=0.03), ledger).complete(REQUEST, within())

    assert (ledger.settled, ledger.open) == ([("t", 0.03)], {})


def test_what_the_budget_does_not_hold_is_refused_before_the_call() -> None:
    chat = FakeChat()

    with pytest.raises(BudgetExceededError):
        budgeted(chat, MemoryLedger(limit_usd=0.19)).complete(REQUEST, within())

    assert chat.requests == []


@pytest.mark.parametrize(
    ("model", "fallback", "expected"),
    [("m", None, 0.1 + 0.1), ("m", "spare", 0.3 + 0.15), ("dear", "spare", 2.0), ("", None, 2.0), ("gone", "m", 2.0)],
)
def test_the_reservation_is_the_most_that_any_of_its_models_may_cost(
    model: str, fallback: str | None, expected: float
) -> None:
    asked = request("年" * 100, max_tokens=50, model=model)

    assert budgeted(FakeChat(), MemoryLedger(), fallback).estimate_usd(asked, 50) == pytest.approx(expected)


def test_a_call_that_nobody_answered_costs_nothing() -> None:
    ledger = MemoryLedger()
    with pytest.raises(UpstreamUnavailableError):
        budgeted(FakeChat(failures=down(1)), ledger).complete(REQUEST, within())

    assert (ledger.settled, ledger.open) == ([("t", 0.0)], {})


def test_a_stream_is_charged_once_at_its_end() -> None:
    ledger = MemoryLedger()

    list(budgeted(FakeChat(cost_usd=0.03), ledger).stream(REQUEST, within()))

    assert (ledger.settled, ledger.open) == ([("t", 0.03)], {})


def test_a_stream_that_its_reader_leaves_is_charged_for_what_arrived() -> None:
    ledger = MemoryLedger()
    pieces = budgeted(FakeChat(), ledger).stream(REQUEST, within())
    next(pieces)
    del pieces

    ((tenant, usd),) = ledger.settled
    assert tenant == "t"
    assert usd == pytest.approx((100 * 1.0 + 1 * 2.0) / 1000)


def test_an_answer_that_is_paid_for_is_given_though_the_ledger_is_away() -> None:
    class Away(MemoryLedger):
        def settle(self, tenant: str, reservation: UUID, usd: float) -> None:
            raise DatabaseError(f"{tenant} {reservation} {usd}")

    assert budgeted(FakeChat(), Away()).complete(REQUEST, within()).content == "from m"
