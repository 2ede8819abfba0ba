"""The schema: numbered migrations, and the runner that applies each once.

``migrate.migrate`` is the entry; the migration function, the local stack and the tests call it.
"""
