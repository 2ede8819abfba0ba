"""The built-in reader: picks the sentences and rows that answer, word for word, and refuses without evidence.

``answer.OfflineAnswer`` is the entry; ``resources`` builds it where no chat model is configured.
"""
