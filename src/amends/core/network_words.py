"""What collectors say with something in it, for whoever looks after a source or sends an answer.

It is kept in English, since pagers and programs get it too, and screens recognise it (`api/trouble_words.py`) to tell it in the reader's
language. What a network itself said stays in its own words.
"""

from enum import StrEnum

from amends.core.translating import N_


class Said(StrEnum):
    """A sentence with the names of what stands in it; `why` and `said` may be sentences themselves."""

    NO_NETWORK = N_("There is no network “%(name)s”; there are: %(known)s.")
    LACKS_RIGHTS = N_("The token lacks rights (%(rights)s), so it cannot be told what is deleted.")
    STREAM_CUT = N_("The stream is cut (%(what)s).")
    BROKE = N_("The collector broke (%(what)s).")
    # Bluesky, Reddit and X
    BLUESKY_OUT_OF_USE = N_("Bluesky has put our account out of use: %(why)s.")
    REDDIT_SUSPENDED = N_("Reddit has suspended %(handle)s.")
    NO_SUBREDDIT = N_("“%(query)s” is no name of a subreddit.")
    X_FORGOT_THE_PLACE = N_("X no longer knows the place we stopped at; the walk begins again. %(said)s")
    X_FINDS_NO_OLDER = N_("The last visit is over 7 days ago; what is older X no longer finds. %(said)s")
    X_IS_AHEAD = N_("X's clock is ahead of ours, so the first hours of its seven days are left out. %(said)s")
    X_MOST_PICTURES = N_("X takes at most %(public)s pictures in a public answer and %(private)s in a private message.")
    # folders
    WHOLE_PATH = N_("Name the folder by its whole path, from / on, and not as “%(given)s”.")
    TOO_MANY_FILES = N_("There are %(n)s files in %(folder)s, more than %(most)s: move those away that were read.")
    FOLDER_UNREADABLE = N_("The folder %(folder)s cannot be read (%(what)s).")
    ROWS_REFUSED = N_("Refused rows of %(name)s: %(n)s. The last: %(why)s")
    COLUMNS = N_("Write the columns as COLUMN=FIELD, COLUMN=FIELD, with fields out of: %(known)s.")
    NO_ZONE = N_("There is no time zone %(name)s; write one as Asia/Colombo.")
    # mail
    MAIL_ANSWERED = N_("the mail server answers %(status)s %(words)s")
    MAIL_SILENT = N_("the mail server does not answer (%(what)s)")
    MAIL_UNUSABLE = N_("The mail server gives no usable answer (%(what)s): %(said)s")
    MAIL_UNSENDABLE = N_("The mail cannot be sent so: %(said)s")
    MAIL_NOT_SHOWN = N_("The mail server does not show a mail: %(said)s")
    MAIL_SECURITY = N_("The security must be one of %(known)s, and not “%(given)s”.")
    FOLDER_SHUT = N_("The folder cannot be opened: %(said)s")
    CERTIFICATE = N_("The mail server's certificate is not to be trusted: %(said)s")
    APP_FIRST = N_("Enter the id (and the secret) of an app at %(name)s first; %(callback)s is its redirect address.")
    # review sites, GitHub, feeds and webhooks
    NO_PRESET = N_("There is no preset “%(name)s”; there are: %(known)s.")
    NOT_IN_MAPPING = N_("The mapping has no %(names)s; it has: %(known)s.")
    NO_REPOSITORY = N_("Name a repository as owner/name: there can be no such place as “%(given)s”.")
    HUB_DENIES = N_("The hub does not call us about %(topic)s: %(why)s.")
    CALL_UNREAD = N_("The call is signed well, but nothing in it could be read: %(why)s.")
    SHORT_SECRET = N_("A secret must have at least %(n)s bytes.")
    # what cannot be read of a page: last, since some of them fit much
    MORE_ROWS = N_("and %(n)s more rows")
    MANY_POSTS = N_("%(n)s posts in one call, more than %(most)s")
    TAKEN_AWAY = N_("what was taken away: %(why)s")
    POST = N_("post %(post)s: %(why)s")
    LINE = N_("line %(line)s: %(why)s")
    FILE = N_("file %(name)s: %(why)s")
    ROW = N_("%(name)s, line %(line)s: %(why)s")


class Lack(StrEnum):
    """Why something on a page is no post."""

    ID = N_("no id")
    TIME = N_("no time")
    SENDER = N_("no sender")
    WORDS = N_("nothing that was said")
    TALK = N_("no conversation of two")
    OBJECT = N_("this is not a JSON object")
    JSON = N_("this is not JSON")
    FORM = N_("this is no form that was sent")
    DEPTH = N_("it is nested too deeply")
    CALENDARS = N_("it is dated beyond all calendars")
    REASON = N_("an error without words")


NOT_TOLD_WHY = N_("it does not say why")
