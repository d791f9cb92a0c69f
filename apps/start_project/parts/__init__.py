"""The parts that a copy can do without: each is a table in a module of its own.

Read `part` first, then `lab`. No file of the repository has a tag: a table names what stands there
anyway, a file, a function, a service, a section of a page (`cuts`).
"""
