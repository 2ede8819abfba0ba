"""The place of socket routes: ``socket_handler(handle, message=Type)`` will turn a function over a validated message
into the handler of a WebSocket route, with the anatomy of ``http``: the same caller, keys, span and errors, the latter
as a frame. It forwards every event of an answer, where HTTP keeps the last.
"""
