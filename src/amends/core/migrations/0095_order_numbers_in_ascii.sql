-- Order numbers in ASCII, as nearly all are, are made comparable without looking for digits of other scripts in them.
-- depends: 0094_names_of_packs

drop index purchases_key, purchases_key_ends;

-- As `rules/identity.order_key` does: upper case, Latin digits, without spaces, dashes and other signs. Not `strict`, though null stays null: a
-- strict function with a `case` is called for each row instead of being written into the query. "C", since Turkish has an i of its own.
create or replace function order_key(given text) returns text language sql immutable parallel safe
  return case when octet_length(given) = length(given) then regexp_replace(upper(given collate "C"), '[^0-9A-Z]', '', 'g') else translate(
    regexp_replace(upper(normalize(given, nfkc)), '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u2212]', '', 'g'),
    '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯੦੧੨੩੪੫੬੭੮੯૦૧૨૩૪૫૬૭૮૯୦୧୨୩୪୫୬୭୮୯௦௧௨௩௪௫௬௭௮௯౦౧౨౩౪౫౬౭౮౯೦೧೨೩೪೫೬೭೮೯൦൧൨൩൪൫൬൭൮൯෦෧෨෩෪෫෬෭෮෯๐๑๒๓๔๕๖๗๘๙໐໑໒໓໔໕໖໗໘໙༠༡༢༣༤༥༦༧༨༩၀၁၂၃၄၅၆၇၈၉០១២៣៤៥៦៧៨៩',
    repeat('0123456789', 17)) end;

create index purchases_key on purchases (order_key(order_number) text_pattern_ops) where order_number <> '';
create index purchases_key_ends on purchases (reverse(order_key(order_number)) text_pattern_ops) where order_number <> '';
