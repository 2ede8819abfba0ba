"""Reserved for agents' tools: ``tool_handler(TOOL)`` will turn a tool (its name, arguments and function) into a Lambda
handler as in ``steps``: arguments are validated before the call, and errors are raised as families.
"""
