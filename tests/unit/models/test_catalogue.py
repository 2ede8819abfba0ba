from __future__ import annotations

import json

import pytest
from voicehelper.models.catalogue import CatalogueInvalidError, parse_catalogue


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
