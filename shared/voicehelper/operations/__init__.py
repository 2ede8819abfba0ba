"""Operation of a deployment: health, readiness, migrations, the API reference and its routes.

Entries are ``readiness.check_all``, ``migration.migrate_database`` and ``routes``; only ``functions/operations``
imports this room.
"""
