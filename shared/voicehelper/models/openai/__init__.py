"""Models behind any endpoint that speaks OpenAI's protocol, with retries inside one deadline.

``chat.OpenAIChat`` and ``embedder.OpenAIEmbedder`` are the entries; ``configured`` imports them, and nothing else does,
because the client is dear to import.
"""
