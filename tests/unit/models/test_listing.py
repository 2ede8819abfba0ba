from __future__ import annotations

import json

from voicehelper.models.catalogue import Catalogue, parse_catalogue
from voicehelper.models.listing import list_models

PROVIDERS = {"openai": {"base_url": "https://secret.example.com/v1"}}
EMBEDDING = {"provider": "openai", "model": "e", "dimensions": 8}


def catalogue_of(**changes: object) -> Catalogue:
    return parse_catalogue(json.dumps({"providers": PROVIDERS, **changes}))


def test_without_a_catalogue_the_built_in_models_answer() -> None:
    listed = list_models(None)

    assert listed.built_in_reader
    assert [(model.name, model.role, model.provider) for model in listed.items] == [
        ("offline-extractive", "chat", "built-in"),
        ("multilingual-e5-small-q4", "embedding", "built-in"),
    ]
    assert {model.cost_per_1k_output_usd for model in listed.items} == {0.0}


def test_a_hosted_embedding_leaves_the_built_in_reader() -> None:
    listed = list_models(catalogue_of(embedding=EMBEDDING))

    assert listed.built_in_reader
    assert [(model.name, model.provider) for model in listed.items] == [
        ("offline-extractive", "built-in"),
        ("e", "openai"),
    ]


def test_a_chat_model_is_listed_with_its_fallback_and_what_it_costs() -> None:
    listed = list_models(catalogue_of(chat="gpt-4", fallback="gpt-3.5-turbo"))
    first = listed.items[0]

    assert [(model.name, model.role) for model in listed.items[:2]] == [
        ("gpt-4", "chat"),
        ("gpt-3.5-turbo", "fallback"),
    ]
    assert (first.quality, first.latency_ms, first.context, first.cost_per_1k_input_usd) == (0.95, 2000, 128_000, 0.03)
    assert (listed.built_in_reader, listed.priority, listed.total) == (False, None, 3)


def test_models_that_share_the_questions_are_listed_with_the_priority() -> None:
    listed = list_models(catalogue_of(chat="auto", fallback="gpt-4", priority="cost"))

    assert [(model.name, model.role) for model in listed.items[:2]] == [("gpt-4", "chat"), ("gpt-3.5-turbo", "chat")]
    assert listed.priority == "cost"


def test_no_address_of_a_provider_is_told() -> None:
    assert "secret" not in list_models(catalogue_of(chat="gpt-4", embedding=EMBEDDING)).model_dump_json()
