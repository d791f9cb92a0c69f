"""One picture of each product that the demo sells: `SKU.webp`, 1600 by 1200 pixels.

They were drawn for this project, and its licence is theirs.
"""
