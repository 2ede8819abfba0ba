"""The process's resources, built once and connected at first use; it and its
``…_resources`` beside it hold what outlives a call.

Handlers and ``entry`` call it; all other rooms receive resources as arguments. Imports are inside the functions, so
that a Lambda function loads only what it uses: the authorizer must not import a database driver.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final, cast

from voicehelper.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from mypy_boto3_s3 import S3Client

    from voicehelper.adapters.aws_call import Patience
    from voicehelper.adapters.content import ContentStore
    from voicehelper.adapters.database import Database
    from voicehelper.adapters.executions import Executions
    from voicehelper.adapters.invoke import Later
    from voicehelper.adapters.queues import Queue, SqsQueue
    from voicehelper.adapters.refreshing import Refreshing
    from voicehelper.identity.keys import KeyRing
    from voicehelper.identity.revocation import RevocationTable
    from voicehelper.index.protocol import IndexBackend
    from voicehelper.models.budgets import Ledger
    from voicehelper.models.catalogue import Catalogue
    from voicehelper.models.invoked import Invoke
    from voicehelper.models.pricing import Tariffs
    from voicehelper.models.protocols import Chat, Embedder, Reranker
    from voicehelper.recognition.protocol import Provider

# A changed catalogue takes effect after a minute, without a deployment.
CATALOGUE_MAX_AGE_S: Final = 60.0
DRAWING_LIMIT_S: Final = 24.0  # of the 29 that an answer may take
KeyPairs = tuple[tuple[str, str], ...]


@functools.cache
def database() -> Database:
    from voicehelper.adapters.database import Database

    return Database(deployed_dsn, wake_webhooks)


def wake_webhooks(tenant_id: UUID, delay_s: int) -> None:
    """A message of the upload queue (``webhooks.messages``): deliveries of the tenant are due."""
    upload_queue().send({"kind": "webhooks", "tenant_id": str(tenant_id)}, delay_s=delay_s)


def deployed_dsn() -> str:
    from voicehelper.adapters.aws_call import read_secret
    from voicehelper.adapters.database_address import database_dsn, iam_dsn

    login, ca_file = settings().database_user, settings().database_ca_file
    if host := settings().database_host:
        return iam_dsn(host, login=login, ca_file=ca_file)
    return database_dsn(read_secret(settings().database_secret_name)[1], login=login, ca_file=ca_file)


@functools.cache
def content() -> ContentStore:
    """Imports botocore, which boto3 would make a tenth slower; only functions that use storage call this."""
    import botocore.session
    from botocore.config import Config

    from voicehelper.adapters.content import ContentStore

    # Path style: the emulator has no wildcard DNS. The time-outs leave room for two retries inside 30 s.
    style: Any = {"addressing_style": "path" if settings().endpoint_url else "virtual"}
    config = Config(s3=style, connect_timeout=3, read_timeout=10, retries={"max_attempts": 3}, signature_version="s3v4")
    client = botocore.session.get_session().create_client("s3", config=config)
    return ContentStore(cast("S3Client", client), settings().content_bucket)


@functools.cache
def upload_queue() -> Queue:
    return queue(settings().upload_queue_url)


def queue(url: str) -> SqsQueue:
    from voicehelper.adapters.queues import SqsQueue

    return SqsQueue(url)


def purge_later() -> Later:
    from voicehelper.adapters.invoke import invoke_later

    return functools.partial(invoke_later, settings().purge_function)


def recognise_later() -> Later:
    from voicehelper.adapters.invoke import invoke_later

    return functools.partial(invoke_later, settings().recognition_function)


@functools.cache
def recognition_provider() -> Provider | None:
    """What is asked before the built-in recogniser; None where nothing is."""
    from voicehelper.recognition.factory import build_provider

    # Its function has no database, where what a tenant has spent on models is counted.
    invoke = None if settings().monthly_budget_usd else _invoke_model()
    return build_provider(settings().recogniser, _analyse_document, invoke)


def _analyse_document(payload: dict[str, Any]) -> dict[str, Any]:
    from voicehelper.adapters.aws_call import Patience, aws_call

    return aws_call("textract", "AnalyzeDocument", payload, patience=Patience(attempts=2, timeout_s=20.0))


def fail_later() -> Later:
    from voicehelper.adapters.invoke import invoke_later

    return functools.partial(invoke_later, settings().failing_function)


@functools.cache
def ingestions() -> Executions:
    from voicehelper.adapters.executions import StateMachine

    return StateMachine(settings().ingestion_state_machine_arn)


@functools.cache
def signing_keys() -> KeyRing:
    from voicehelper.adapters.aws_call import USUAL

    return key_ring(settings().signing_key_parameter, USUAL)


@functools.cache
def link_keys() -> KeyRing:
    """For links that open documents; they open nothing else."""
    from voicehelper.adapters.aws_call import USUAL

    return key_ring(settings().link_key_parameter, USUAL)


def key_ring(parameter: str, patience: Patience) -> KeyRing:
    from voicehelper.identity.keys import KeyRing, fetch_keys, fetch_previous

    stage = settings().stage
    return KeyRing(
        lambda: fetch_keys(parameter, stage=stage, patience=patience),
        lambda: fetch_previous(parameter, patience=patience),
    )


@functools.cache
def revocation_table() -> RevocationTable:
    from voicehelper.identity.revocation import RevocationTable

    return RevocationTable(settings().revoked_family_table)


def start_upkeep() -> None:
    """Have the index of large bases looked after, by the one function that may; returns before it has begun."""
    from voicehelper.adapters.invoke import invoke_later

    invoke_later(settings().upkeep_function, {"detail": {}})


def draw_page(request: dict[str, Any]) -> dict[str, Any]:
    """What ``ingestion.steps.draw_page`` returns; its function reads the file, and this one never does."""
    from voicehelper.adapters.invoke import invoke

    return invoke(settings().drawing_function, request, timeout_s=DRAWING_LIMIT_S)


@functools.cache
def chunk_index() -> IndexBackend:
    """The kind of index this deployment uses."""
    from voicehelper.index.selection import select_index

    return select_index(settings())


def embedding_model() -> str:
    """The model name that a knowledge base stores; does not import the model."""
    from voicehelper.models.factory import embedding_model_name

    return embedding_model_name(catalogue())


def tariffs() -> Tariffs:
    """What the hosted models that only read cost."""
    from voicehelper.models.pricing import Tariffs

    configured = catalogue()
    return configured.tariffs if configured else Tariffs()


def embedder() -> Embedder:
    return _cached_embedder(_catalogue_text().get(), provider_keys())


def chat() -> Chat | None:  # None if the built-in reader answers
    return _cached_chat(_catalogue_text().get(), provider_keys())


def reranker() -> Callable[[], Reranker] | None:
    """Builds the model that orders passages; None where none is configured."""
    if not (configured := catalogue()) or not configured.rerank:
        return None
    from voicehelper.models.factory import build_reranker

    return functools.partial(build_reranker, configured, dict(provider_keys()), _invoke_model())


def catalogue_text() -> str:
    """Empty where no catalogue is configured."""
    return _catalogue_text().get()


@functools.cache
def _catalogue_text() -> Refreshing[str]:
    from voicehelper.adapters.aws_call import read_parameter
    from voicehelper.adapters.refreshing import Refreshing

    name = settings().model_config_parameter
    return Refreshing(lambda: read_parameter(name) if name else "", max_age_s=CATALOGUE_MAX_AGE_S, keep_stale=True)


@functools.cache
def _keys() -> Refreshing[KeyPairs]:
    from voicehelper.adapters.aws_call import read_secret
    from voicehelper.adapters.refreshing import Refreshing

    name = settings().model_secret_name
    return Refreshing(
        lambda: tuple(sorted(read_secret(name)[1].items())) if name else (),
        max_age_s=CATALOGUE_MAX_AGE_S,
        keep_stale=True,
    )


def provider_keys() -> KeyPairs:
    """Part of the cache key of a client: with another API key a new client is built.

    Nothing for a function that has others called for it: it may not read them.
    """
    return () if settings().model_function else _keys().get()


@functools.cache
def _invoke_model() -> Invoke | None:
    from voicehelper.adapters.invoke import invoke

    name = settings().model_function
    return functools.partial(invoke, name) if name else None


def catalogue() -> Catalogue | None:
    """None if no catalogue is configured: all models are the offline ones."""
    return _parse_catalogue(_catalogue_text().get())


@functools.lru_cache(maxsize=1)
def _parse_catalogue(text: str) -> Catalogue | None:
    if not text:
        return None
    from voicehelper.models.catalogue import parse_catalogue

    return parse_catalogue(text)


@functools.lru_cache(maxsize=1)
def _cached_embedder(text: str, keys: KeyPairs) -> Embedder:
    from voicehelper.models.factory import build_embedder

    return build_embedder(_parse_catalogue(text), dict(keys), _invoke_model())


@functools.lru_cache(maxsize=1)
def _cached_chat(text: str, keys: KeyPairs) -> Chat | None:
    from voicehelper.models.factory import build_chat
    from voicehelper.models.shared_replies import shared_replies

    return build_chat(_parse_catalogue(text), dict(keys), _invoke_model(), _budgets(), shared_replies(settings(), text))


def _budgets() -> Ledger | None:
    """None for the function that calls models for others: it has no database, and who has it called asks before."""
    if not settings().model_function:
        return None
    from voicehelper.models.budget_store import BudgetStore

    return BudgetStore(database(), settings().monthly_budget_usd)
