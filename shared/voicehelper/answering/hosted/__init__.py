"""Answers by a chat model, held to the passages it was given.

``generate.HostedAnswer`` is the entry; ``resources`` builds it where a chat model is configured.
"""
