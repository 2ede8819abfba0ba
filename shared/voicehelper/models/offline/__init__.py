"""The built-in embedding: multilingual-e5-small in 4 bits, run in NumPy; no torch, no download.

``embedder.OfflineEmbedder`` is the entry; ``factory`` imports it where no hosted embedding is configured.
"""
