"""A whole local stack as one file, and a stack made from such a file.

Entries: ``take.take`` for a stack that runs, ``restore.restore`` for a state folder without data. ``archive`` is the
file, ``database`` and ``content`` are what goes into it. ``infra.local.__main__`` calls them.
"""
