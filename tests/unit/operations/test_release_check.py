"""Which release may have traffic, against functions in memory that answer as the product's own do."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.operations.release_check import Release, ReleaseRefusedError, check_release
from voicehelper.operations.release_requests import ANSWER

RELEASE = Release("authorize:7", "ask:7", "send:7", "upload:7", "list_bases", "create_base", "get_status")


@dataclass
class Functions:
    """``failing`` fail as a broken version does; ``answers`` come before the usual ones, by function."""

    failing: set[str] = field(default_factory=set)
    answers: dict[str, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    bases: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    waited_s: float = 0.0

    def invoke(self, name: str, event: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(name)
        if name in self.failing:
            raise UpstreamUnavailableError(f"{name}: 200 Runtime.ImportModuleError")
        if name == "authorize:7":
            return {"isAuthorized": True, "context": {}}
        given = self.answers.get(name)
        status, body = given.pop(0) if given else self.usual(name, event)
        return {"statusCode": status, "body": json.dumps(body)}

    def usual(self, name: str, event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if name == "create_base":
            self.bases.insert(0, {"id": f"kb-{len(self.bases)}", "name": json.loads(event["body"])["name"]})
            return 201, self.bases[0]
        usual: dict[str, tuple[int, dict[str, Any]]] = {
            "send:7": (401, {"code": "UNAUTHENTICATED"}),
            "list_bases": (200, {"items": self.bases}),
            "upload:7": (202, {"document_id": "doc-1"}),
            "get_status": (200, {"status": "indexed"}),
            "ask:7": (200, {"answer": f"In drawer {ANSWER} [1].", "sources": [{}]}),
        }
        return usual[name]

    def check(self, patience_s: float = 200) -> None:
        check_release(RELEASE, self.invoke, wait=self.wait, clock=lambda: self.waited_s, patience_s=patience_s)

    def wait(self, seconds: float) -> None:
        self.waited_s += seconds


def refusal(functions: Functions) -> str:
    with pytest.raises(ReleaseRefusedError) as caught:
        functions.check()
    return str(caught.value)


def test_a_release_that_answers_is_let_through_and_makes_its_base_once() -> None:
    functions = Functions()

    functions.check()
    functions.check()

    assert functions.calls.count("create_base") == 1
    assert functions.calls.count("ask:7") == 2
    assert functions.waited_s == 0


@pytest.mark.parametrize("name", ["authorize:7", "send:7", "upload:7", "ask:7"])
def test_a_version_that_does_not_start_is_refused(name: str) -> None:
    functions = Functions(failing={name})

    assert refusal(functions) == f"{name}: 200 Runtime.ImportModuleError"
    assert functions.calls.count(name) == 3


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("ask:7", 200, {"answer": "I do not know.", "sources": []}),
        ("ask:7", 200, {"answer": f"Drawer {ANSWER}.", "sources": []}),
        ("ask:7", 500, {"code": "INTERNAL"}),
        ("send:7", 200, {}),
        ("upload:7", 403, {"code": "FORBIDDEN"}),
        ("get_status", 200, {"status": "failed", "error": {"code": "PARSE_FAILED"}}),
    ],
    ids=["refused", "without sources", "failed", "lets anybody in", "forbidden", "unreadable"],
)
def test_a_release_that_answers_wrongly_is_refused(name: str, status: int, body: dict[str, Any]) -> None:
    assert refusal(Functions(answers={name: [(status, body)]}))


def test_an_authorizer_that_knows_everybody_is_refused() -> None:
    functions = Functions()

    def invoke(name: str, event: dict[str, Any]) -> dict[str, Any]:
        known = {"isAuthorized": True, "context": {"user_id": "x"}}
        return known if name == "authorize:7" else functions.invoke(name, event)

    with pytest.raises(ReleaseRefusedError, match="without a token"):
        check_release(RELEASE, invoke)


def test_a_database_that_wakes_up_and_a_pipeline_that_reads_are_waited_for() -> None:
    starting, reading = (503, {"code": "DATABASE_STARTING"}), (200, {"status": "processing"})
    functions = Functions(answers={"list_bases": [starting, starting], "get_status": [reading]})

    functions.check()

    assert functions.waited_s == 9


def test_what_never_ends_is_refused_within_its_time() -> None:
    functions = Functions(answers={"get_status": [(200, {"status": "processing"})] * 1000})

    assert "not read yet" in refusal(functions)
    assert functions.waited_s <= 200


def test_after_a_change_of_models_a_new_base_is_asked() -> None:
    mismatch = (409, {"code": "EMBEDDING_MODEL_MISMATCH"})
    functions = Functions(answers={"ask:7": [mismatch]}, bases=[{"id": "kb-0", "name": "release_check"}])

    functions.check()

    assert [base["name"] for base in functions.bases] == ["release_check_1", "release_check"]


def test_a_base_that_another_check_has_just_made_is_used() -> None:
    functions = Functions(answers={"list_bases": [(200, {"items": []})], "create_base": [(409, {"code": "TAKEN"})]})
    functions.bases = [{"id": "kb-0", "name": "release_check"}]

    functions.check()

    assert functions.calls.count("ask:7") == 1


def test_a_version_is_named_by_the_end_of_its_arn() -> None:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:stack-AskFunction-X:12"
    names = {"authorize": arn, "ask": arn, "send": arn, "upload": arn}
    release = Release.of(json.dumps({**names, "list_bases": "l", "create_base": "c", "get_status": "s"}))

    assert (release.ask, release.list_bases) == ("stack-AskFunction-X:12", "l")
