"""The lab's pages: views, forms, and what a template shows.

Read `views` first: the map, the faults, the load and the reset. `pattern_views`,
`experiment_views`, `letter_views`, `terminal_page`, `consumer_views`, `inside_page` and
`course_views` are the others; `stream` sends hops to open windows.
"""
