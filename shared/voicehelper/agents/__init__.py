"""Tasks of several steps: a plan, tools that carry it out, a report with its sources.

``service`` is the entry for endpoints, ``steps`` for the state machine. Only ``entry``, ``resources`` and functions
import it.
"""
