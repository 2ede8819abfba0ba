"""One term for each way of writing a date, time, number, telephone number, version, clause or product code.

``find.spellings`` is the entry; tokenization and the terms of questions call it.
"""
