"""Called by the functions that answer questions: a reply, a vector or scores, from outside their network."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.models.invoked import ModelCall, ModelReply, answer_call
from voicehelper.resources import chat, embedder, reranker


@pipeline_step(ModelCall)
def handler(event: ModelCall) -> ModelReply:
    return answer_call(event, chat=chat, embedder=embedder, reranker=reranker())
