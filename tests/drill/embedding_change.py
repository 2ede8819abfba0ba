"""The embedding model is changed while questions are asked: nobody gets a wrong answer, and two models never mix.

Functions read the catalogue once a minute, so for a while some use the old model and some the new one.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any, Final

import psycopg

from infra.local.paths import STACK_NAME
from infra.local.stack import Stack
from tests.drill.asking import PUMPS, Callers, page_of
from tests.drill.outcome import Outcome
from tests.support.client import Client
from tests.support.openai_server import OpenAIServer, Reply, meaningful_embeddings, running_server

MODEL_PARAMETER: Final = f"/{STACK_NAME}/models"  # as infra.local.deploy names it
DIMENSIONS: Final = {"one": 256, "two": 320}
NOTICED_S: Final = 65.0  # after which every function has the new catalogue
TOLD: Final = ("answered", "refused", "409 EMBEDDING_MODEL_MISMATCH")


def change_embedding(random: Random, *, changes: int = 2) -> Outcome:
    outcome = Outcome()
    with running_server() as provider, tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        provider.script = [_embedded]
        models = Path(folder, "models.json")
        models.write_text(json.dumps(_catalogue(provider, "one") | {"keys": {"main": "sk-drill"}}), "utf-8")
        with Stack(Path(folder, "state"), models=models) as stack:
            client = Client(stack.base_url, language="en")
            kb_id = client.create_base("asked")
            documents = [client.upload(kb_id, f"{n}.md", page_of(n)) for n in range(len(PUMPS))]
            client.wait(documents, limit_s=240)
            callers = Callers(client, kb_id, random.randrange(10**6))
            callers.begin(2)
            for number in range(changes):
                _change(stack, provider, ("two", "one")[number % 2], client, kb_id, documents, outcome)
            callers.end()
            _judge(callers, outcome)
    return outcome


def _embedded(request: dict[str, Any]) -> Reply:
    return meaningful_embeddings(DIMENSIONS[request["model"]])(request)


def _catalogue(provider: OpenAIServer, model: str) -> dict[str, Any]:
    embedding = {"provider": "main", "model": model, "dimensions": DIMENSIONS[model]}
    return {"providers": {"main": {"base_url": provider.base_url}}, "models": {}, "embedding": embedding}


def _change(
    stack: Stack,
    provider: OpenAIServer,
    model: str,
    client: Client,
    kb_id: str,
    documents: list[str],
    outcome: Outcome,
) -> None:
    """The operator writes the parameter, and somebody has the base rebuilt at once, too early for some functions."""
    value = json.dumps(_catalogue(provider, model))
    stack.endpoint.client("ssm").put_parameter(Name=MODEL_PARAMETER, Value=value, Type="String", Overwrite=True)
    time.sleep(NOTICED_S / 2)
    client.call("POST", f"/api/v1/knowledge/bases/{kb_id}/reindex")
    time.sleep(NOTICED_S / 2)
    client.json("POST", f"/api/v1/knowledge/bases/{kb_id}/reindex")
    for _ in range(5):
        ended = client.wait(documents, limit_s=240)
        failed = [name for name, status in ended.items() if status["status"] == "failed"]
        for name in failed:
            client.json("POST", f"/api/v1/knowledge/documents/{name}/retry")
        outcome.tried["documents retried"] += len(failed)
        if not failed:
            break
    else:
        outcome.lost.append(f"documents fail for ever with model {model}: {ended}")
    outcome.tried["changes of the model"] += 1
    outcome.compare("dimensions of the vectors", _dimensions(stack), [(DIMENSIONS[model], len(documents))])
    quiet = Callers(client, kb_id, 0)
    outcome.wrong += [f"the {PUMPS[n]} pump is not known afterwards" for n in range(len(PUMPS)) if not quiet.ask(n)]


def _dimensions(stack: Stack) -> list[tuple[Any, ...]]:
    statement = """
        SELECT vector_dims(embedding::vector), count(DISTINCT document_id)::int
          FROM chunk_vec JOIN chunk ON chunk.id = chunk_id GROUP BY 1
    """
    with psycopg.connect(stack.dsn) as connection:
        return connection.execute(statement).fetchall()


def _judge(callers: Callers, outcome: Outcome) -> None:
    outcome.wrong += callers.wrong
    outcome.tried["questions"] = callers.told.total()
    for told, number in callers.told.items():
        outcome.tried[f"questions told: {told}"] = number
        if told not in TOLD:
            outcome.wrong.append(f"{number} questions were told {told}")
