"""The steps of the ingestion state machine, one file each, named as its state and its function.

Each may run twice, so it writes under names derived from its input. ``functions/ingestion`` imports them.
"""
