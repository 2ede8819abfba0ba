"""Chunks as they are stored and found: their places, lexical weights, scores, fusion, and the facts of bases.

``protocol.ChunkIndex`` is the edge, ``pgvector`` and ``memory`` implement it. ``ingestion`` writes, ``retrieval``
reads.
"""
