-- A file that is given out names each customer by a number that no other installation gives, so that it is known again when it comes back.
-- depends: 0109_messages_with_the_mail_server

create table installation (
  only_one boolean primary key default true check (only_one),
  stamp text not null
);
comment on column installation.stamp is 'what the numbers of customers in our files begin with behind “amends-”; it goes along when the database moves';
insert into installation (stamp) values (left(replace(gen_random_uuid()::text, '-', ''), 12));

-- What a link that stops messages, or a merge, withdrew was kept in the language of whoever was there; now it is told in the reader's.
update consents set basis = 'amends.link' where not given and agent_id is null and basis in (
  'They followed the link in a message.',
  'በመልዕክት ውስጥ ያለውን አገናኝ ተከትለዋል።',
  'Siguió el enlace de un mensaje.',
  'ಅವರು ಸಂದೇಶದಲ್ಲಿನ ಲಿಂಕ್ ತೆರೆದರು.',
  'ਉਹਨਾਂ ਨੇ ਸੁਨੇਹੇ ਵਿਚਲਾ ਲਿੰਕ ਖੋਲ੍ਹਿਆ।',
  'ඔවුන් පණිවිඩයක ඇති සබැඳිය ඔස්සේ පැමිණියා.',
  'செய்தியிலுள்ள இணைப்பைப் பின்தொடர்ந்தார்.'
);
update consents set basis = 'amends.merged' where not given and basis = 'Two records became one; what either revoked stays revoked.';
