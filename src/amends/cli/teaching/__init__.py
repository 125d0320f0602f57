"""The commands of `amends triage` that teach: learn from corrections, bring a version back."""
