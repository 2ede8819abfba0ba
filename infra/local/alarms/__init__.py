"""CloudWatch's alarms on this machine: the definitions of infra/alarms.yaml, evaluated as CloudWatch does it.

The emulator evaluates no metric math and mixes dimensions. ``watching.watch`` is the entry, a thread of the launcher;
``Evaluator`` looks once, at a time it is given.
"""
