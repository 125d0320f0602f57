-- Digits of other scripts are the same digits in an order number.
-- depends: 0074_receivers_inside

drop index purchases_key;

-- As `rules/identity.order_key` does: upper case, Latin digits, without spaces, dashes and other signs.
create or replace function order_key(given text) returns text language sql immutable strict parallel safe
  return translate(
    regexp_replace(upper(normalize(given, nfkc)), '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u2212]', '', 'g'),
    '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯੦੧੨੩੪੫੬੭੮੯૦૧૨૩૪૫૬૭૮૯୦୧୨୩୪୫୬୭୮୯௦௧௨௩௪௫௬௭௮௯౦౧౨౩౪౫౬౭౮౯೦೧೨೩೪೫೬೭೮೯൦൧൨൩൪൫൬൭൮൯෦෧෨෩෪෫෬෭෮෯๐๑๒๓๔๕๖๗๘๙໐໑໒໓໔໕໖໗໘໙༠༡༢༣༤༥༦༧༨༩၀၁၂၃၄၅၆၇၈၉០១២៣៤៥៦៧៨៩',
    repeat('0123456789', 17));

create index purchases_key on purchases (order_key(order_number) text_pattern_ops) where order_number <> '';
