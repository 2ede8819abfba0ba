"""Access to external systems: database, object storage, queues, executions, signed AWS calls, refreshed and
cached values.

``resources`` builds the adapters; stores and services receive them as arguments.
"""
