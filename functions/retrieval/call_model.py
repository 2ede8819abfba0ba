"""Called by the functions that answer, hear and speak: a reply, a vector, scores, a transcript or speech, from outside
their network.
"""

from voicehelper.entry.steps import pipeline_step
from voicehelper.models.invoked import ModelCall, ModelReply, answer_call
from voicehelper.resources import chat, embedder, reranker
from voicehelper.speech_resources import answer_speech


@pipeline_step(ModelCall)
def handler(event: ModelCall) -> ModelReply:
    return answer_call(event, chat=chat, embedder=embedder, reranker=reranker(), speech=answer_speech)
