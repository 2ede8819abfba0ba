"""Why a question did not get the answer it should have: which stage lost the evidence, and what to change.

``diagnose.diagnose_question`` is the entry of POST /rag/diagnose. It asks the question as it is, and reads the trace.
"""
