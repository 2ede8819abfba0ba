"""Management of knowledge bases and documents: upload, list, retry, reindex, delete, open.

Entries are the functions of ``uploads``, ``lifecycle``, ``purging``, ``links`` and ``store``; only ``functions/`` and
``entry`` import this room. The processing of documents is in ``ingestion``.
"""
