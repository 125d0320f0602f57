"""The Ethiopian calendar: twelve months of thirty days, and one of five or six. Place in the path: `rules.promised_dates` -> here. Pure."""

from datetime import date

MONTHS = "መስከረም ጥቅምት ኅዳር ታኅሣሥ ጥር የካቲት መጋቢት ሚያዝያ ግንቦት ሰኔ ሐምሌ ነሐሴ ጳጉሜ"
OTHERWISE = {8: "ሚያዚያ"}
"""Months as many write them too; letters that sound alike are alike anyway."""
LAST_MONTH, LONG_MONTH, SHORT_MONTH = 13, 30, 5
LEAP_DAYS_APART = 4
BEFORE = 2796
"""So many days before our year 1 the first day of the first year lies."""


def day_of(year: int, month: int, day: int) -> date | None:
    """Return the day in our calendar; None where there is no such."""
    longest = LONG_MONTH if month < LAST_MONTH else SHORT_MONTH + (year % LEAP_DAYS_APART == LEAP_DAYS_APART - 1)
    if not (1 <= day <= longest and 1 <= month <= LAST_MONTH and 1 <= year <= date.max.year - LEAP_DAYS_APART * 3):
        return None
    return date.fromordinal(BEFORE + 365 * (year - 1) + year // LEAP_DAYS_APART + LONG_MONTH * (month - 1) + day - 1)


def coming(month: int, day: int, year: int, today: date) -> date | None:
    """Return the day of that year, of the next year that has it where none (0) is told."""
    years = [year] if year else range(today.year - 8, today.year + 1)
    found = (day_of(one, month, day) for one in years)
    return next((one for one in found if one is not None and (year or one >= today)), None)
