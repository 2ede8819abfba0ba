"""Questions over uploaded tables as SQL, by rules: which column is meant, what is computed, of which rows.

Entry: ``asking.table_queries``, called by ``planning.rules``; ``agents.known_tables`` reads the tables. Nothing here
knows a database.
"""
