"""Personal data in text: where it stands, of what kind, and the text without it. Pure; for triage, alerts, logs and screens."""
