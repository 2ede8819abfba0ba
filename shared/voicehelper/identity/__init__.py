"""Users, passwords, sessions, signed tokens and their revocation.

``service`` registers, signs in, refreshes, signs out and changes passwords, ``sessions`` lists and ends sign-ins;
``authorizer.authorize`` identifies the caller of a request; ``api_keys`` are what machines call with.
``functions/identity`` imports this room, and ``knowledge`` its tokens, for links.
"""
