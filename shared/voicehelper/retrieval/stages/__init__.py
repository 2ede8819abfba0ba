"""The stages of retrieval, one file each: callables that take a ``Retrieval`` and return a changed copy.

``plan`` lists them in order; a new stage is a file here and a line there.
"""
