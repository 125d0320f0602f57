"""Which passwords are too easily guessed. Pure; Argon2id and slow tries do the rest.

The list of common ones is made by rule: a well-known word with figures, signs or capitals around it is still that word, and so is one
with figures for letters (`p4ssw0rd!`). Runs of the alphabet, of figures and of keys, and the same few characters over and over, count too.
"""

from amends.core.translating import gettext as _

SHORTEST = 10
LONGEST = 1024
FEWEST_DIFFERENT = 4
NAMES_COUNT_FROM = 3
COMMON = frozenset(
    """
    password passwort passwords contrasena motdepasse secret secreto topsecret letmein letmeinnow welcome welcomeback willkommen bienvenido
    admin administrator root superuser changeme changemenow default login signin access master monkey dragon football baseball basketball
    soccer liverpool arsenal chelsea barcelona realmadrid superman batman spiderman starwars pokemon princess sunshine iloveyou ilovegod
    jesus jesuschrist shadow michael jennifer ashley jordan hunter trustno computer internet whatever summer winter spring autumn monday
    friday january december hello helloworld goodmorning freedom cheese butterfly chocolate amends amendsamends company customer support
    testtest testing testpassword passwordpassword mypassword thepassword yourpassword passwordadmin adminadmin
    nothing nopassword
    """.split()  # noqa: SIM905 - a list of words reads better in lines
)
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "qazwsxedcrfvtgbyhnujm",
)
AS_LETTERS = str.maketrans("0134578@$!", "oieastbasi")


def fault(password: str, *, email: str, name: str) -> str:
    """Return what is wrong with a new password of this person, in words for them; empty where it may be used."""
    if len(password) < SHORTEST:
        return _("A password needs at least %(number)s characters.") % {"number": SHORTEST}
    if len(password) > LONGEST:
        return _("A password has at most %(number)s characters.") % {"number": LONGEST}
    if _is_own(password, email=email, name=name):
        return _("Your name or e-mail address is no password: others know it. Take a sentence that only you would think of.")
    if _is_common(password):
        return _("This password is among the first that are tried. Take a sentence that only you would think of.")
    return ""


def _is_own(password: str, *, email: str, name: str) -> bool:
    local = email.partition("@")[0]
    own = {_core(word) for word in (email, local, name, *name.split(), local + name, name + local)}
    return _core(password) in {word for word in own if len(word) >= NAMES_COUNT_FROM}


def _is_common(password: str) -> bool:
    plain = password.casefold()
    words = {_core(plain), _core(plain.translate(AS_LETTERS)), _core(plain.strip("0123456789!?.#*-_ ").translate(AS_LETTERS))}
    return len(set(plain)) < FEWEST_DIFFERENT or bool(words & COMMON) or any(_is_run(word) for word in (plain, *words))


def _core(word: str) -> str:
    """Return the letters of a word alone, small."""
    return "".join(sign for sign in word.casefold() if sign.isalpha())


def _is_run(word: str) -> bool:
    return len(word) >= SHORTEST - 2 and any(word in run or word in run[::-1] for run in RUNS)
