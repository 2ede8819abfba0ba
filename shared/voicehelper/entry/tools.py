"""The place of agents' tools: ``tool_handler(TOOL)`` will turn a tool (its name, arguments and function) into a Lambda
handler with the anatomy of ``steps``: arguments validated before the call, and errors of the same families.
"""
