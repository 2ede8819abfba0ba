"""``make_missing_keys``: what signs tokens and links, made once; the first deployment's custom resource calls it.

CloudFormation makes no SecureString parameters, and a value in a template would be no secret.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final

from voicehelper.adapters.aws_call import AwsCallError, aws_call

_KEY_BYTES: Final = 48


def make_missing_keys(parameters: Iterable[str]) -> list[str]:
    """Names of those made in this run; one that exists is never replaced, since every session would end."""
    return [name for name in parameters if _make(name)]


def _make(name: str) -> bool:
    value = secrets.token_urlsafe(_KEY_BYTES)
    try:
        aws_call("ssm", "PutParameter", {"Name": name, "Value": value, "Type": "SecureString", "Overwrite": False})
    except AwsCallError as error:
        if error.service_code != "ParameterAlreadyExists":
            raise
        return False
    return True
