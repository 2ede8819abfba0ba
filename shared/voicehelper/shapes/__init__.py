"""Values that cross rooms: ids and how they are shown, references to documents, bodies, pages of lists.

Every room above may import this one; it imports nothing of the product.
"""
