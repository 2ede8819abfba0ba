"""What a function imports before its first call: every cold start pays for it, and its layers must hold it.

Read from the source: imports at the top of a handler and of every module of the product that it brings along. Imports
inside functions are paid by the call that needs them. `make bench` measures the same in CPU seconds.
"""

from __future__ import annotations

import ast
import functools
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from infra import template
from infra.costs.values import Scope
from infra.local.paths import ROOT
from infra.template import Function, Layer, referenced

TEMPLATE = template.read()
FUNCTIONS = TEMPLATE.functions()
ROUTED = {route.function.logical_id for route in TEMPLATE.routes()}

ENDPOINT = {"fastapi", "starlette", "mangum", "pydantic", "psycopg"}
STEP = {"pydantic", "psycopg"}
AUTHORIZER = {"jwt"}  # runs before every request
# What a domain needs on top.
DOMAINS = {"identity": {"jwt", "argon2"}, "members": {"jwt"}}
# They have texts embedded or ordered, and no reply of a chat model.
WITHOUT_CHAT = {
    "AddChunkFunction",
    "AnalyseEmbeddingsFunction",
    "ChangeChunkFunction",
    "CreateEmbeddingsFunction",
    "RetrieveForDifyFunction",
    "RetrievePassagesFunction",
    "SpeakTextFunction",
    "TranscribeAudioFunction",
}
# Lambda's Python runtime brings these.
RUNTIME = {"boto3", "botocore"}


def source_of(function: Function) -> Path:
    return ROOT / "functions" / function.file


def budget(function: Function) -> set[str]:
    if function.logical_id in TEMPLATE.authorizers():
        return AUTHORIZER
    kind = ENDPOINT if function.logical_id in ROUTED else STEP
    return kind | DOMAINS.get(function.domain, set())


@functools.cache
def packages_at_once(file: Path) -> frozenset[str]:
    """Packages that importing this file brings along, those of Python itself aside."""
    found: set[str] = set()
    for module in modules_at_top(file):
        root = module.split(".")[0]
        if root == "voicehelper":
            found |= packages_at_once(_file_of(module))
        elif root not in sys.stdlib_module_names:
            found.add(root)
    return frozenset(found)


@functools.cache
def modules_at_top(file: Path) -> frozenset[str]:
    """Modules named by the imports at the top of a file."""
    return frozenset(name for node in ast.parse(file.read_text("utf-8")).body for name in _imported(node))


def _imported(node: ast.stmt) -> Iterator[str]:
    """A name imported from a package of the product may be one of its modules."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        if node.module.startswith("voicehelper"):
            inside = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name for name in inside if _file_of(name).exists())


def _file_of(module: str) -> Path:
    path = ROOT / "shared" / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@functools.cache
def packages_in(layer: Layer) -> frozenset[str]:
    """Import names of the distributions a layer installs."""
    if layer.requirements is None:
        return frozenset()
    pinned = {
        _canonical(name) for name in re.findall(r"^([\w.-]+)==", layer.requirements.read_text("utf-8"), re.MULTILINE)
    }
    return frozenset(
        package
        for package, distributions in packages_distributions().items()
        if pinned & {_canonical(name) for name in distributions}
    )


def _canonical(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.logical_id)
def test_a_function_imports_no_more_than_its_kind_and_domain_may(function: Function) -> None:
    assert packages_at_once(source_of(function)) <= budget(function)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.logical_id)
def test_the_layers_of_a_function_hold_what_it_imports(function: Function) -> None:
    held = {package for name in function.layers for package in packages_in(TEMPLATE.layers()[name])}

    assert packages_at_once(source_of(function)) <= held | RUNTIME


def test_every_layer_but_the_products_own_has_requirements() -> None:
    without = {name for name, layer in TEMPLATE.layers().items() if layer.requirements is None}

    assert without == {"SharedLayer"}


def test_only_functions_that_embed_carry_the_embedding_layer() -> None:
    carriers = {name for name, function in FUNCTIONS.items() if "EmbeddingLayer" in function.layers}

    assert carriers == {
        "AddChunkFunction",
        "ChangeChunkFunction",
        "AskKnowledgeFunction",
        "CreateChatCompletionFunction",
        "CreateEmbeddingsFunction",
        "ServeMcpFunction",
        "SendMessageFunction",
        "AnalyseEmbeddingsFunction",
        "DiagnoseQuestionFunction",
        "QueryKnowledgeFunction",
        "RetrieveForDifyFunction",
        "RetrievePassagesFunction",
        "EmbedChunksFunction",
        "TakeTurnFunction",
    }


def layers_of(function: Function, parameters: dict[str, str]) -> list[str]:
    """In a deployment with these parameters."""
    return [referenced(layer) for layer in Scope(TEMPLATE.document, parameters).value(function.properties["Layers"])]


@pytest.mark.parametrize("engine", ["postgres", "opensearch"])
@pytest.mark.parametrize("cache_url", ["", "rediss://cache:6379/0"])
def test_only_functions_that_call_a_server_carry_its_client_and_only_where_there_is_one(
    engine: str, cache_url: str
) -> None:
    parameters = {"SearchEngine": engine, "CacheUrl": cache_url}
    carriers = {name for name, own in FUNCTIONS.items() if "ServersLayer" in layers_of(own, parameters)}
    searching = {name for name, own in FUNCTIONS.items() if "CallsSearchEngine" in own.grants}
    writing = {name for name, own in FUNCTIONS.items() if "InvokesModels" in own.grants} - WITHOUT_CHAT

    assert carriers == (searching if engine == "opensearch" else set()) | (writing if cache_url else set())


def test_the_layer_of_clients_is_made_where_there_is_a_server() -> None:
    conditions = TEMPLATE.document["Conditions"]

    assert TEMPLATE.document["Resources"]["ServersLayer"]["Condition"] == "UsesServers"
    assert conditions["UsesServers"] == {"Fn::Or": [{"Condition": "UsesOpenSearch"}, {"Condition": "SharesCache"}]}


def test_only_functions_that_search_by_meaning_carry_the_reader_and_only_where_there_are_weights() -> None:
    carriers = {
        weights: {
            name for name, own in FUNCTIONS.items() if "ReaderLayer" in layers_of(own, {"ReaderWeights": weights})
        }
        for weights in ("", "/opt/reader.safetensors")
    }
    searchers = {name for name, own in FUNCTIONS.items() if {"EmbeddingLayer", "ServersLayer"} <= set(own.layers)}

    assert carriers == {"": set(), "/opt/reader.safetensors": searchers}
    assert TEMPLATE.document["Resources"]["ReaderLayer"]["Condition"] == "HasReader"


# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
def test_a_function_has_at_most_five_layers() -> None:
    assert max(len(function.layers) for function in FUNCTIONS.values()) <= 5
