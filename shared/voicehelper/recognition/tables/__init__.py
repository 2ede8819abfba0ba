"""Tables of a page from its rulings and the places of its lines; no model, plain geometry.

Entry function: ``find.tables_of``, called by ``builtin``. Coordinates are pixels of the page made straight (``lines``).
"""
