"""Keys of machines: made and ended by people, accepted as bearer tokens.

``service`` makes and ends keys for ``functions/identity``, and ends or changes those of a member who leaves or gets
another role; ``reader.KeyReader`` tells the authorizer whose a key is, from ``table``.
"""
