"""Tables of documents for SQL: ``documents`` finds one, ``rows`` and ``cells`` read it, ``sandbox`` runs the query.

``agents.tools.table_query`` is the caller.
"""
