"""Damaged files of arrays (npz): all that numpy and zip raise for one. Used wherever tables, a replay or a head are read."""

import zipfile
import zlib

DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)
