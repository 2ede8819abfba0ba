"""The index inside PostgreSQL: exact scans, BM25 as a sparse inner product, one transaction with the documents.

``index.PgvectorIndex`` is the entry; ``resources.chunk_index`` returns it.
"""
