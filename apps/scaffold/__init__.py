"""New messages of the shop: the commands `new_event`, `new_job` and `new_responder`.

Read `new_event` first: it names all that one message needs. `tree` keeps the edits until the last
is made, `trial` formats them and writes the contracts in a copy, and only then a file changes. The
files to begin with are in `templates`; `python_edits`, `text_edits` and `rights` find the place of
a line in a file that is there.
"""
