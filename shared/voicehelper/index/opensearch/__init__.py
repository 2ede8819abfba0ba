"""OpenSearch as the search engine: it recalls chunk ids, and PostgreSQL, which stays the truth, scores and shows them.

``index.OpenSearchBackend`` is the entry of searches and of ingestion, ``upkeep.bring_up_to_date`` that of the function
that passes changes on; ``selection`` and ``operations`` call them.
"""
