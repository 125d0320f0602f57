"""Postal addresses whose parts lie in columns of their own: which belong together, by their names without spaces. Pure.

Place in the path: names of columns -> `import_fields` guesses by this -> `import_rows` puts the parts together again.
"""

from collections.abc import Mapping

GROUPS = ("defaultaddress", "mailing", "other", "business", "home", "billing", "shipping", "work", "primary", "private")
STREETS = frozenset({"street", "streetaddress", "addressline1", "address1", "strasse", "straße", "calle", "rue", "番地", "町名番地"})
PARTS = frozenset(
    {
        "street2", "street3", "streetaddress2", "addressline2", "address2", "pobox", "city", "town", "ort", "stadt", "ciudad",
        "ville", "state", "stateprovince", "stateregion", "region", "province", "provincecode", "provincia", "county", "bundesland",
        "postalcode", "zip", "zipcode", "zippostalcode", "postcode", "plz", "postleitzahl", "codigopostal", "codepostal", "country",
        "郵便番号", "都道府県", "市区町村", "建物名",
        "countrycode", "countryregion", "land", "pais", "pays",
    }
)  # fmt: skip


def group_of(name: str) -> str:
    """Return which address of several a column is of: `mailing` of `mailingcity`, nothing of `city`."""
    return next((group for group in GROUPS if name.startswith(group)), "")


def meaning(name: str) -> str:
    """Return whether a column is called like the street of an address, like another part of one, or neither."""
    bare = name.removeprefix(group_of(name))
    return "address" if bare in STREETS else "address_part" if bare in PARTS else ""


def with_streets(means: Mapping[str, str], closed: Mapping[str, str]) -> dict[str, str]:
    """Return what columns mean without parts of addresses whose street no column has; a country alone is no address."""
    streets = {group_of(closed[column]) for column, target in means.items() if target == "address"}
    return {
        column: "" if target == "address_part" and group_of(closed[column]) not in streets else target for column, target in means.items()
    }
