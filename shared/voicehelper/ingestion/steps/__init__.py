"""The steps of the ingestion state machine, one file each, named as its state and its function.

Each may run twice: what it writes has a name that follows from its input. ``functions/ingestion`` imports them.
"""
