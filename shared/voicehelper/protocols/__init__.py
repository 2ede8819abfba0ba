"""The protocols that ready-made clients speak: OpenAI's, the Model Context Protocol, Dify's external knowledge.

``openai.chat.Chats``, ``openai.embeddings.embed``, ``mcp.endpoint.serve`` and ``dify.retrieval.retrieve`` are the
entries; ``refusals`` gives every error the shape that the clients of a path expect. Only ``functions/`` and ``entry``
import this room.
"""
