"""The Model Context Protocol over streamable HTTP, stateless: every call is one POST and one JSON answer.

``endpoint.serve`` is the entry; ``tools`` says what clients may call. Written by hand, because the official SDK is
33 MB and 0.6 s of a cold start for five methods; tests hold it to that SDK's client.
"""
