"""Dify's external knowledge API over the search; ``retrieval.retrieve`` is the entry.

https://docs.dify.ai/en/self-host/use-dify/knowledge/external-knowledge-api
"""
