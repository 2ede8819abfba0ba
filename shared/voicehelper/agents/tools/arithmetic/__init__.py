"""Arithmetic as people write it: ``evaluate.evaluate`` turns a text into the text of its result; no eval, no floats.

``agents.tools.calculator`` is the caller.
"""
