"""Text as values: language, sentences, index terms, periods and their synonyms, token counts. No I/O.

Every function takes and returns plain strings and numbers; every room above may import this one.
"""
