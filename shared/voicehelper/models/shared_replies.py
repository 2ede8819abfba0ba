"""The cache of replies that a deployment's processes share, by its settings: ``shared_replies``, for ``resources``.

Its modules are imported where one is configured alone; the client is in a layer that only some deployments have.
"""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING, Final

from voicehelper.settings import Settings

if TYPE_CHECKING:
    from voicehelper.adapters.caching import SharedCache
    from voicehelper.models.protocols import ChatCompletion

_CATALOGUE_DIGITS: Final = 16


def shared_replies(
    settings: Settings, catalogue_text: str, *, within_s: float | None = None
) -> SharedCache[ChatCompletion] | None:
    """None where nothing is shared. Keys begin with the catalogue's digest: in another one the same name may be another
    model. For the next change of the catalogue a new one is made. ``within_s`` is what a look-up may take.
    """
    if not settings.cache_url:
        return None
    from voicehelper.adapters.redis_cache import WITHIN_S, RedisCache, RedisServer
    from voicehelper.models.response_cache import reply_from_bytes, reply_to_bytes

    login = functools.partial(_login, settings.cache_secret_name) if settings.cache_secret_name else None
    digest = hashlib.sha256(catalogue_text.encode()).hexdigest()[:_CATALOGUE_DIGITS]
    prefix = f"voicehelper:{settings.stage}:replies:{digest}:"
    server = RedisServer(settings.cache_url, login, within_s=WITHIN_S if within_s is None else within_s)
    return RedisCache(server, prefix, reply_to_bytes, reply_from_bytes)


def _login(secret_name: str) -> tuple[str, str]:
    """Read again for each connection, so that a changed password needs no deployment."""
    from voicehelper.adapters.aws_call import BRIEF, read_secret

    _, secret = read_secret(secret_name, patience=BRIEF)
    return str(secret.get("username", "default")), str(secret["password"])
