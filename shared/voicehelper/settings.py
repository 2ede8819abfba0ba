"""What the template gives a function, read once from the environment.

Every variable named here is declared in template.yaml's Globals; a contract test compares the two.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    stage: str
    service_version: str
    database_secret_name: str  # {"dsn": "postgresql://…"} or RDS's own {"host","port","dbname","username","password"}
    signing_key_secret_arn: str  # {"secret": …}; the previous version stays valid while a rotation lasts
    revoked_family_table: str
    content_bucket: str
    ingestion_state_machine_arn: str
    purge_queue_url: str
    upload_queue_url: str
    public_base_url: str  # what links in answers start with; empty means relative links
    model_config_parameter: str  # SSM parameter with the model catalogue as JSON; empty means the offline models
    model_secret_name: str  # {"<provider>": "<api key>"}
    cors_origins: tuple[str, ...]
    endpoint_url: str | None  # None on AWS; the emulator's address elsewhere


@functools.cache
def settings() -> Settings:
    read = os.environ.get
    return Settings(
        stage=read("STAGE", "dev"),
        service_version=read("SERVICE_VERSION", "0"),
        database_secret_name=read("DATABASE_SECRET_NAME", ""),
        signing_key_secret_arn=read("SIGNING_KEY_SECRET_ARN", ""),
        revoked_family_table=read("REVOKED_FAMILY_TABLE", ""),
        content_bucket=read("CONTENT_BUCKET", ""),
        ingestion_state_machine_arn=read("INGESTION_STATE_MACHINE_ARN", ""),
        purge_queue_url=read("PURGE_QUEUE_URL", ""),
        upload_queue_url=read("UPLOAD_QUEUE_URL", ""),
        public_base_url=read("PUBLIC_BASE_URL", "").rstrip("/"),
        model_config_parameter=read("MODEL_CONFIG_PARAMETER", ""),
        model_secret_name=read("MODEL_SECRET_NAME", ""),
        cors_origins=tuple(o.strip() for o in read("CORS_ORIGINS", "").split(",") if o.strip()),
        endpoint_url=read("AWS_ENDPOINT_URL") or None,
    )
