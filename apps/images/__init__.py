"""Photos of products: the original is stored, the preview follows at once, renditions soon."""
