"""Settings of a function, read once from the environment; ``settings`` is the entry, for ``resources`` and handlers.

Every variable is declared in template.yaml's Globals; a contract test compares the two. Handlers check them at a cold
start, so that a missing variable fails there with its name, and not in a later call.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, field
from typing import Literal, cast

SearchEngine = Literal["postgres", "opensearch"]
Recogniser = Literal["builtin", "textract", "chat_model"]


class MissingSettingError(RuntimeError):
    """Names every required variable that is missing."""


@dataclass(frozen=True, slots=True)
class Settings:
    stage: str
    service_version: str
    database_secret_name: str  # {"dsn": "postgresql://…"} or RDS's own {"host","port","dbname","username","password"}
    database_host: str  # of a database that knows its callers by their IAM role; empty where the secret says all
    database_user: str  # the role that signs in: that of the API, of the pipeline, or the schema's owner
    database_ca_file: str  # authorities that a created database must be certified by; empty means it is not checked
    signing_key_parameter: str  # a SecureString; its previous version stays valid during a rotation
    link_key_parameter: str  # another, for links of documents: who makes links cannot make tokens
    webhook_key_parameter: str  # another, from which the secrets of webhooks are derived
    revoked_family_table: str
    content_bucket: str
    ingestion_state_machine_arn: str
    agent_state_machine_arn: str
    upload_queue_url: str
    open_registration: bool  # whether anybody may make an account
    smtp_url: str  # of the server that takes mail; empty means that none is sent
    mail_sender: str  # address that mail comes from
    mail_secret_name: str  # {"username", "password"}; empty for a server that asks for no sign-in
    mail_function: str  # sends mail; empty for functions that hand it nothing
    public_base_url: str  # prefix of links in answers; empty means relative links
    model_config_parameter: str  # SSM parameter with the model catalogue as JSON; empty means the offline models
    reader_weights: str  # a file of the trained reader's weights; empty means that hand-made rules judge sentences
    model_secret_name: str  # {"<provider>": "<api key>"}; empty where no catalogue needs a key
    tool_secret_name: str  # keys of one kind of tool alone; empty means that they stand in the secret of the models
    oidc_secret_name: str  # {"issuer","client_id","client_secret"} of the identity provider; empty where there is none
    agent_config_parameter: str  # SSM parameter with what agents may use outside, as JSON; empty means nothing
    monthly_budget_usd: float  # of each tenant, for calls of hosted chat models; 0 bounds nothing
    audit_retention_days: int  # entries of the audit log are kept so long; 0 keeps them for ever
    running_documents: int  # at once, in the whole deployment
    embedding_lanes: int  # batches of a document that are embedded at once
    waiting_calls: int  # for tasks of agents, at once in the whole deployment; others are told where to ask
    purge_function: str  # deletes content; empty for functions that hand it nothing
    delivering_function: str  # has webhooks told; empty for functions that hand it nothing
    sending_function: str  # sends deliveries outside the network; empty for functions that do not ask it
    failing_function: str  # ends what nobody could handle; empty for functions that hand it nothing
    drawing_function: str  # draws pages of documents; empty for functions that show none
    recogniser: Recogniser  # of scans and pictures; the built-in one stands in for others
    recognition_function: str  # reads pictures and scans; empty for functions that have none read
    model_function: str  # the function that calls hosted models for this one; empty where it calls them itself
    release: str  # names of functions by which a release is checked, as JSON; empty for functions that check none
    audio_function: str  # opens recordings for this one, which may not; empty for functions that hear nobody
    default_language: Literal["zh", "en"]  # of callers that name none
    mcp_function: str  # lists and calls the tools of MCP servers; empty for functions that do not ask it
    alarm_secret_name: str  # {"pager", "pager_key", "chat"}: where alarms are told; empty tells the log alone
    alarm_times_s: tuple[int, int, int]  # before a group's first notice, between its notices, until it is repeated
    trace_memory_every: int  # invocations between two log lines of where memory grows; 0 traces nothing
    run_book_url: str  # where docs/operations.md is published
    upkeep_function: str  # the function that looks after the indexes of large bases
    search_engine: SearchEngine  # what recalls chunks; the database holds them either way
    opensearch_url: str  # needed where OpenSearch is the engine; a host of AWS is called signed
    cache_url: str = field(repr=False)  # redis:// or rediss://, of what processes share; empty where they share nothing
    cache_secret_name: str  # {"username", "password"} of it; empty where it asks for none
    opensearch_knn_engine: Literal["lucene", "faiss"]  # of vectors in OpenSearch; AWS's collections have faiss alone
    trace_rate: float  # 0 … 1, the share of traces that spans are written of
    endpoint_url: str | None  # None on AWS; the emulator's address elsewhere


@functools.cache
def settings() -> Settings:
    """MissingSettingError if a required variable is missing or empty."""
    missing: list[str] = []

    def required(name: str) -> str:
        value = os.environ.get(name, "")
        missing.extend([name] * (not value))
        return value

    optional = os.environ.get
    engine: SearchEngine = "opensearch" if optional("SEARCH_ENGINE") == "opensearch" else "postgres"
    values = Settings(
        stage=required("STAGE"),
        service_version=required("SERVICE_VERSION"),
        database_secret_name=required("DATABASE_SECRET_NAME"),
        database_host=optional("DATABASE_HOST", ""),
        database_user=required("DATABASE_USER"),
        database_ca_file=optional("DATABASE_CA_FILE", ""),
        signing_key_parameter=required("SIGNING_KEY_PARAMETER"),
        link_key_parameter=required("LINK_KEY_PARAMETER"),
        webhook_key_parameter=required("WEBHOOK_KEY_PARAMETER"),
        revoked_family_table=required("REVOKED_FAMILY_TABLE"),
        content_bucket=required("CONTENT_BUCKET"),
        ingestion_state_machine_arn=required("INGESTION_STATE_MACHINE_ARN"),
        agent_state_machine_arn=required("AGENT_STATE_MACHINE_ARN"),
        upload_queue_url=required("UPLOAD_QUEUE_URL"),
        open_registration=optional("OPEN_REGISTRATION", "yes") != "no",
        smtp_url=optional("SMTP_URL", ""),
        mail_sender=optional("MAIL_SENDER", ""),
        mail_secret_name=optional("MAIL_SECRET_NAME", ""),
        mail_function=optional("MAIL_FUNCTION", ""),
        public_base_url=optional("PUBLIC_BASE_URL", "").rstrip("/"),
        model_config_parameter=optional("MODEL_CONFIG_PARAMETER", ""),
        reader_weights=optional("READER_WEIGHTS", ""),
        model_secret_name=optional("MODEL_SECRET_NAME", ""),
        tool_secret_name=optional("TOOL_SECRET_NAME", ""),
        oidc_secret_name=optional("OIDC_SECRET_NAME", ""),
        agent_config_parameter=optional("AGENT_CONFIG_PARAMETER", ""),
        monthly_budget_usd=float(optional("MONTHLY_BUDGET_USD", "0") or 0),
        audit_retention_days=int(optional("AUDIT_RETENTION_DAYS", "0")),
        running_documents=int(optional("RUNNING_DOCUMENTS", "10")),
        embedding_lanes=int(optional("EMBEDDING_LANES", "10")),
        waiting_calls=int(optional("WAITING_CALLS", "40")),
        purge_function=optional("PURGE_FUNCTION", ""),
        release=optional("RELEASE", ""),
        delivering_function=optional("DELIVERING_FUNCTION", ""),
        sending_function=optional("SENDING_FUNCTION", ""),
        failing_function=optional("FAILING_FUNCTION", ""),
        drawing_function=optional("DRAWING_FUNCTION", ""),
        recogniser=cast("Recogniser", optional("RECOGNISER") or "builtin"),
        recognition_function=optional("RECOGNITION_FUNCTION", ""),
        model_function=optional("MODEL_FUNCTION", ""),
        audio_function=optional("AUDIO_FUNCTION", ""),
        default_language="en" if optional("DEFAULT_LANGUAGE") == "en" else "zh",
        mcp_function=optional("MCP_FUNCTION", ""),
        alarm_secret_name=optional("ALARM_SECRET_NAME", ""),
        alarm_times_s=_three_numbers(optional("ALARM_TIMES_S") or "30 300 43200"),
        trace_memory_every=int(optional("TRACE_MEMORY_EVERY", "0") or 0),
        run_book_url=optional("RUN_BOOK_URL") or "docs/operations.md",
        upkeep_function=optional("UPKEEP_FUNCTION", ""),
        search_engine=engine,
        opensearch_url=(required("OPENSEARCH_URL") if engine == "opensearch" else "").rstrip("/"),
        cache_url=optional("CACHE_URL", ""),
        cache_secret_name=optional("CACHE_SECRET_NAME", ""),
        opensearch_knn_engine="lucene" if optional("OPENSEARCH_KNN_ENGINE") == "lucene" else "faiss",
        trace_rate=float(optional("TRACE_RATE", "1")),
        endpoint_url=optional("AWS_ENDPOINT_URL") or None,
    )
    if missing:
        raise MissingSettingError(", ".join(missing))
    return values


def _three_numbers(text: str) -> tuple[int, int, int]:
    first, second, third = map(int, text.split())
    return first, second, third


def check_settings() -> None:
    """Called by handlers at import. Does nothing outside Lambda, as in tests and the OpenAPI export."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        settings()
