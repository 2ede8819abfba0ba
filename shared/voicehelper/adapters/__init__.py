"""Access to external systems: database, object storage, queues, executions, signed AWS calls, refreshed values.

``resources`` builds the adapters; stores and services receive them as arguments.
"""
