"""The resources of questions and answers, built once as those of ``resources``, for ``entry`` and handlers alone."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from voicehelper.resources import catalogue_text, chat, chunk_index, embedder, embedding_model, reranker, tariffs
from voicehelper.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from voicehelper.answering.events import Compose
    from voicehelper.answering.service import Answerer, Searcher
    from voicehelper.models.protocols import Embedder
    from voicehelper.models.reading import LoadedOnce, TrainedReader


def searcher() -> Searcher:
    """What finds passages, without a model that would answer."""
    from voicehelper.answering.service import Searcher

    model = embedding_model()
    return Searcher(
        model,
        functools.partial(embedder_of, model),
        chunk_index(),
        reranker=reranker(),
        reader=reader(),
        tariffs=tariffs(),
    )


def embedder_of(model: str) -> Embedder:
    """For whoever has told bases by the model: the catalogue may be another one by now."""
    from voicehelper.models.protocols import of_model

    return of_model(embedder(), model)


def answerer() -> Answerer:
    """Answers by the hosted chat model if one is configured, else by the built-in reader."""
    from voicehelper.answering.cached import answer_cache
    from voicehelper.answering.service import Answerer

    model = embedding_model()
    return Answerer(
        model,
        functools.partial(embedder_of, model),
        chunk_index(),
        _compose(),
        chat=chat(),
        reranker=reranker(),
        reader=reader(),
        tariffs=tariffs(),
        made_by=_made_by(),
        cache=answer_cache(),
    )


def reader() -> Callable[[], TrainedReader] | None:
    """Gives the trained reader, loaded at the first call; None where no weights are configured."""
    path = settings().reader_weights
    return _reader(path) if path else None


@functools.cache
def _reader(path: str) -> LoadedOnce:
    from voicehelper.models.factory import build_reader
    from voicehelper.models.reading import LoadedOnce

    return LoadedOnce(functools.partial(build_reader, path))


def _compose() -> Compose:
    from voicehelper.answering.reader.answer import OfflineAnswer
    from voicehelper.models.factory import OFFLINE_EMBEDDING

    extracts = OfflineAnswer(embedder if embedding_model() == OFFLINE_EMBEDDING else None, reader())
    if (model := chat()) is None:
        return extracts
    from voicehelper.adapters.deadline import seconds_left
    from voicehelper.answering.hosted.generate import HostedAnswer

    return HostedAnswer(model, extracts, seconds_left=seconds_left)


def _made_by() -> str:
    """What shapes an answer besides the question and the bases: models, the reader's weights, the code."""
    from voicehelper.answering.cached import code_stamp

    return f"{catalogue_text()}\n{code_stamp()}\n{_weights_stamp(settings().reader_weights)}"


@functools.cache
def _weights_stamp(path: str) -> str:
    from voicehelper.models.reading import weights_stamp

    return weights_stamp(path) if path else ""
