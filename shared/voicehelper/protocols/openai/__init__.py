"""OpenAI's HTTP API over knowledge bases: models, chat completions and embeddings; a base is a model, ``kb:<name>``."""
