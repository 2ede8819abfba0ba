"""How often each function may run at once on one machine. Entry: ``concurrency_limits``, called by the deployment."""

from __future__ import annotations

from typing import Final

from infra.template import Template

# They embed the question and the sentences of the answer.
ANSWERING: Final = ("QueryKnowledgeFunction", "SendMessageFunction")
QUICK_AT_ONCE: Final = 4  # a call of the others takes some milliseconds of computing


def concurrency_limits(source: Template, *, cores: int) -> dict[str, int]:
    """How often each function may run at once, as reserved concurrency bounds it on AWS.

    What keeps a core busy gets a core each, the pipeline's steps and the answers to questions: forty calls at once
    would otherwise start forty embedding models, whose starts cost nine warm answers each.
    """
    called = {route.function.logical_id for route in source.routes()} | source.authorizers()
    busy = {*source.pipeline_functions(), *ANSWERING}
    return dict.fromkeys(sorted(called - busy), QUICK_AT_ONCE) | dict.fromkeys(sorted(busy), cores)
