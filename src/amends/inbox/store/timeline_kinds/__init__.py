"""The kinds of entries of a customer's timeline: one file each, found by itself, with `NAME`, and `rows(conn, asked)`.

`rows` returns at most `asked.limit` entries below `asked.after`, the newest first, through an index of its own: nothing here reads all
that there is of a customer. A page is the newest of what the kinds return. The entry's piece of HTML is `timeline_KIND.html`.
"""
