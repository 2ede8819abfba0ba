"""What a cold start costs up to its first answer: import and first event, in CPU seconds of the function's process.

Against a bare FastAPI and Mangum handler with one route, in the same run. Events are those of ``events/``; PostgreSQL
is a real one, and AWS a stand-in on this machine.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from voicehelper.identity.keys import KeyRing, SigningKeys
from voicehelper.identity.passwords import hash_password
from voicehelper.identity.tokens import Claims, issue
from voicehelper.models.catalogue import parse_catalogue
from voicehelper.models.factory import build_chat, build_embedder
from voicehelper.models.invoked import ModelCall, answer_call
from voicehelper.models.offline.embedder import OfflineEmbedder

from tests.benchmarks.costs.aws_stand_in import SIGNING_KEY, SIGNING_KEY_ID, Invoked, running_services
from tests.benchmarks.costs.child import run_child
from tests.benchmarks.costs.figure import Figure
from tests.benchmarks.costs.real_text import fill_with_answers
from tests.support.application import ROOT
from tests.support.bases import Base, add_member, create_base
from tests.support.environment import VARIABLES
from tests.support.openai_server import Reply, answer, meaningful_embeddings
from tests.support.openai_server import running_server as running_provider
from tests.support.postgres import make_database, make_template, running_server

ROUNDS = 5
CHUNKS = 1_000
HOSTED_MODEL = "m"
ANSWER = "整机保修期为 36 个月，自发票日期起计算。[1]"
PLAIN, STORAGE, AUTHORIZER, EMBEDDING, HOSTED = 1.5, 2.2, 0.35, 2.4, 3.0
LIMITS = {
    "identity.get_me": PLAIN,
    "knowledge.list_bases": PLAIN,
    "identity.login_user": PLAIN,
    "identity.authorize_request": AUTHORIZER,
    "knowledge.upload_document": STORAGE,
    "retrieval.query_knowledge": EMBEDDING,
}
HASHES, LOGIN_LIMIT = 20, 1.3

_FIRST = """
import json, time
started = time.process_time()
{handler}
imported = time.process_time()
class Context:
    aws_request_id, function_name, memory_limit_in_mb = "r", "measured", 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:measured"
    get_remaining_time_in_millis = staticmethod(lambda: 29_000)
event = json.loads(sys.argv[1])
answer = handler(event, Context())
cpu = time.process_time() - started
status = answer.get("statusCode", 200 if answer.get("context") or answer.get("content") else 401)
body = json.loads(answer.get("body") or "null")
sources = len(body["sources"]) if isinstance(body, dict) and "sources" in body else None
print()
print(json.dumps({{"cpu": cpu, "import": imported - started, "status": status, "sources": sources, "body": body}}))
"""
_BARE = """from fastapi import FastAPI
from mangum import Mangum
app = FastAPI()
@app.get("/api/v1/users/me")
def me() -> dict[str, str]:
    return {"id": "1"}
handler = Mangum(app, lifespan="off")"""
_LOGINS = """
import json, time
from identity.login_user import handler
from voicehelper.identity.passwords import hash_password
event = json.loads(sys.argv[1])
def cpu(work):
    started = time.process_time()
    for _ in range({count}):
        work()
    return time.process_time() - started
assert handler(event, None)["statusCode"] == 200
hash_password("SecurePass123!")
ratios = [cpu(lambda: handler(event, None)) / cpu(lambda: hash_password("SecurePass123!")) for _ in range(3)]
print()
print(json.dumps(sorted(ratios)[1]))
"""


def figures() -> Iterator[Figure]:
    with prepared() as (variables, hosted):
        for name, limit in LIMITS.items():
            yield from _against_bare(name, variables, limit, name)
        through = hosted | {"MODEL_FUNCTION": "call-model"}
        yield from _against_bare("retrieval.query_knowledge", through, EMBEDDING, "... with hosted models")
        yield from _against_bare("retrieval.call_model", hosted, HOSTED, "retrieval.call_model")
        ratio = run_child(_LOGINS.format(count=HASHES), event_of("identity.login_user"), variables=variables)
        yield Figure("sign-in / one password hash, CPU, warm", ratio, most=LOGIN_LIMIT)


def event_file(name: str) -> Path:
    domain, _, function = name.partition(".")
    return ROOT / "events" / domain / f"{function}.json"


def event_of(name: str) -> str:
    event = json.loads(event_file(name).read_text("utf-8"))
    if name == "retrieval.query_knowledge":
        event["body"] = json.dumps(json.loads(event["body"]) | {"use_cache": False})
    return json.dumps(_with_token(event) if name == "identity.authorize_request" else event)


def _against_bare(name: str, variables: Mapping[str, str], limit: float, title: str) -> Iterator[Figure]:
    """By turns, each at its least: what makes a run slower is the machine's other work."""
    bare_event, event = event_of("identity.get_me"), event_of(name)
    ours = _FIRST.format(handler=f"from {name} import handler")
    bare = _FIRST.format(handler=_BARE)
    rounds = [(_first(bare, bare_event, variables), _first(ours, event, variables)) for _ in range(ROUNDS + 1)]
    least_bare, least = (min(run["cpu"] for run in runs[1:]) for runs in zip(*rounds, strict=True))  # bytecode first
    yield Figure(f"first answer {title}", least / least_bare, most=limit)
    yield Figure("... of it imports", min(ours["import"] for _, ours in rounds[1:]) / least, "share")


def _first(code: str, event: str, variables: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = run_child(code, event, variables=variables)
    if said["status"] >= 400 or said["sources"] == 0:
        raise RuntimeError(f"the first event was not answered: {said}")
    return said


@contextlib.contextmanager
def prepared() -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Variables of functions with built-in and with hosted models; everything that the events name is there."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(running_server())
        make_template(server)
        provider = stack.enter_context(running_provider())
        provider.script = [_reply]
        keys_of = ("SIGNING_KEY_PARAMETER", "LINK_KEY_PARAMETER")
        parameters = {VARIABLES[name]: SIGNING_KEY for name in keys_of}
        parameters["models"] = json.dumps(_catalogue(provider.base_url))
        endpoints = []
        for model in (OfflineEmbedder.model, HOSTED_MODEL):
            dsn = make_database(server)
            _fill(dsn, model)
            services = running_services(_secrets(dsn), parameters, _called_model(provider.base_url))
            endpoints.append(stack.enter_context(services))
        keys = {"AWS_ACCESS_KEY_ID": "measured", "AWS_SECRET_ACCESS_KEY": "measured"}
        built_in, hosted = ({**keys, "AWS_ENDPOINT_URL": endpoint} for endpoint in endpoints)
        yield built_in, hosted | {"MODEL_CONFIG_PARAMETER": "models", "MODEL_SECRET_NAME": "providers"}


def _called_model(base_url: str) -> Invoked:
    """The function that calls models, in this process."""
    catalogue = parse_catalogue(json.dumps(_catalogue(base_url)))

    def called(event: Mapping[str, Any]) -> Mapping[str, Any]:
        reply = answer_call(
            ModelCall.model_validate(event),
            chat=lambda: build_chat(catalogue, {}),
            embedder=lambda: build_embedder(catalogue, {}),
        )
        return reply.model_dump(mode="json")

    return called


def _secrets(dsn: str) -> dict[str, dict[str, str]]:
    return {
        VARIABLES["DATABASE_SECRET_NAME"]: {"dsn": dsn},
        "providers": {"main": "key"},
    }


def _catalogue(base_url: str) -> dict[str, Any]:
    return {
        "providers": {"main": {"base_url": base_url}},
        "models": {"chat": {"provider": "main", "cost_per_1k_usd": 0.01}},
        "chat": "chat",
        "embedding": {"provider": "main", "model": HOSTED_MODEL, "dimensions": OfflineEmbedder.dimensions},
    }


def _reply(request: dict[str, Any]) -> Reply:
    reply = meaningful_embeddings(OfflineEmbedder.dimensions) if "input" in request else answer(ANSWER)
    return reply(request)


def _fill(dsn: str, model: str) -> None:
    """The tenant, user and base of the events, with chunks that answer the question of the query's event."""
    event = json.loads(event_file("retrieval.query_knowledge").read_text("utf-8"))
    caller = event["requestContext"]["authorizer"]["lambda"]
    sign_in = json.loads(json.loads(event_file("identity.login_user").read_text("utf-8"))["body"])
    kb_id = UUID(json.loads(event["body"])["kb_id"].removeprefix("kb-"))
    with psycopg.connect(dsn) as connection:
        base = create_base(connection, Base(UUID(caller["tenant_id"]), kb_id), model=model)
        password_hash = hash_password(sign_in["password"])
        member = {"user_id": UUID(caller["user_id"]), "email": sign_in["email"], "password_hash": password_hash}
        add_member(connection, base.tenant_id, **member)
        fill_with_answers(connection, base, CHUNKS)


def _with_token(event: dict[str, Any]) -> dict[str, Any]:
    """The event of the authorizer with a token that verifies."""
    keys = KeyRing(lambda: SigningKeys(SIGNING_KEY_ID, {SIGNING_KEY_ID: SIGNING_KEY.encode()}))
    token = issue(keys, Claims(uuid4(), uuid4(), uuid4(), ("admin",)), "at+jwt", life_s=3600, now=int(time.time()))
    event["headers"]["authorization"] = f"Bearer {token}"
    return event
