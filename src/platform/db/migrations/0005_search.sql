-- The words of everything that has text, and each organisation's vocabulary ------------------------------------------

create extension if not exists btree_gin;
create extension if not exists pg_trgm;

-- Each word begins with a mark of its organisation and kind (src/platform/words/word-index.ts), so one look finds the texts of both at once:
-- an index on organisation, kind and words would cut three lists, the first two as long as all there is.

create table search_texts (
  org_id object_id not null, id object_id not null, kind text collate "C" not null, words tsvector not null,
  primary key (org_id, id)
);
create index search_texts_words on search_texts using gin (words) with (gin_pending_list_limit = 1024);
call protect_tenant_table('search_texts');

-- A part of a word is looked for here first; what it may stand for is looked for there.
create table search_words (
  org_id object_id not null, word text collate "C" not null,
  primary key (org_id, word)
);
create index search_words_parts on search_words using gin (org_id, word gin_trgm_ops);
call protect_tenant_table('search_words');

-- Row-level security keeps these indexes from being used, for their operators could tell what they see to others. These
-- two functions look through them, for the organisation of the transaction and no other.
do $$ begin
  if not exists (select from pg_roles where rolname = 'tellback_searcher') then
    create role tellback_searcher nologin;
  end if;
exception when duplicate_object or unique_violation then null; -- another database of this cluster made it meanwhile
end $$;
grant tellback_searcher to current_user;
grant usage, create on schema public to tellback_searcher;
grant select on search_texts, search_words to tellback_searcher;
create policy search on search_texts for select to tellback_searcher using (true);
create policy search on search_words for select to tellback_searcher using (true);

create function search_matches(wanted_kind text, condition tsquery, most integer) returns setof text
  language sql stable security definer set search_path = public, pg_temp
  as $$ select id from search_texts where org_id = current_org() and kind = wanted_kind and words @@ condition limit most $$;

-- The same for a part that stands for many words: the index takes them one by one, for a condition of hundreds of
-- alternatives costs it more than the cube of their number. `offset 0` keeps the condition from the index.
create function search_matches_any(wanted_kind text, alternatives tsquery[], condition tsquery, most integer) returns setof text
  language sql stable security definer set search_path = public, pg_temp
  as $$ select distinct found.id from unnest(alternatives) alternative cross join lateral (
      select id, words from search_texts where org_id = current_org() and kind = wanted_kind and words @@ alternative offset 0
    ) found where found.words @@ condition limit most $$;

-- Words hold letters and digits alone, so nothing in them has a meaning to `like`.
create function search_words_with(part text, most integer) returns setof text
  language sql stable security definer set search_path = public, pg_temp
  as $$ select word from search_words where org_id = current_org() and word like '%' || part || '%' limit most $$;

alter function search_matches(text, tsquery, integer) owner to tellback_searcher;
alter function search_matches_any(text, tsquery[], tsquery, integer) owner to tellback_searcher;
alter function search_words_with(text, integer) owner to tellback_searcher;
revoke create on schema public from tellback_searcher;
revoke all on function search_matches(text, tsquery, integer), search_matches_any(text, tsquery[], tsquery, integer),
  search_words_with(text, integer) from public;
grant execute on function search_matches(text, tsquery, integer), search_matches_any(text, tsquery[], tsquery, integer),
  search_words_with(text, integer) to tellback_app;

-- What is there already gets its words from a job; what customers were found by until now goes.
drop table customer_words;
select enqueue_job('search.index', json_build_object('orgId', org_id), null, 'search.index/' || org_id) from orgs;

-- Lists of conversations by state, the newest change first.
create index conversations_status on conversations (org_id, status, updated_at desc, id desc) where deleted_at is null;
create index conversations_snoozed on conversations (org_id, snooze_at) where status = 'snoozed' and deleted_at is null;
create index kobjects_recent on kobjects (org_id, updated_at desc, id desc) where deleted_at is null;
create index conversations_created on conversations (org_id, created_at desc, id desc) where deleted_at is null;

-- Searches that somebody keeps ----------------------------------------------------------------------------------------

create table saved_searches (
  org_id object_id not null, id object_id not null,
  name text not null, context text not null, query jsonb not null, icon text,
  owner_id object_id not null, -- whose it is; others see it when it is shared
  shared boolean not null default false, shared_teams text[] not null default '{}',
  pinned boolean not null default false, position double precision not null default 0,
  rev integer not null default 1, created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (org_id, id)
);
create index saved_searches_owner on saved_searches (org_id, owner_id) where deleted_at is null;
call protect_tenant_table('saved_searches');

-- How searches read what they compare: null for what is not of the type asked for, never an error ---------------------

create function moment_of(value text) returns timestamptz language sql stable parallel safe
  as $$ select case when pg_input_is_valid(value, 'timestamptz') then value::timestamptz end $$;
create function number_of(value jsonb) returns numeric language sql immutable parallel safe
  as $$ select case jsonb_typeof(value) when 'number' then (value #>> '{}')::numeric end $$;
create function boolean_of(value jsonb) returns boolean language sql immutable parallel safe
  as $$ select case jsonb_typeof(value) when 'boolean' then (value #>> '{}')::boolean end $$;
create function array_of(value jsonb) returns jsonb language sql immutable parallel safe
  as $$ select case jsonb_typeof(value) when 'array' then value else '[]'::jsonb end $$;
create function texts_of(value jsonb) returns text[] language sql immutable parallel safe
  as $$ select case jsonb_typeof(value) when 'array' then array(select jsonb_array_elements_text(value)) when 'string' then array[value #>> '{}'] else '{}' end $$;

-- Lower case without accents, as src/platform/words/words.ts has it. Which rules for letters a server has depends on how it was built.
do $$
declare
  letters text := (select quote_ident(collname) from pg_collation where collname in ('und-x-icu', 'pg_c_utf8', 'C.utf8')
    and collencoding in (-1, pg_char_to_encoding(getdatabaseencoding())) order by array_position(array['und-x-icu', 'pg_c_utf8', 'C.utf8'], collname::text) limit 1);
begin
  execute format($f$create function folded(value text) returns text language sql immutable parallel safe
    as $b$ select lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036F]', '', 'g') %s) $b$ $f$, coalesce('collate ' || letters, ''));
end $$;
