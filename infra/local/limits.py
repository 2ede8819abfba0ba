"""How often each function may run at once on one machine. Entry: ``concurrency_limits``, called by the deployment."""

from __future__ import annotations

from typing import Final

from infra.template import Template

# They embed the question and the sentences of the answer.
ANSWERING: Final = (
    "QueryKnowledgeFunction",
    "SendMessageFunction",
    "CreateChatCompletionFunction",
    "CreateEmbeddingsFunction",
    "ServeMcpFunction",
    "TakeTurnFunction",
)
QUICK_AT_ONCE: Final = 4  # a call of the others takes some milliseconds of computing
# It waits for the end of a task and computes nothing, but each call keeps a process with some 40 MB of its own. The
# function itself counts who waits, and sends the others away at once; for those are the quick places.
WAITING: Final = "ExecuteTaskFunction"
WAITING_AT_ONCE: Final = 8
# One waits for the other, which so has as many places; neither computes anything.
TELLING: Final = ("DeliverWebhooksFunction", "SendWebhooksFunction")
READING: Final = ("RecogniseFileFunction", "RecognisePicturesFunction")  # 750 MB and all cores for seconds each


def concurrency_limits(source: Template, *, cores: int) -> dict[str, int]:
    """How often each function may run at once, as reserved concurrency bounds it on AWS.

    What keeps a core busy gets a core each, the pipeline's steps and the answers to questions: forty calls at once
    would otherwise start forty embedding models, whose starts cost nine warm answers each.
    """
    called = {route.function.logical_id for route in source.routes()} | source.authorizers()
    busy = {*source.pipeline_functions(), *ANSWERING}
    called |= set(TELLING) & set(source.functions())
    quick, waiting = dict.fromkeys(sorted(called - busy), QUICK_AT_ONCE), {WAITING: WAITING_AT_ONCE + QUICK_AT_ONCE}
    return quick | dict.fromkeys(sorted(busy), cores) | waiting | dict.fromkeys(READING, 1)
