"""Sentences for users, by code, in Chinese and English.

One file per domain holds them: ``knowledge.toml`` has ``[DOCUMENT_NOT_FOUND]`` with ``zh`` and ``en``. ``catalogue``
looks a sentence up (entry function ``message_for``), ``language`` chooses the caller's language. Every package and the
command line may import this one; it imports none of them.
"""
