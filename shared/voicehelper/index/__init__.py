"""Storage and search of chunks: places, lexical weights, scores, fusion, and the facts of knowledge bases.

``protocol.ChunkIndex`` is the entry, ``pgvector`` and ``memory`` implement it. ``ingestion`` writes, ``retrieval``
searches.
"""
