"""``answer_once``: a write with an ``Idempotency-Key`` is carried out once, and its answer given again for a day.

The order of things is Powertools', https://docs.powertools.aws.dev/lambda/python/latest/utilities/idempotency/; what
it remembers is in PostgreSQL, where the writes themselves are. Loaded by calls with the header alone: it is 0.15 s of
imports. An answer that is no success is not kept, so that the call can be made again with the same key.
https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn
from uuid import UUID

from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig
from aws_lambda_powertools.utilities.idempotency.base import IdempotencyHandler
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

from voicehelper import resources
from voicehelper.adapters.database import TenantDatabase
from voicehelper.errors import ConflictError, InvalidInputError, VoiceHelperError
from voicehelper.operations import answered_calls
from voicehelper.operations.answered_calls import AnsweredCall

LIFE_S: Final = 24 * 3600
REPLAYED: Final = "idempotent-replayed"  # a header of answers that are given again
_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")
_MOST_BYTES: Final = 1_000_000  # of an answer that is kept
_BOUNDARY: Final = re.compile(r"boundary=\"?([^\";,\s]{1,200})", re.IGNORECASE)
# Answers with a secret that is shown once, and stored nowhere.
_SHOWN_ONCE: Final = frozenset(
    (
        *("POST /api/v1/keys", "POST /api/v1/members/invitations", "POST /api/v1/auth/switch"),
        *("POST /api/v1/webhooks", "PATCH /api/v1/webhooks/{webhook_id}"),
    )
)
_NOTHING_SHOWN: Final = '"secret":null'  # of a change that made none; in a text of the caller's, quotes are escaped
_SECRET: Final = {"statusCode": 0}

Event = Mapping[str, Any]
Response = dict[str, Any]


class IdempotencyKeyInvalidError(InvalidInputError):
    code = "IDEMPOTENCY_KEY_INVALID"


class IdempotencyKeyReusedError(InvalidInputError):
    """The key came with another body before."""

    code = "IDEMPOTENCY_KEY_REUSED"


class CallInProgressError(ConflictError):
    code = "CALL_IN_PROGRESS"


class AnswerShownOnceError(ConflictError):
    """The call was carried out; its answer has a secret, and is not given again."""

    code = "ANSWER_SHOWN_ONCE"


class _NotKeptError(Exception):
    """Carries an answer past the library, which forgets a call that raises."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def answer_once(event: Event, context: Any, answer: Callable[[], Response]) -> Response:
    """``answer``'s response, or the one that it gave to the same call before; VoiceHelperError where neither is right.

    The call is the caller's, to this endpoint, with this key. The event has a caller.
    """
    caller = event["requestContext"]["authorizer"]["lambda"]
    key = event["headers"]["idempotency-key"]
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyInvalidError
    who = [caller["tenant_id"], caller["user_id"], caller.get("key_id") or ""]
    call = {"call": [*who, event["routeKey"], event["rawPath"], key], "payload": payload_digest(event)}
    store = _AnsweredCalls(TenantDatabase(resources.database(), UUID(caller["tenant_id"])))
    try:
        return _shown(_handle(call, context, store, lambda: _kept(answer(), event["routeKey"])))
    except _NotKeptError as error:
        return error.response
    except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError) as error:
        raise CallInProgressError(details={"retry_after_s": 1}) from error
    except IdempotencyValidationError as error:
        raise IdempotencyKeyReusedError from error
    except IdempotencyPersistenceLayerError as error:
        _raise_cause(error)


def _handle(call: dict[str, Any], context: Any, store: _AnsweredCalls, answer: Callable[[], Response]) -> Response:
    config = IdempotencyConfig(
        event_key_jmespath="call",
        payload_validation_jmespath="payload",
        expires_after_seconds=LIFE_S,
        hash_function="sha256",
        lambda_context=context,
        response_hook=_mark_replayed,
    )
    handler = IdempotencyHandler(answer, call, config, store, key_prefix="call", function_args=(), function_kwargs={})
    response: Response = handler.handle()
    return response


def _kept(response: Response, route: str) -> Response:
    if response["statusCode"] >= 400 or len(response.get("body") or "") > _MOST_BYTES:
        raise _NotKeptError(response)
    is_secret = route in _SHOWN_ONCE and _NOTHING_SHOWN not in (response.get("body") or "")
    return response | {"secret": True} if is_secret else response


def _shown(response: Response) -> Response:
    if response == _SECRET:
        raise AnswerShownOnceError
    return {name: value for name, value in response.items() if name != "secret"}


def _mark_replayed(response: Any, idempotent_data: DataRecord) -> Any:  # noqa: ARG001  (the hook's signature)
    if response == _SECRET:
        return response
    return response | {"headers": response.get("headers", {}) | {REPLAYED: "true"}}


def _raise_cause(error: Exception) -> NoReturn:
    """What kept the library's store from working."""
    if isinstance(error.__cause__, VoiceHelperError):
        raise error.__cause__ from error
    raise error


def payload_digest(event: Event) -> str:
    """Of query and body. The boundary of a form is drawn by the client for each request, and says nothing."""
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    if boundary := _BOUNDARY.search(event["headers"].get("content-type", "")):
        raw = raw.replace(boundary[1].encode(), b"")
    return hashlib.sha256(event.get("rawQueryString", "").encode() + b"\0" + raw).hexdigest()


class _AnsweredCalls(BasePersistenceLayer):
    def __init__(self, database: TenantDatabase) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._database = database

    def _put_record(self, data_record: DataRecord) -> None:
        key, payload = data_record.idempotency_key, data_record.payload_hash
        lives = {
            "ends_at_ms": data_record.in_progress_expiry_timestamp or 0,
            "expires_at": data_record.expiry_timestamp or 0,
        }
        with self._database.transaction() as tx:
            if answered_calls.begin(tx, key, payload, **lives):
                return
            found = answered_calls.find(tx, key)
        record = _record(key, found) if found else None
        if record:
            self._validate_payload(data_record, record)
        raise IdempotencyItemAlreadyExistsError(old_data_record=record)

    def _get_record(self, idempotency_key: str) -> DataRecord:
        with self._database.transaction() as tx:
            found = answered_calls.find(tx, idempotency_key)
        if found is None:
            raise IdempotencyItemNotFoundError
        return _record(idempotency_key, found)

    def _update_record(self, data_record: DataRecord) -> None:
        response = data_record.response_json_as_dict() or {}
        text = '{"statusCode": 0}' if response.get("secret") else data_record.response_data
        with self._database.transaction() as tx:
            answered_calls.finish(tx, data_record.idempotency_key, text, expires_at=data_record.expiry_timestamp or 0)

    def _delete_record(self, data_record: DataRecord) -> None:
        with self._database.transaction() as tx:
            answered_calls.forget(tx, data_record.idempotency_key)


def _record(key: str, found: AnsweredCall) -> DataRecord:
    return DataRecord(key, found.status, found.expires_at, found.ends_at_ms, found.response, found.payload)
