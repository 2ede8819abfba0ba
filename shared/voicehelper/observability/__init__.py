"""How an operator sees what happens: log lines, metrics and spans, one configuration for every function.

``logs.logger``, ``metrics.count`` and ``traces.span`` are the entries; entry points and adapters of any room may use
them, the core does not.
"""
