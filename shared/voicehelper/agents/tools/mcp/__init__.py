"""Tools of the operator's servers of the Model Context Protocol: ``tool.mcp_tool`` calls one, ``tool.list_tools`` asks.

An own client of one POST a call: the official SDK takes 33 MB and 0.6 s of a cold start, and brings a web server.
"""
