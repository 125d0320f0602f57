"""What is said of a row or a file that is not taken: by an import to whoever runs it, by a folder of a source to whoever looks after it.

A source keeps it in English, and screens recognise it (`api/trouble_words.py`).
"""

from enum import StrEnum

from amends.core.translating import N_


class Wrong(StrEnum):
    """A sentence with the names of what stands in it."""

    # of a row
    NO_JSON = N_("this is not JSON")
    NO_OBJECT = N_("this is not a JSON object")
    QUOTES = N_("a quotation mark is not closed or stands wrong")
    WIDTH = N_("%(n)s values under %(width)s columns")
    BYTE = N_("byte %(byte)s is not valid UTF-8; save the file as UTF-8, or name its encoding")
    LONG_LINE = N_("a line of more than %(n)s characters")
    NO_VALUE = N_("no value for %(fields)s")
    LONG_TEXT = N_("text has %(n)s characters, more than %(most)s")
    LONG_NAME = N_("the value of %(field)s has more than %(most)s characters")
    NUL = N_("the value of %(field)s has a NUL character")
    SHORTENED = N_("the value %(value)s of %(field)s was shortened by a spreadsheet; export it as text")
    NO_NETWORK = N_("network “%(given)s” is not a name")
    NO_TIME = N_("published_at “%(given)s” is neither ISO 8601 nor seconds since 1970")
    FUTURE = N_("published_at %(given)s lies in the future")
    LONG_PAST = N_("published_at %(given)s lies in the distant past")
    # of a file
    ONE_ARRAY = N_("this is one JSON array; write one object per line (JSON Lines) instead")
    NO_HEADER = N_("the first line is not a header with the names of the columns")
    NO_COLUMN = N_("no column for %(fields)s among %(names)s; say which it is, as COLUMN=FIELD")
    NO_ENCODING = N_("there is no encoding “%(name)s”; names are like cp1252")
    PACKED = N_("it is packed: unpack it first, or bring it in with ./amends import")
    ENCODED = N_("it is written in %(name)s: save it as UTF-8, or bring it in with ./amends import")
    DAMAGED = N_("the file is damaged (%(what)s)")
    ARCHIVE = N_("this is a spreadsheet or a zip archive; save it as CSV in UTF-8 and import that")
    EMPTY = N_("the file is empty")
