"""Floors: the least code that does a part of the work, without the shop's code."""
