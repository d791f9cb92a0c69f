"""`manage.py start_project NAME DEST`: a copy of this repository under a name of its own.

Read `copying` first. `renames` has the table of the names, and what each becomes.
"""
