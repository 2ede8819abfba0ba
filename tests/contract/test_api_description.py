"""The API description, as outsiders and generated clients read it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from voicehelper.messages.catalogue import has_message
from voicehelper.protocols.refusals import protocol_of

from infra.openapi import ERROR_NAMES, TITLES, code_routes, endpoint_modules
from tests.support.application import OPENAPI_FILE

DOCUMENT = json.loads(OPENAPI_FILE.read_text("utf-8"))


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_an_operation_is_named_as_its_function_and_stands_in_its_domain() -> None:
    """Where several share a function, as the endpoint in its file."""
    named = {(method, path): (o["tags"], o["operationId"]) for method, path, o in operations()}
    handlers, modules = code_routes(), endpoint_modules()
    shared = {handler for handler, count in Counter(handlers.values()).items() if count > 1}
    functions = {route: handlers[route].removesuffix(".handler").split(".") for route in named}
    own = {route for route in named if handlers[route] in shared and hasattr(modules[handlers[route]], named[route][1])}

    assert {route: tags for route, (tags, _) in named.items()} == {route: [functions[route][0]] for route in named}
    assert {route: name for route, (_, name) in named.items() if route not in own} == {
        route: functions[route][1] for route in named if route not in own
    }
    assert {tag["name"] for tag in DOCUMENT["tags"]} == set(TITLES)


def test_every_operation_says_in_one_sentence_what_it_is_for() -> None:
    summaries = [operation["summary"] for _, _, operation in operations()]

    assert [text for text in summaries if not re.fullmatch(r"[A-Z].{8,80}\.", text)] == []
    assert len(set(summaries)) == len(summaries)


def test_every_refusal_lists_its_codes_in_the_shape_of_its_path() -> None:
    """Those of the product have sentences; clients of other protocols read the codes of theirs."""
    for method, path, operation in operations():
        refusals = {status: r for status, r in operation["responses"].items() if status[0] == "4"}
        for status, response in refusals.items():
            codes = response["description"].split(", ")
            name = ERROR_NAMES[protocol_of(path)]
            shows_own_codes = name in ("Error", "JsonRpcError")
            assert all(map(has_message, codes)) or not shows_own_codes, f"{method} {path} {status}: {codes}"
            assert all(codes)
            schema = response["content"]["application/json"]["schema"]
            assert schema == {"$ref": f"#/components/schemas/{name}"}
        assert ("401" in refusals) >= bool(operation.get("security"))


def test_every_confidence_says_what_it_is_a_probability_of() -> None:
    described = {
        name: schema["properties"]["confidence"]["description"]
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if "confidence" in schema.get("properties", {})
    }

    answers, transcripts = {"Diagnosis", "Message", "RagResponse"}, {"Transcript", "TranscriptSegment"}
    assert set(described) == answers | transcripts | {"ReadFile"}
    assert all("base answers the question" in described[name] and "chat model" in described[name] for name in answers)
    assert all("recogniser's tokens" in described[name] for name in transcripts)
    assert "read right" in described["ReadFile"]


def test_no_two_schemas_would_have_one_name_in_a_generated_client() -> None:
    """Generators name an enumeration of a field after its schema and the field."""
    schemas = DOCUMENT["components"]["schemas"]
    enumerations = {
        f"{name}{field.title().replace('_', '')}"
        for name, schema in schemas.items()
        for field, value in schema.get("properties", {}).items()
        if "enum" in value
    }

    assert enumerations & set(schemas) == set()
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in schemas)


def test_an_operation_takes_one_kind_of_body() -> None:
    bodies = [operation["requestBody"]["content"] for _, _, operation in operations() if "requestBody" in operation]

    assert {len(content) for content in bodies} == {1}
