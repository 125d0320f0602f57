"""SQL of what a row `r` of `import_records` says of somebody new; of whom is there already its `changes` tell."""

from typing import LiteralString

FIELDS: LiteralString = """
  select f.field, f.became from (values ('name', to_jsonb(r.called)), ('pronoun', to_jsonb(r.pronoun)),
    ('languages', to_jsonb(r.languages)), ('zone', to_jsonb(r.zone)), ('loyalty_number', to_jsonb(r.loyalty_number)),
    ('preferences', to_jsonb(r.preferences)), ('concerns', to_jsonb(r.concerns)), ('tags', to_jsonb(r.tags)),
    ('owner_id', to_jsonb(r.owner_id)), ('do_not_contact', to_jsonb(nullif(r.do_not_contact, false)))) f(field, became)
  where f.became is not null
  union all
  select 'attributes.' || a.key, a.value from jsonb_each(r.attributes) a where r.attributes <> '{}'
"""
"""The fields of their record, each with its value."""

_ADDED: LiteralString = """
  select f.field, f.became from (values ('contact_ways', nullif(r.ways, '[]')), ('important_dates', nullif(r.dates, '[]')),
    ('memberships', to_jsonb(r.organisation)), ('notes', to_jsonb(r.note)), ('customer_refs', to_jsonb(r.reference))) f(field, became)
  where f.became is not null
"""

CHANGES: LiteralString = (
    """
  case when r.outcome = 'made' then (select jsonb_object_agg(s.field, jsonb_build_array(null, s.became)) from (
"""
    + FIELDS
    + "union all"
    + _ADDED
    + ") s) else r.changes end as changes"
)
"""What a row does, whoever it is, as `import_records.changes` have it."""
