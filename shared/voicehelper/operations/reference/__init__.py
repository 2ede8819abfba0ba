"""The API reference at /docs: Swagger UI over the OpenAPI document, with a token field and requests from the page.

Entry function: ``files.reference_file``, called by ``functions/operations/get_docs.py`` alone. ``swagger-ui/README.md``
says which version is vendored, under which licence, and how to renew it.
"""
