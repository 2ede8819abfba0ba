"""Embeddings and chat: the protocols, the built-in offline embedding, and any OpenAI-compatible endpoint.

``factory`` builds the models that the catalogue names; ``resources`` calls it and caches the results. Other rooms
import the protocols only.
"""
