"""Models behind any endpoint that speaks OpenAI's protocol, with retries inside one deadline.

``chat.OpenAIChat`` and ``embedder.OpenAIEmbedder`` are the entries; ``factory`` imports them, and nothing else does,
because importing the client is slow.
"""
