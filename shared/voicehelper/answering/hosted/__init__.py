"""Answers by a chat model, checked against the passages of its prompt.

``generate.HostedAnswer`` is the entry; ``answer_resources`` builds it where a chat model is configured.
"""
