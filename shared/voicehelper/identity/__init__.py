"""Users, passwords, signed tokens and their revocation.

``service`` registers, signs in, refreshes and signs out; ``authorizer.authorize`` identifies the caller of a request.
``functions/identity`` imports this room, and ``knowledge`` its tokens, for links.
"""
