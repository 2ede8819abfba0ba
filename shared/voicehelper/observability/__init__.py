"""Log lines, metrics and spans, with one configuration for all functions.

``logs.logger``, ``metrics.count`` and ``traces.span`` are the entries; entry points and adapters of any room may use
them, the core does not.
"""
