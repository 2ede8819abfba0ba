"""Dead letters in storage and in queues, as an operator's commands find them and send them again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from voicehelper.adapters.queues import Letter
from voicehelper.ingestion.dead_letters import kept_key, kept_letter

from infra import dead_letters
from infra.local.endpoint import Endpoint
from infra.target import Deployed

UPLOAD = json.dumps({"Records": [{"s3": {"object": {"key": "documents/t/b/d/1/source"}}}]})
PURGE = json.dumps({"requestPayload": {"kind": "purge", "tenant_id": "t-1", "kb_id": "b-1"}})
ENDED = json.dumps({"requestPayload": {"detail": {"input": json.dumps({"document_id": "d-1"}), "status": "FAILED"}}})


class Stack(Deployed):
    """A bucket and queues by their logical ids."""

    def physical(self, logical_id: str) -> str:
        if logical_id == "ContentBucket":
            return "content"
        return str(self.client("sqs").get_queue_url(QueueName=logical_id)["QueueUrl"])


@pytest.fixture
def stack(aws: Endpoint) -> Stack:
    stack = Stack("stack", aws.client)
    aws.client("s3").create_bucket(Bucket="content")
    for queue in ("UploadQueue", *dead_letters.QUEUES):
        aws.client("sqs").create_queue(QueueName=queue)
    return stack


def waiting(stack: Stack) -> list[Any]:
    asked = {"QueueUrl": stack.physical("UploadQueue"), "MaxNumberOfMessages": 10}
    return [json.loads(message["Body"]) for message in stack.client("sqs").receive_message(**asked).get("Messages", ())]


def test_letters_are_found_where_they_are_and_sent_again(stack: Stack) -> None:
    sqs, letter = stack.client("sqs"), Letter(UPLOAD, "receipt", "id-kept")
    stack.client("s3").put_object(Bucket="content", Key=kept_key(letter), Body=kept_letter(letter))
    sqs.send_message(QueueUrl=stack.physical("PurgeDeadLetterQueue"), MessageBody=PURGE)
    sqs.send_message(QueueUrl=stack.physical("UploadDeadLetterQueue"), MessageBody=ENDED)

    found = {letter.place: letter for letter in dead_letters.find(stack)}

    assert {place: letter.about for place, letter in found.items()} == {
        "kept": "upload documents/t/b/d/1/source",
        "PurgeDeadLetterQueue": "purge tenant_id=t-1 kb_id=b-1",
        "UploadDeadLetterQueue": "execution document_id=d-1",
    }
    assert len(dead_letters.find(stack)) == 3, "whoever looks takes nothing away"

    answers = {letter.place: dead_letters.redrive(stack, letter) for letter in dead_letters.find(stack)}

    assert answers["UploadDeadLetterQueue"].startswith("left")
    assert [letter.place for letter in dead_letters.find(stack)] == ["UploadDeadLetterQueue"]
    assert sorted(waiting(stack), key=str) == [
        {"kind": "purge", "tenant_id": "t-1", "kb_id": "b-1"},
        {"kind": "redrive", "letter": UPLOAD},
    ]
