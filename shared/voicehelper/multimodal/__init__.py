"""Pictures and scans that a caller sends to be read: text, tables, fields of an invoice.

``service`` is the entry of the endpoints, ``work`` of the function that reads the files. That one has no right on the
database; all state is in storage, under ``keys``, and goes after a day.
"""
