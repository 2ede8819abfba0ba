"""The members of a workspace: who belongs to it and as what, their groups, invitations, and the workspaces of a person.

Entries are the functions of ``store``, ``groups``, ``changes``, ``invitations``, ``joining`` and ``workspaces``; only
``functions/`` imports this room. What a member may do with a base is said by ``app.rights``, and ``knowledge.access``
grants it.
"""
