"""From a task to a plan and from its observations to a report, by rules or by a chat model; called by ``steps``."""
