"""A client that a stranger generates from the API description does the main job.

The generator is openapi-python-client; its output is thrown away.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.support.application import OPENAPI_FILE
from tests.support.client import PASSWORD, Client

PACKAGE = "voice_helper_client"
NOTE = "The PP cotton filter of the Yunti T1 is replaced every 6 months."


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("generated")
    program = Path(sys.executable).with_name("openapi-python-client")
    command = [str(program), "generate", "--path", str(OPENAPI_FILE), "--meta", "none", "--fail-on-warning"]
    config = folder / "config.yaml"
    config.write_text("post_hooks: []\n", "utf-8")
    made = subprocess.run([*command, "--config", str(config)], cwd=folder, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(folder))


class Api:
    """The functions of the generated package by the names of operations."""

    def __init__(self, generated: ModuleType, base_url: str) -> None:
        self._client: Any = generated.Client(base_url=base_url, headers={"accept-language": "en"}, timeout=60)
        self.models = importlib.import_module(f"{PACKAGE}.models")
        self.File = importlib.import_module(f"{PACKAGE}.types").File

    def sign_in(self, generated: ModuleType, base_url: str, token: str) -> None:
        self._client = generated.AuthenticatedClient(base_url=base_url, token=token, timeout=60)

    def call(self, operation: str, *ids: str, **values: Any) -> Any:
        module = importlib.import_module(f"{PACKAGE}.api.{operation}")
        return module.sync(*ids, client=self._client, **values)


def test_the_description_is_valid_openapi() -> None:
    validate(json.loads(OPENAPI_FILE.read_text("utf-8")))


def test_every_module_of_the_generated_client_imports(generated: ModuleType) -> None:
    assert generated.__file__
    root = Path(generated.__file__).parent
    names = [path.relative_to(root.parent).with_suffix("").parts for path in (root / "api").glob("*/*.py")]

    assert len(names) > 50
    for name in names:
        importlib.import_module(".".join(name))


def test_a_generated_client_uploads_asks_and_reads_the_source(generated: ModuleType, client: Client) -> None:
    url = str(client.http.base_url)
    api = Api(generated, url)
    email = f"{uuid.uuid4().hex}@example.com"
    api.call("identity.register_user", body=api.models.Registration(email=email, password=PASSWORD, username="Gen"))
    signed_in = api.call("identity.login_user", body=api.models.Login(email=email, password=PASSWORD))
    api.sign_in(generated, url, signed_in.access_token)

    base = api.call("knowledge.create_base", body=api.models.NewKnowledgeBase(name="gen", display_name="Gen"))
    file = api.File(payload=BytesIO(NOTE.encode()), file_name="note.txt", mime_type="text/plain")
    accepted = api.call("knowledge.upload_document", base.id, body=api.models.UploadDocumentBody(file=file))
    _until_indexed(api, accepted.document_id)
    answer = api.call(
        "retrieval.query_knowledge",
        body=api.models.RagRequest(query="How often is the PP cotton filter replaced?", kb_id=base.id),
    )

    assert "6 months" in answer.answer
    assert answer.sources[0].filename == "note.txt"
    assert answer.status == "answered"


def test_a_generated_client_reads_refusals(generated: ModuleType, client: Client) -> None:
    api = Api(generated, str(client.http.base_url))

    refused = api.call("identity.login_user", body=api.models.Login(email="no@example.com", password="Wrong1234"))

    assert (refused.code, bool(refused.message)) == ("INVALID_CREDENTIALS", True)


def _until_indexed(api: Api, document_id: str) -> None:
    ends_at = time.monotonic() + 60
    while (shown := api.call("knowledge.get_document_status", document_id)).status != "indexed":
        assert time.monotonic() < ends_at, shown
        time.sleep(0.2)
