"""The built-in extractive reader: selects the sentences and rows that answer, verbatim, and refuses without evidence.

``answer.OfflineAnswer`` is the entry; ``answer_resources`` builds it where no chat model is configured.
"""
