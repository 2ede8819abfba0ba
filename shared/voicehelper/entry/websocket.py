"""Reserved for WebSocket routes: ``socket_handler(handle, message=Type)`` will turn a function of a validated message
into the handler of a route as in ``http``: the same caller, log keys, span and errors, which are sent as a frame. It
forwards every event of an answer, where HTTP returns the last.
"""
