"""What an operator asks of a deployment: health, readiness, the schema's state, and which routes exist.

Entries are ``readiness.check_all``, ``migration.migrate_database`` and ``routes``; only ``functions/operations``
imports this room.
"""
