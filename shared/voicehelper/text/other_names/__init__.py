"""Other names that documents give to a thing: "World Health Organization (WHO)", "人力资源部（以下简称“人力”）".

``declared.name_rows`` is the entry of ingestion, ``keys.asked_keys`` that of questions.
"""
