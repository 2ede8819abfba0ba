"""Embeddings and chat: the protocols, the built-in offline embedding, and any OpenAI-compatible endpoint.

``configured`` builds what the catalogue names; ``resources`` keeps it. Above this room only protocols are imported.
"""
