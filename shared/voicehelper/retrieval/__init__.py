"""From a question to ranked passages: a list of stages with one signature and one trace.

``plan.plan`` makes the list, ``pipeline.retrieve`` runs it; ``answering`` is the caller.
"""
