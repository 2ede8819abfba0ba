"""The run book's commands on a running product."""

from __future__ import annotations

import json

import psycopg
import pytest

from infra import dead_letters
from infra.local.paths import STACK_NAME
from infra.operate import list_letters, redrive, report, show_letter
from infra.operate import main as operate
from infra.target import Deployed
from tests.support.client import Client
from tests.support.polling import until
from tests.support.product import Product

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def deployed(product: Product) -> Deployed:
    if not product.dsn:
        pytest.skip("needs the stack's own clients")
    return Deployed(STACK_NAME, product.endpoint.client)


class Options:
    """As argparse gives them."""

    def __init__(self, **given: str) -> None:
        self.__dict__.update(given)


def run(command: object, deployed: Deployed, **given: str) -> int:
    assert callable(command)
    return int(command(deployed, Options(**given)))


def test_a_dead_letter_is_listed_read_and_sent_again(
    client: Client, product: Product, deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    kb_id = client.create_base("redriven")
    document_id = client.upload(kb_id, "a.md", b"# Valve\n\nThe valve closes at 120 kPa.")
    client.wait([document_id])
    own_id = document_id.partition("-")[2]
    with psycopg.connect(product.dsn) as connection:
        update = "UPDATE document SET status = 'processing' WHERE id = %s RETURNING tenant_id, attempt, source_attempt"
        tenant_id, attempt, source_attempt = connection.execute(update, (own_id,)).fetchone() or ("", 0, 0)
    key = f"documents/{tenant_id}/{kb_id.partition('-')[2]}/{own_id}/{source_attempt}/source"
    body = json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
    queue = deployed.physical("UploadDeadLetterQueue")
    deployed.client("sqs").send_message(QueueUrl=queue, MessageBody=body)
    [queued] = [letter for letter in dead_letters.find(deployed) if own_id in letter.about]
    assert (queued.place, attempt) == ("UploadDeadLetterQueue", 1)

    reader = deployed.physical("CollectDeadLettersFunction")
    deployed.client("lambda").invoke(FunctionName=reader, Payload=json.dumps({"queue_url": queue}).encode())
    until(lambda: client.status(document_id)["status"] == "failed")

    assert run(list_letters, deployed) == 0
    assert f"{queued.id}  kept" in capsys.readouterr().out
    assert run(show_letter, deployed, id=queued.id[:8]) == 0
    assert capsys.readouterr().out.strip() == body
    assert run(redrive, deployed, id=queued.id) == 0
    assert "queued again" in capsys.readouterr().out
    until(lambda: client.status(document_id)["status"] == "indexed")
    assert run(redrive, deployed, id=queued.id) == 1, "it is gone"


def test_the_use_of_indexes_is_asked_of_the_function_that_owns_them(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(report, deployed, name="index-usage") == 0
    assert "document_pkey" in capsys.readouterr().out
    assert run(report, deployed, name="slow-statements") == 1
    assert "pg_stat_statements" in capsys.readouterr().err


def test_without_a_running_stack_one_line_says_so(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    assert operate(["--state", str(tmp_path_factory.mktemp("none")), "dead-letters", "list"]) == 1
    assert "make run" in capsys.readouterr().err
