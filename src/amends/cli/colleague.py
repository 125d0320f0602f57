"""`./amends colleague`: Bo, who answers some of the demo's cases through the REST API as any program may, so that the numbers live."""

import random
import time
from typing import Any

import click
import httpx

ANSWERS = {
    "en": "I'm sorry this happened. I'm looking into it now and will come back to you here.",
    "es": "Siento mucho lo ocurrido. Lo estoy revisando ahora mismo y le respondo por aquí.",
    "si": "සිදු වූ දෙයට කණගාටුයි. මම දැන් මේ ගැන සොයා බලනවා, මෙතැනින්ම ඔබට දන්වන්නම්.",
    "ta": "நடந்ததற்கு மன்னிக்கவும். இப்போதே பார்க்கிறேன், இங்கேயே பதில் சொல்கிறேன்.",
    "kn": "ಆಗಿರುವುದಕ್ಕೆ ಕ್ಷಮಿಸಿ. ಈಗಲೇ ಪರಿಶೀಲಿಸುತ್ತಿದ್ದೇನೆ, ಇಲ್ಲೇ ನಿಮಗೆ ತಿಳಿಸುತ್ತೇನೆ.",
    "am": "ስለተፈጠረው ነገር ይቅርታ እንጠይቃለን። አሁን እያጣራሁ ነው፤ እዚሁ መልስ እሰጥዎታለሁ።",
    "pa": "ਜੋ ਹੋਇਆ ਉਸ ਲਈ ਮਾਫ਼ੀ। ਮੈਂ ਹੁਣੇ ਦੇਖ ਰਿਹਾ ਹਾਂ ਅਤੇ ਇੱਥੇ ਹੀ ਜਵਾਬ ਦਿਆਂਗਾ।",
}
"""Networks refuse the same text twice, so each answer ends with the number of its case."""

LEFT_FOR_OTHERS = 12
"""Bo answers what he was given; he takes a case himself only where more than this many wait: the rest is for who tries the demo."""

MOST_TRIED = 3
"""Of the cases he was given he looks at so many, until one is not answered yet."""
ON_THE_WAY = {"proposed", "queued", "sending"}


@click.command(hidden=True)
@click.option("--address", envvar="AMENDS_PUBLIC_URL", required=True)
@click.option("--token", envvar="AMENDS_COLLEAGUE_TOKEN", required=True)
@click.option("--every", default=8.0, show_default=True, help="Seconds between two looks.")
def colleague(address: str, token: str, every: float) -> None:
    """Answer some cases of the demo, until asked to stop."""
    dice = random.Random(token)  # noqa: S311 - decides which case Bo takes
    with httpx.Client(base_url=f"{address}/api/v1", headers={"authorization": f"Bearer {token}"}, timeout=10, trust_env=False) as desk:
        while True:
            time.sleep(every)
            try:
                look(desk, dice)
            except httpx.HTTPError as error:
                click.echo(f"the desk is away: {error}", err=True)


def look(desk: httpx.Client, dice: random.Random) -> None:
    """Answer one of the cases that have waited longest, and resolve one whose customer has had their answer."""
    waiting, mine = (_cases(desk, view=view, sort="longest", limit="50") for view in ("unassigned", "mine"))
    given = [case for case in mine if case["status"] == "open"]
    tried = dice.sample(given, min(len(given), MOST_TRIED)) + ([dice.choice(waiting[:10])] if len(waiting) > LEFT_FOR_OTHERS else [])
    any(answer(desk, case["id"]) for case in tried)
    answered = [case for case in mine if case["status"] == "waiting"]
    if answered and dice.random() < 0.5:  # noqa: PLR2004
        desk.post(f"/cases/{answered[0]['id']}/resolve").raise_for_status()


def _cases(desk: httpx.Client, **asked: str) -> list[dict[str, Any]]:
    return desk.get("/cases", params=asked).raise_for_status().json()["cases"]


def answer(desk: httpx.Client, case_id: int) -> bool:
    """Take a case and answer it, and tell whether that was done: not while an answer is on its way, and never twice in the same words."""
    me = desk.get("/me").raise_for_status().json()["id"]
    found = desk.post(f"/cases/{case_id}/assign", json={"assignee_id": me}).raise_for_status().json()
    case = found["case"]
    text = f"{ANSWERS.get(case['language'].partition('-')[0], ANSWERS['en'])} Bo, #{case_id}"
    if any(reply["state"] in ON_THE_WAY or reply["text"] == text for reply in found["replies"]):
        return False
    if case["can_reply"]:
        desk.post(f"/cases/{case_id}/reply", json={"text": text}).raise_for_status()
    else:
        desk.post(
            f"/cases/{case_id}/note", json={"text": "Not ours to answer here; I am asking the shop to write to them."}
        ).raise_for_status()
        desk.post(f"/cases/{case_id}/dismiss").raise_for_status()
    return True
