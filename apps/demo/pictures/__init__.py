"""Drawings of everything that the demo sells, one module a shelf, one function a product."""
