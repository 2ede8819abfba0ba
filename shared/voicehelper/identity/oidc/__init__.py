"""Sign-in with a company's own identity provider: OpenID Connect's code flow, with PKCE.

``flow.begin`` and ``flow.finish`` are the entries; ``functions/identity/start_oidc.py`` and ``finish_oidc.py`` call
them, with the provider that ``oidc_resources`` builds.
"""
