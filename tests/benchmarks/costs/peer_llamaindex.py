"""The peer's side of ``peer``: fills or asks LlamaIndex's pgvector store; runs in an environment of its own.

usage: peer_llamaindex.py DSN FOLDER fill|ask
"""

# mypy: ignore-errors
# The peer's packages are not in the environment that checks types.
from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms.mock import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.vector_stores.postgres import PGVectorStore

TOP, PER_LEG = 5, 50
DSN, FOLDER, WORK = urlsplit(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
QUESTIONS = json.loads((FOLDER / "questions.json").read_text("utf-8"))


class Ready(BaseEmbedding):
    def _get_query_embedding(self, query: str) -> list[float]:
        return QUESTIONS[query]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return QUESTIONS[query]

    def _get_text_embedding(self, text: str) -> list[float]:
        raise NotImplementedError


def store() -> PGVectorStore:
    return PGVectorStore.from_params(
        host=DSN.hostname, port=str(DSN.port), user=DSN.username, password=DSN.password, database=DSN.path[1:],
        table_name="peer", embed_dim=384, hybrid_search=True, text_search_config="english",
    )  # fmt: skip


def fill() -> None:
    passages = json.loads((FOLDER / "passages.json").read_text("utf-8"))
    vectors = np.load(FOLDER / "vectors.npy")
    nodes = [
        TextNode(id_=str(n), text=text, embedding=vector.tolist())
        for n, (text, vector) in enumerate(zip(passages, vectors, strict=True))
    ]
    store().add(nodes)


def ask() -> float:
    """CPU seconds a question, after five that warm."""
    index = VectorStoreIndex.from_vector_store(store(), embed_model=Ready())
    legs = [
        index.as_retriever(vector_store_query_mode=mode, similarity_top_k=PER_LEG) for mode in ("default", "sparse")
    ]
    fused = QueryFusionRetriever(
        legs, llm=MockLLM(), similarity_top_k=TOP, num_queries=1, mode="reciprocal_rerank", use_async=False
    )
    engine = RetrieverQueryEngine.from_args(fused, llm=MockLLM(max_tokens=5))
    texts = list(QUESTIONS)
    for text in texts[:5]:
        assert engine.query(text).source_nodes
    started = time.process_time()
    for text in texts:
        engine.query(text)
    return (time.process_time() - started) / len(texts)


if __name__ == "__main__":
    if WORK == "fill":
        fill()
        print(0.0)
    else:
        print(ask())
