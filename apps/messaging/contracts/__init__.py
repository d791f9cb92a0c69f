"""Contracts: each message between processes as JSON Schema, and what a change of it breaks.

`declaring` says who writes and who reads a message, `declared` finds all of them. `schemas` derives
the schema from the class that decodes the message, `asyncapi` and `catalogue` describe all of them,
`compatibility` compares two schemas. `folder` makes files of this for `manage.py contracts`.

Do not use it to decode a message: `Payload.read` does that, and accepts a little more than the
schema says, such as a number in quotes. Read `declaring` first.
"""
