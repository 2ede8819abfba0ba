"""The application as its files say it is; see infra.template and infra.openapi."""

from __future__ import annotations

from infra.local.paths import ROOT
from infra.openapi import OPENAPI_FILE, handler_files

__all__ = ["OPENAPI_FILE", "ROOT", "handler_files"]
