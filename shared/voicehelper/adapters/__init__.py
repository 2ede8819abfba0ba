"""The edges to the outside: database, object storage, queues, executions, signed AWS calls, values that are refetched.

``resources`` builds them; stores and services receive them as arguments.
"""
