"""Pictures drawn with known text, for tests and benchmarks of recognition: pages, tables, and what scanning does."""
