"""The kinds of entries of a customer's timeline: one file each, found by itself, with `NAME`, and `rows(scope)`.

`rows` returns the SQL of the newest `limit` entries below one of them, read through an index of the kind's own: nothing here reads all that
there is of a customer. Its columns are all those of `Entry`, in one order, and its rows have (at, id) < (`at`, `below_KIND`).
A page is the newest of all kinds together, in one statement. The entry's piece of HTML is `timeline_KIND.html`.
"""
