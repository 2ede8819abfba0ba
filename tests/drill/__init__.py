"""`make drill`: failures by the hundred, with a seed. Each part says how many it tried and what was lost or wrong.

Entry: ``python -m tests.drill``, which writes RELIABILITY.md. A smoke of its machinery is in tests/integration/drill.
"""
