-- A hook whose address leaked gets a new one; the old one goes on for a while, so that nothing is lost meanwhile.
alter table hooks add column previous_hash text, add column previous_until timestamptz;
create unique index hooks_previous_hash on hooks (org_id, previous_hash) where previous_hash is not null;

-- What a mail's own domain says of it: SPF, DKIM, DMARC, and who signed it.
alter table deliveries add column mail_verdict jsonb;
