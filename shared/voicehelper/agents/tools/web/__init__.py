"""Calls of tools to the outside: ``addresses`` says where to, ``exchange`` makes them within bounds, ``page`` reads.

``fetch_url``, ``web_search`` and ``mcp`` are the callers.
"""
