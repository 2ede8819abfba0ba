"""Knowledge bases and documents as their owners handle them: upload, look, retry, build again, delete, open.

Entries are the functions of ``uploads``, ``lifecycle``, ``purging``, ``links`` and ``store``; only ``functions/`` and
``entry`` import this room. What the pipeline does with a document is ``ingestion``.
"""
