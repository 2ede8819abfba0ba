"""The index of a deployment, by its settings: ``select_index`` for ``resources``, ``select_target`` for upkeep.

OpenSearch's modules are imported where it is selected alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicehelper.settings import Settings

if TYPE_CHECKING:
    from voicehelper.index.opensearch.upkeep import Target
    from voicehelper.index.protocol import IndexBackend


def select_index(settings: Settings) -> IndexBackend:
    if settings.search_engine == "opensearch":
        from voicehelper.adapters.opensearch import OpenSearch
        from voicehelper.index.opensearch.index import OpenSearchBackend

        return OpenSearchBackend(OpenSearch(settings.opensearch_url), _name(settings))
    from voicehelper.index.pgvector.index import PgvectorBackend

    return PgvectorBackend()


def select_target(settings: Settings) -> Target | None:
    """What changes are passed on to; None where PostgreSQL is the search engine. A new one for each use: it remembers
    which fields the index has.
    """
    if settings.search_engine == "postgres":
        return None
    from voicehelper.adapters.opensearch import OpenSearch
    from voicehelper.index.opensearch.upkeep import Target

    return Target(OpenSearch(settings.opensearch_url), _name(settings), settings.opensearch_knn_engine)


def _name(settings: Settings) -> str:
    return f"voicehelper-{settings.stage}"
