"""Structured log lines; each contains service, version and environment."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from voicehelper.settings import settings

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@functools.cache
def logger() -> Logger:
    from aws_lambda_powertools import Logger

    logger = Logger(service="voicehelper", use_rfc3339=True)
    logger.append_keys(version=settings().service_version, environment=settings().stage)
    return logger
