from __future__ import annotations

import json

import pytest
from voicehelper.models.catalogue import Catalogue, CatalogueInvalidError, parse_catalogue
from voicehelper.models.pricing import Prices


def test_known_models_have_their_price_without_naming_it() -> None:
    text = json.dumps({"providers": {"openai": {"base_url": "https://example.com/v1"}}, "chat": "gpt-4"})

    catalogue = parse_catalogue(text)

    assert catalogue.models["gpt-4"].cost_per_1k_usd == 0.03
    assert catalogue.provider_of("gpt-4").base_url == "https://example.com/v1"
    assert catalogue.embedding is None


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"providers": {}, "chat": "gpt-4"}',
        '{"providers": {}, "chat": "unheard-of"}',
        '{"providers": {"a": {"base_url": "ftp://x"}}}',
        '{"providers": {}, "colour": "blue"}',
    ],
)
def test_invalid_catalogues_are_rejected_with_a_reason(text: str) -> None:
    with pytest.raises(CatalogueInvalidError, match="model catalogue"):
        parse_catalogue(text)


def prices_of(**named: float) -> Prices:
    model = {"provider": "p", **named}
    text = json.dumps({"providers": {"p": {"base_url": "https://example.com/v1"}}, "models": {"m": model}})
    return parse_catalogue(text).models["m"].prices


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"cost_per_1k_usd": 0.002}, Prices(0.002, 0.002, 0.002)),
        ({"cost_per_1k_input_usd": 0.001, "cost_per_1k_output_usd": 0.004}, Prices(0.001, 0.004, 0.001)),
        ({"cost_per_1k_usd": 0.002, "cost_per_1k_output_usd": 0.006}, Prices(0.002, 0.006, 0.002)),
        ({"cost_per_1k_usd": 0.002, "cost_per_1k_cached_usd": 0.0}, Prices(0.002, 0.002, 0.0)),
    ],
)
def test_one_price_means_all_tokens_whose_own_is_not_named(named: dict[str, float], expected: Prices) -> None:
    assert prices_of(**named) == expected


@pytest.mark.parametrize("named", [{}, {"cost_per_1k_input_usd": 0.1}, {"cost_per_1k_usd": -1}])
def test_a_model_without_prices_is_rejected(named: dict[str, float]) -> None:
    with pytest.raises(CatalogueInvalidError):
        prices_of(**named)


def catalogue_of(**changes: object) -> Catalogue:
    return parse_catalogue(json.dumps({"providers": {"openai": {"base_url": "https://example.com/v1"}}, **changes}))


def test_a_model_is_offered_if_its_provider_is_named() -> None:
    assert list(catalogue_of().offered) == ["gpt-4", "gpt-3.5-turbo"]


@pytest.mark.parametrize(("chat", "used"), [(None, []), ("gpt-4", ["gpt-4"]), ("auto", ["gpt-4", "gpt-3.5-turbo"])])
def test_the_models_that_answer_are_none_one_or_all_that_are_offered(chat: str | None, used: list[str]) -> None:
    assert list(catalogue_of(chat=chat, priority="quality").used) == used


@pytest.mark.parametrize(
    "changes",
    [
        {"chat": "auto", "providers": {}},
        {"chat": "auto", "models": {"auto": {"provider": "openai", "cost_per_1k_usd": 1}}},
        {"chat": "gpt-4", "fallback": "auto"},
        {"chat": "auto", "priority": "beauty"},
    ],
)
def test_a_selection_without_models_to_select_from_is_rejected(changes: dict[str, object]) -> None:
    with pytest.raises(CatalogueInvalidError):
        catalogue_of(**changes)
