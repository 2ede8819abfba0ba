"""The stages of retrieval, one file each: a callable that takes what is known and returns a changed copy.

``plan`` puts them in order; a new stage is a file here and a line there.
"""
