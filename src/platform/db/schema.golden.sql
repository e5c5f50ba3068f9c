-- The schema that the migrations lead to. Written by npm run golden; changed by migrations alone.

table api_keys (
  org_id object_id not null,
  id object_id not null,
  user_id object_id not null,
  name text not null,
  roles text[] not null,
  token_hash bytea not null,
  last_token_chars text not null,
  cidrs text[] not null default '{}'::text[],
  expires_at timestamp with time zone,
  last_accessed_at timestamp with time zone,
  ip_address text,
  user_agent text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  revoked_at timestamp with time zone,
  installation_id object_id,
  constraint api_keys_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES users(org_id, id),
  constraint api_keys_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table app_definitions (
  org_id object_id not null,
  id object_id not null,
  app text not null,
  version text not null,
  definition jsonb not null,
  created_by object_id,
  created_at timestamp with time zone not null default now(),
  constraint app_definitions_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table app_logs (
  org_id object_id not null,
  id object_id not null,
  app text not null,
  level text not null,
  code text,
  name text,
  message text not null,
  body jsonb,
  created_by object_id,
  created_at timestamp with time zone not null default now(),
  constraint app_logs_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table app_registrations (
  org_id object_id not null,
  id object_id not null,
  app text not null,
  url text,
  client_id text not null,
  sealed_secret bytea not null,
  created_by object_id,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint app_registrations_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table attachments (
  org_id object_id not null,
  id object_id not null,
  name text not null,
  content_type text not null,
  content_length integer not null,
  uploaded_at timestamp with time zone,
  redacted_at timestamp with time zone,
  detected_type text,
  sha256 text,
  created_by object_id,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint attachments_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table audit_logs (
  org_id object_id not null,
  id object_id not null,
  event_name text not null,
  event_verb text not null,
  object_type text not null,
  object_id object_id not null,
  user_id object_id not null,
  user_type text not null,
  client text,
  ip text,
  changes jsonb,
  created_at timestamp with time zone not null default now(),
  constraint audit_logs_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table auth_account (
  id text not null,
  accountId text not null,
  providerId text not null,
  userId text not null,
  accessToken text,
  refreshToken text,
  idToken text,
  accessTokenExpiresAt timestamp with time zone,
  refreshTokenExpiresAt timestamp with time zone,
  scope text,
  password text,
  createdAt timestamp with time zone not null default now(),
  updatedAt timestamp with time zone not null default now(),
  constraint auth_account_userId_fkey FOREIGN KEY ("userId") REFERENCES auth_user(id) ON DELETE CASCADE,
  constraint auth_account_pkey PRIMARY KEY (id)
)

table auth_member (
  account_id text not null,
  org_id object_id not null,
  user_id object_id not null,
  constraint auth_member_account_id_fkey FOREIGN KEY (account_id) REFERENCES auth_user(id) ON DELETE CASCADE,
  constraint auth_member_pkey PRIMARY KEY (account_id, org_id)
)

table auth_session (
  id text not null,
  expiresAt timestamp with time zone not null,
  token text not null,
  createdAt timestamp with time zone not null default now(),
  updatedAt timestamp with time zone not null default now(),
  ipAddress text,
  userAgent text,
  userId text not null,
  constraint auth_session_userId_fkey FOREIGN KEY ("userId") REFERENCES auth_user(id) ON DELETE CASCADE,
  constraint auth_session_pkey PRIMARY KEY (id),
  constraint auth_session_token_key UNIQUE (token)
)

table auth_user (
  id text not null,
  name text not null,
  email text not null,
  emailVerified boolean not null,
  image text,
  createdAt timestamp with time zone not null default now(),
  updatedAt timestamp with time zone not null default now(),
  constraint auth_user_pkey PRIMARY KEY (id),
  constraint auth_user_email_key UNIQUE (email)
)

table auth_verification (
  id text not null,
  identifier text not null,
  value text not null,
  expiresAt timestamp with time zone not null,
  createdAt timestamp with time zone not null default now(),
  updatedAt timestamp with time zone not null default now(),
  constraint auth_verification_pkey PRIMARY KEY (id)
)

table brands (
  org_id object_id not null,
  id object_id not null,
  name text not null,
  display_name text,
  icon_url text,
  is_default boolean not null default false,
  custom jsonb not null default '{}'::jsonb,
  rev integer not null default 1,
  created_by object_id,
  modified_by object_id,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint brands_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table bulk_jobs (
  org_id object_id not null,
  id object_id not null,
  context text not null,
  method text not null,
  path text not null,
  items jsonb not null,
  status text not null default 'queued'::text,
  results jsonb not null default '[]'::jsonb,
  actor jsonb not null,
  created_by object_id not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  completed_at timestamp with time zone,
  constraint bulk_jobs_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'complete'::text, 'canceled'::text]))),
  constraint bulk_jobs_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table close_events (
  org_id object_id not null,
  id object_id not null,
  conversation_id object_id not null,
  customer_id object_id not null,
  closed_at timestamp with time zone not null,
  closed_by object_id,
  closed_by_type text not null,
  assigned_users text[] not null,
  assigned_teams text[] not null,
  closed_by_teams text[] not null,
  channels text[] not null,
  tags text[] not null,
  priority smallint not null,
  brand_id object_id,
  closed_how text not null default 'agent'::text,
  without_survey boolean not null default false,
  decided_at timestamp with time zone,
  constraint close_events_closed_by_type_check CHECK ((closed_by_type = ANY (ARRAY['user'::text, 'machine'::text]))),
  constraint close_events_closed_how_check CHECK ((closed_how = ANY (ARRAY['agent'::text, 'automatic'::text, 'spam'::text, 'merged'::text]))),
  constraint close_events_org_id_conversation_id_fkey FOREIGN KEY (org_id, conversation_id) REFERENCES conversations(org_id, id),
  constraint close_events_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table companies (
  org_id object_id not null,
  id object_id not null,
  name text not null,
  external_id text,
  emails jsonb not null default '[]'::jsonb,
  phones jsonb not null default '[]'::jsonb,
  domains text[] not null default '{}'::text[],
  tags text[] not null default '{}'::text[],
  custom jsonb not null default '{}'::jsonb,
  profile jsonb not null default '{}'::jsonb,
  rev integer not null default 1,
  created_by object_id,
  modified_by object_id,
  imported_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  modified_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint companies_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table connection_attempts (
  org_id object_id not null,
  state_hash bytea not null,
  installation_id object_id not null,
  user_id object_id not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  constraint connection_attempts_org_id_installation_id_fkey FOREIGN KEY (org_id, installation_id) REFERENCES installations(org_id, id) ON DELETE CASCADE,
  constraint connection_attempts_pkey PRIMARY KEY (org_id, state_hash)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table connections (
  org_id object_id not null,
  installation_id object_id not null,
  tokens bytea not null,
  expires_at timestamp with time zone,
  refresh_expires_at timestamp with time zone not null,
  connected_by object_id,
  connected_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint connections_org_id_installation_id_fkey FOREIGN KEY (org_id, installation_id) REFERENCES installations(org_id, id) ON DELETE CASCADE,
  constraint connections_pkey PRIMARY KEY (org_id, installation_id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table conversation_threads (
  org_id object_id not null,
  source object_id not null,
  thread text not null,
  conversation_id object_id not null,
  created_at timestamp with time zone not null default now(),
  constraint conversation_threads_org_id_source_fkey FOREIGN KEY (org_id, source) REFERENCES installations(org_id, id) ON DELETE CASCADE,
  constraint conversation_threads_pkey PRIMARY KEY (org_id, source, thread)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table conversations (
  org_id object_id not null,
  id object_id not null,
  customer_id object_id not null,
  external_id text,
  name text,
  status text not null,
  status_at timestamp with time zone not null default now(),
  priority smallint not null default 3,
  direction text,
  channels text[] not null default '{}'::text[],
  reply_channel text,
  tags text[] not null default '{}'::text[],
  assigned_users text[] not null default '{}'::text[],
  assigned_teams text[] not null default '{}'::text[],
  custom jsonb not null default '{}'::jsonb,
  default_lang text,
  preview text,
  snooze_at timestamp with time zone,
  snooze_status text,
  inbound_count integer not null default 0,
  outbound_count integer not null default 0,
  note_count integer not null default 0,
  done_count integer not null default 0,
  reopen_count integer not null default 0,
  reopen_from_done_count integer not null default 0,
  snooze_count integer not null default 0,
  milestones jsonb not null default '{}'::jsonb,
  extra jsonb not null default '{}'::jsonb,
  last_message_at timestamp with time zone,
  last_message_direction text,
  rev integer not null default 1,
  created_by object_id,
  modified_by object_id,
  imported_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  modified_at timestamp with time zone not null default now(),
  last_activity_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  brand_id object_id,
  constraint conversations_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
  constraint conversations_priority_check CHECK (((priority >= 1) AND (priority <= 5))),
  constraint conversations_snooze_status_check CHECK ((snooze_status = ANY (ARRAY['scheduled'::text, 'canceled'::text, 'elapsed'::text]))),
  constraint conversations_status_check CHECK ((status = ANY (ARRAY['open'::text, 'snoozed'::text, 'done'::text]))),
  constraint conversations_org_id_customer_id_fkey FOREIGN KEY (org_id, customer_id) REFERENCES customers(org_id, id),
  constraint conversations_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table customer_identities (
  org_id object_id not null,
  kind text not null,
  value text not null,
  customer_id object_id not null,
  verified boolean not null,
  constraint customer_identities_kind_check CHECK ((kind = ANY (ARRAY['externalId'::text, 'email'::text, 'phone'::text, 'profile'::text]))),
  constraint customer_identities_org_id_customer_id_fkey FOREIGN KEY (org_id, customer_id) REFERENCES customers(org_id, id) ON DELETE CASCADE,
  constraint customer_identities_pkey PRIMARY KEY (org_id, kind, value)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table customer_merges (
  org_id object_id not null,
  id object_id not null,
  source_id object_id not null,
  target_id object_id not null,
  status text not null,
  before jsonb not null,
  moved jsonb not null,
  created_by object_id,
  undone_by object_id,
  undone_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint customer_merges_status_check CHECK ((status = ANY (ARRAY['complete'::text, 'undone'::text]))),
  constraint customer_merges_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table customers (
  org_id object_id not null,
  id object_id not null,
  name text not null default ''::text,
  external_id text,
  emails jsonb not null default '[]'::jsonb,
  phones jsonb not null default '[]'::jsonb,
  tags text[] not null default '{}'::text[],
  custom jsonb not null default '{}'::jsonb,
  profile jsonb not null default '{}'::jsonb,
  klasses text[] not null default '{}'::text[],
  rev integer not null default 1,
  created_by object_id,
  modified_by object_id,
  imported_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  modified_at timestamp with time zone not null default now(),
  last_activity_at timestamp with time zone,
  deleted_at timestamp with time zone,
  open_conversations integer not null default 0,
  snoozed_conversations integer not null default 0,
  done_conversations integer not null default 0,
  company_id object_id,
  merged_into object_id,
  constraint customers_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table deliveries (
  org_id object_id not null,
  id object_id not null,
  hook_id object_id not null,
  installation_id object_id,
  dedupe_key text not null,
  status text not null,
  trust text not null,
  content_type text,
  headers jsonb not null,
  sealed_headers bytea,
  body bytea not null,
  error text,
  effects jsonb,
  attempts jsonb not null default '[]'::jsonb,
  next_attempt_at timestamp with time zone,
  duplicates integer not null default 0,
  last_duplicate_at timestamp with time zone,
  received_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone,
  mail_verdict jsonb,
  constraint deliveries_trust_check CHECK ((trust = ANY (ARRAY['signed'::text, 'secret'::text, 'refetched'::text, 'imported'::text, 'none'::text]))),
  constraint deliveries_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table drafts (
  org_id object_id not null,
  id object_id not null,
  customer_id object_id not null,
  conversation_id object_id,
  channel text not null,
  content jsonb not null default '{}'::jsonb,
  attachments jsonb not null default '[]'::jsonb,
  status text not null default 'draft'::text,
  send_at timestamp with time zone,
  error text,
  message_id object_id,
  note_id object_id,
  auto boolean not null default false,
  source text,
  rev integer not null default 1,
  created_by object_id,
  modified_by object_id,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  modified_at timestamp with time zone not null default now(),
  constraint drafts_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'scheduled'::text, 'sent'::text, 'error'::text, 'deleted'::text]))),
  constraint drafts_org_id_customer_id_fkey FOREIGN KEY (org_id, customer_id) REFERENCES customers(org_id, id),
  constraint drafts_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table enquiries (
  org_id object_id not null,
  id object_id not null,
  feedback_id object_id not null,
  installation_id object_id not null,
  state text not null,
  reason text,
  answer jsonb,
  asked_by object_id not null,
  asked_at timestamp with time zone,
  answered_at timestamp with time zone,
  attempts integer not null default 0,
  next_check_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint enquiries_state_check CHECK ((state = ANY (ARRAY['asking'::text, 'waiting'::text, 'answered'::text, 'lapsed'::text, 'failed'::text]))),
  constraint enquiries_org_id_feedback_id_fkey FOREIGN KEY (org_id, feedback_id) REFERENCES feedback(org_id, id) ON DELETE CASCADE,
  constraint enquiries_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table events (
  org_id object_id not null,
  id object_id not null,
  name text not null,
  object_type text not null,
  object_id object_id not null,
  customer_id object_id,
  data jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  constraint events_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table feedback (
  org_id object_id not null,
  id object_id not null,
  app text not null,
  installation_id object_id not null,
  delivery_id object_id,
  kind text not null,
  metric text not null,
  score double precision,
  scale_min double precision not null,
  scale_max double precision not null,
  sentiment text,
  customer_id object_id,
  unmatched_reason text,
  respondent jsonb not null default '{}'::jsonb,
  title text,
  body text,
  product jsonb,
  permalink text,
  verified boolean,
  reply_state text not null default 'none'::text,
  reply_text text,
  replied_at timestamp with time zone,
  trust text not null,
  test boolean not null default false,
  latest_attribute text,
  responded_at timestamp with time zone not null,
  version_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  removed_at timestamp with time zone,
  edited_at timestamp with time zone,
  conversation_id object_id,
  seen_at timestamp with time zone,
  erased_at timestamp with time zone,
  survey_request_id object_id,
  credited_users text[] not null default '{}'::text[],
  credited_teams text[] not null default '{}'::text[],
  credited_channel text,
  credited_brand_id object_id,
  constraint feedback_kind_check CHECK ((kind = ANY (ARRAY['review'::text, 'survey'::text]))),
  constraint feedback_reply_state_check CHECK ((reply_state = ANY (ARRAY['none'::text, 'draft'::text, 'awaiting_approval'::text, 'publishing'::text, 'published'::text, 'outdated'::text, 'failed'::text, 'withdrawn'::text]))),
  constraint feedback_sentiment_check CHECK ((sentiment = ANY (ARRAY['negative'::text, 'neutral'::text, 'positive'::text]))),
  constraint feedback_trust_check CHECK ((trust = ANY (ARRAY['signed'::text, 'secret'::text, 'refetched'::text, 'imported'::text]))),
  constraint feedback_org_id_id_fkey FOREIGN KEY (org_id, id) REFERENCES kobjects(org_id, id) ON DELETE CASCADE,
  constraint feedback_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table feedback_versions (
  org_id object_id not null,
  feedback_id object_id not null,
  version_at timestamp with time zone not null,
  score double precision,
  title text,
  body text,
  replaced_at timestamp with time zone not null default now(),
  constraint feedback_versions_org_id_feedback_id_fkey FOREIGN KEY (org_id, feedback_id) REFERENCES feedback(org_id, id) ON DELETE CASCADE,
  constraint feedback_versions_pkey PRIMARY KEY (org_id, feedback_id, version_at)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table hooks (
  org_id object_id not null,
  id object_id not null,
  type text not null,
  hash text not null,
  title text not null,
  description text not null default ''::text,
  event_name text not null,
  debug boolean not null default false,
  installation_id object_id,
  webhook text,
  created_by object_id,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  previous_hash text,
  previous_until timestamp with time zone,
  constraint hooks_type_check CHECK ((type = ANY (ARRAY['form'::text, 'web'::text, 'email'::text]))),
  constraint hooks_org_id_installation_id_fkey FOREIGN KEY (org_id, installation_id) REFERENCES installations(org_id, id) ON DELETE CASCADE,
  constraint hooks_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table idempotency_keys (
  org_id object_id not null,
  user_id object_id not null,
  key text not null,
  request_hash bytea not null,
  status integer,
  reply text,
  created_at timestamp with time zone not null default now(),
  constraint idempotency_keys_pkey PRIMARY KEY (org_id, user_id, key)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table imports (
  org_id object_id not null,
  id object_id not null,
  installation_id object_id not null,
  kind text not null,
  state text not null default 'running'::text,
  cursor text,
  total integer,
  seen integer not null default 0,
  added integer not null default 0,
  changed integer not null default 0,
  removed integer not null default 0,
  failures integer not null default 0,
  reason text,
  next_attempt_at timestamp with time zone,
  started_by object_id,
  started_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone,
  constraint imports_kind_check CHECK ((kind = ANY (ARRAY['backfill'::text, 'reconciliation'::text]))),
  constraint imports_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'canceled'::text, 'failed'::text]))),
  constraint imports_org_id_installation_id_fkey FOREIGN KEY (org_id, installation_id) REFERENCES installations(org_id, id) ON DELETE CASCADE,
  constraint imports_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table installations (
  org_id object_id not null,
  id object_id not null,
  app text not null,
  name text not null,
  version text not null,
  status text not null default 'active'::text,
  status_reason text,
  settings jsonb not null default '{}'::jsonb,
  secrets bytea,
  rev integer not null default 1,
  created_by object_id,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  user_id object_id,
  constraint installations_status_check CHECK ((status = ANY (ARRAY['active'::text, 'needs_reconnect'::text, 'disabled'::text]))),
  constraint installations_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table klasses (
  org_id object_id not null,
  id object_id not null,
  name text not null,
  display_name text not null,
  icon text,
  color text,
  status text not null default 'enabled'::text,
  app text,
  json_schema jsonb,
  mixins jsonb not null default '{}'::jsonb,
  created_by object_id,
  modified_by object_id,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint klasses_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table kobjects (
  org_id object_id not null,
  id object_id not null,
  klass text not null,
  customer_id object_id,
  external_id text,
  source object_id not null default ''::text,
  title text not null,
  description text,
  icon text,
  images jsonb not null default '[]'::jsonb,
  data jsonb not null default '{}'::jsonb,
  custom jsonb not null default '{}'::jsonb,
  tags text[] not null default '{}'::text[],
  version_at timestamp with time zone not null,
  rev integer not null default 1,
  created_by object_id,
  modified_by object_id,
  imported_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  company_id object_id,
  constraint kobjects_org_id_customer_id_fkey FOREIGN KEY (org_id, customer_id) REFERENCES customers(org_id, id),
  constraint kobjects_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table mail_lessons (
  org_id object_id not null,
  id object_id not null,
  installation_id object_id not null,
  lesson jsonb not null,
  subject text not null,
  created_by object_id not null,
  created_at timestamp with time zone not null default now(),
  constraint mail_lessons_org_id_installation_id_fkey FOREIGN KEY (org_id, installation_id) REFERENCES installations(org_id, id) ON DELETE CASCADE,
  constraint mail_lessons_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table mail_suppressions (
  org_id object_id not null,
  id object_id not null,
  address text not null,
  scope text not null,
  reason text not null,
  detail text,
  created_by object_id,
  created_at timestamp with time zone not null default now(),
  constraint mail_suppressions_reason_check CHECK ((reason = ANY (ARRAY['bounced'::text, 'complained'::text, 'unsubscribed'::text, 'added'::text]))),
  constraint mail_suppressions_scope_check CHECK ((scope = ANY (ARRAY['all'::text, 'notices'::text]))),
  constraint mail_suppressions_pkey PRIMARY KEY (org_id, id),
  constraint mail_suppressions_org_id_address_scope_key UNIQUE (org_id, address, scope)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table mailboxes (
  org_id object_id not null,
  hook_id object_id not null,
  host text not null,
  port integer not null,
  security text not null,
  username text not null,
  sealed_password bytea not null,
  folder text not null,
  uid_validity text,
  last_uid bigint not null default 0,
  taken integer not null default 0,
  failures integer not null default 0,
  reason text,
  polled_at timestamp with time zone,
  next_at timestamp with time zone not null,
  created_by object_id not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint mailboxes_security_check CHECK ((security = ANY (ARRAY['tls'::text, 'starttls'::text, 'none'::text]))),
  constraint mailboxes_org_id_hook_id_fkey FOREIGN KEY (org_id, hook_id) REFERENCES hooks(org_id, id) ON DELETE CASCADE,
  constraint mailboxes_pkey PRIMARY KEY (org_id, hook_id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table mails (
  org_id object_id not null,
  id object_id not null,
  conversation_id object_id not null,
  source object_id not null,
  status text not null,
  sender text not null,
  recipient text not null,
  subject text not null,
  message_id text not null,
  in_reply_to text,
  refs text[] not null default '{}'::text[],
  attempts integer not null default 0,
  reason text,
  next_at timestamp with time zone,
  sent_at timestamp with time zone,
  created_by object_id,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  stream text not null default 'answers'::text,
  way text not null default 'mail'::text,
  attempted_at timestamp with time zone,
  constraint mails_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'sent'::text, 'failed'::text, 'bounced'::text]))),
  constraint mails_stream_check CHECK ((stream = ANY (ARRAY['answers'::text, 'notices'::text]))),
  constraint mails_way_check CHECK ((way = ANY (ARRAY['mail'::text, 'public'::text, 'private'::text]))),
  constraint mails_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table message_bodies (
  org_id object_id not null,
  message_id object_id not null,
  html text not null,
  inline jsonb not null default '{}'::jsonb,
  constraint message_bodies_pkey PRIMARY KEY (org_id, message_id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table messages (
  org_id object_id not null,
  id object_id not null,
  conversation_id object_id not null,
  customer_id object_id not null,
  external_id text,
  app text not null,
  channel text not null,
  direction text not null,
  direction_type text not null,
  preview text not null default ''::text,
  subject text,
  size integer not null default 0,
  status text not null,
  error jsonb,
  error_at timestamp with time zone,
  auto boolean not null default false,
  source text,
  sent_at timestamp with time zone not null,
  response_ms bigint,
  meta jsonb not null default '{}'::jsonb,
  custom jsonb not null default '{}'::jsonb,
  lang text,
  extra jsonb not null default '{}'::jsonb,
  rev integer not null default 1,
  created_by object_id,
  modified_by object_id,
  imported_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  modified_at timestamp with time zone not null default now(),
  attachments jsonb not null default '[]'::jsonb,
  redacted_at timestamp with time zone,
  constraint messages_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
  constraint messages_status_check CHECK ((status = ANY (ARRAY['sent'::text, 'received'::text, 'error'::text]))),
  constraint messages_org_id_conversation_id_fkey FOREIGN KEY (org_id, conversation_id) REFERENCES conversations(org_id, id),
  constraint messages_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table metadata (
  org_id object_id not null,
  resource text not null,
  properties jsonb not null default '{}'::jsonb,
  standard_properties jsonb not null default '{}'::jsonb,
  relationships jsonb not null default '{}'::jsonb,
  validations jsonb not null default '[]'::jsonb,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint metadata_pkey PRIMARY KEY (org_id, resource)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table notes (
  org_id object_id not null,
  id object_id not null,
  conversation_id object_id not null,
  customer_id object_id not null,
  external_id text,
  body text not null,
  user_mentions jsonb not null default '[]'::jsonb,
  lang text,
  rev integer not null default 1,
  created_by object_id,
  modified_by object_id,
  imported_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  modified_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  attachments jsonb not null default '[]'::jsonb,
  constraint notes_org_id_conversation_id_fkey FOREIGN KEY (org_id, conversation_id) REFERENCES conversations(org_id, id),
  constraint notes_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table notifications (
  org_id object_id not null,
  id object_id not null,
  user_id object_id not null,
  kind text not null,
  title text not null,
  body text,
  object_type text,
  object_id object_id,
  customer_id object_id,
  created_by object_id,
  read_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  constraint notifications_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table object_aliases (
  org_id object_id not null,
  source object_id not null,
  klass text not null,
  alias text not null,
  external_id text not null,
  is_provisional boolean not null,
  constraint object_aliases_org_id_source_fkey FOREIGN KEY (org_id, source) REFERENCES installations(org_id, id) ON DELETE CASCADE,
  constraint object_aliases_pkey PRIMARY KEY (org_id, source, klass, alias)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table orgs (
  org_id object_id not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  required_for_done text[] not null default '{}'::text[],
  replies_need_approval boolean not null default false,
  workflow_user_id object_id,
  constraint orgs_pkey PRIMARY KEY (org_id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table outbound_webhooks (
  org_id object_id not null,
  id object_id not null,
  name text not null,
  url text not null,
  events text[] not null,
  sealed bytea not null,
  status text not null default 'enabled'::text,
  status_reason text,
  failing_since timestamp with time zone,
  created_by object_id,
  modified_by object_id,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  installation_id object_id,
  constraint outbound_webhooks_status_check CHECK ((status = ANY (ARRAY['enabled'::text, 'disabled'::text]))),
  constraint outbound_webhooks_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table rate_limits (
  org_id object_id not null,
  bucket text not null,
  minute timestamp with time zone not null,
  granted integer not null,
  constraint rate_limits_pkey PRIMARY KEY (org_id, bucket)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table replies (
  org_id object_id not null,
  id object_id not null,
  feedback_id object_id not null,
  installation_id object_id not null,
  state text not null,
  body text not null,
  reason text,
  is_withdrawing boolean not null default false,
  published_body text,
  published_at timestamp with time zone,
  provider_ref text,
  answers_at timestamp with time zone not null,
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone,
  attempted_at timestamp with time zone,
  written_by object_id not null,
  approved_by object_id,
  rev integer not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  is_private boolean not null default false,
  constraint replies_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'awaiting_approval'::text, 'publishing'::text, 'published'::text, 'outdated'::text, 'failed'::text, 'withdrawn'::text]))),
  constraint replies_org_id_feedback_id_fkey FOREIGN KEY (org_id, feedback_id) REFERENCES feedback(org_id, id) ON DELETE CASCADE,
  constraint replies_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table reply_moves (
  org_id object_id not null,
  id object_id not null,
  reply_id object_id not null,
  state text not null,
  body text not null,
  reason text,
  created_by object_id,
  created_at timestamp with time zone not null default now(),
  constraint reply_moves_org_id_reply_id_fkey FOREIGN KEY (org_id, reply_id) REFERENCES replies(org_id, id) ON DELETE CASCADE,
  constraint reply_moves_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table saved_searches (
  org_id object_id not null,
  id object_id not null,
  name text not null,
  context text not null,
  query jsonb not null,
  icon text,
  owner_id object_id not null,
  shared boolean not null default false,
  shared_teams text[] not null default '{}'::text[],
  pinned boolean not null default false,
  position double precision not null default 0,
  rev integer not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint saved_searches_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table schema_migrations (
  name text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migrations_pkey PRIMARY KEY (name)
)

table search_texts (
  org_id object_id not null,
  id object_id not null,
  kind text not null,
  words tsvector not null,
  constraint search_texts_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table search_words (
  org_id object_id not null,
  word text not null,
  constraint search_words_pkey PRIMARY KEY (org_id, word)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table shortcuts (
  org_id object_id not null,
  id object_id not null,
  name text not null,
  keyword text,
  body text not null,
  subject text,
  channels text[] not null default '{}'::text[],
  folder text,
  shared boolean not null default true,
  owner_id object_id,
  changes jsonb not null default '{}'::jsonb,
  rev integer not null default 1,
  created_by object_id,
  modified_by object_id,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint shortcuts_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table sub_statuses (
  org_id object_id not null,
  id object_id not null,
  name text not null,
  status text not null,
  position double precision not null default 0,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint sub_statuses_status_check CHECK ((status = ANY (ARRAY['open'::text, 'snoozed'::text, 'done'::text]))),
  constraint sub_statuses_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table survey_moves (
  org_id object_id not null,
  id object_id not null,
  request_id object_id not null,
  state text not null,
  reason text,
  created_by object_id,
  created_at timestamp with time zone not null default now(),
  constraint survey_moves_org_id_request_id_fkey FOREIGN KEY (org_id, request_id) REFERENCES survey_requests(org_id, id) ON DELETE CASCADE,
  constraint survey_moves_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table survey_opt_outs (
  org_id object_id not null,
  id object_id not null,
  customer_id object_id,
  address text,
  reason text not null,
  created_by object_id,
  created_at timestamp with time zone not null default now(),
  constraint survey_opt_outs_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table survey_policies (
  org_id object_id not null,
  policy jsonb not null,
  rev integer not null default 1,
  modified_by object_id,
  updated_at timestamp with time zone not null default now(),
  constraint survey_policies_org_id_fkey FOREIGN KEY (org_id) REFERENCES orgs(org_id),
  constraint survey_policies_pkey PRIMARY KEY (org_id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table survey_polls (
  org_id object_id not null,
  installation_id object_id not null,
  cursor text,
  failures integer not null default 0,
  reason text,
  next_at timestamp with time zone not null default now(),
  polled_at timestamp with time zone,
  registered_at timestamp with time zone,
  register_at timestamp with time zone,
  unreachable text,
  quota jsonb,
  constraint survey_polls_org_id_installation_id_fkey FOREIGN KEY (org_id, installation_id) REFERENCES installations(org_id, id) ON DELETE CASCADE,
  constraint survey_polls_pkey PRIMARY KEY (org_id, installation_id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table survey_requests (
  org_id object_id not null,
  id object_id not null,
  app text not null,
  installation_id object_id not null,
  close_event_id object_id not null,
  conversation_id object_id not null,
  customer_id object_id not null,
  state text not null,
  reason text,
  decision jsonb not null,
  address text,
  closed_at timestamp with time zone not null,
  assigned_users text[] not null,
  assigned_teams text[] not null,
  channel text,
  brand_id object_id,
  tags text[] not null,
  due_at timestamp with time zone,
  progress jsonb not null default '{}'::jsonb,
  attempts integer not null default 0,
  attempted_at timestamp with time zone,
  provider_ref text,
  requested_at timestamp with time zone,
  sent_at timestamp with time zone,
  opened_at timestamp with time zone,
  answered_at timestamp with time zone,
  feedback_id object_id,
  rev integer not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint survey_requests_state_check CHECK ((state = ANY (ARRAY['scheduled'::text, 'canceled'::text, 'skipped'::text, 'requested'::text, 'sent'::text, 'opened'::text, 'answered'::text, 'bounced'::text, 'expired'::text, 'failed'::text]))),
  constraint survey_requests_org_id_installation_id_fkey FOREIGN KEY (org_id, installation_id) REFERENCES installations(org_id, id) ON DELETE CASCADE,
  constraint survey_requests_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table tags (
  org_id object_id not null,
  id object_id not null,
  name text not null,
  color text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint tags_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table teams (
  org_id object_id not null,
  id object_id not null,
  name text not null,
  display_name text,
  icon text,
  external_id text,
  members text[] not null default '{}'::text[],
  created_by object_id,
  modified_by object_id,
  deleted_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint teams_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table timeline (
  org_id object_id not null,
  customer_id object_id not null,
  at timestamp with time zone not null,
  item_id object_id not null,
  kind text not null,
  pinned_at timestamp with time zone,
  constraint timeline_kind_check CHECK ((kind = ANY (ARRAY['kobject'::text, 'conversation'::text, 'note'::text, 'survey'::text]))),
  constraint timeline_pkey PRIMARY KEY (org_id, customer_id, at, item_id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table users (
  org_id object_id not null,
  id object_id not null,
  user_type text not null default 'user'::text,
  name text not null,
  email text,
  roles text[] not null default '{}'::text[],
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint users_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table webhook_transactions (
  org_id object_id not null,
  id object_id not null,
  webhook_id object_id not null,
  event_id object_id not null,
  event_name text not null,
  object_type text not null,
  object_id object_id not null,
  status text not null default 'waiting'::text,
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone default now(),
  last_status integer,
  last_error text,
  last_response text,
  sent_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  constraint webhook_transactions_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'sent'::text, 'failed'::text]))),
  constraint webhook_transactions_org_id_webhook_id_fkey FOREIGN KEY (org_id, webhook_id) REFERENCES outbound_webhooks(org_id, id) ON DELETE CASCADE,
  constraint webhook_transactions_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table workflow_inbox (
  org_id object_id not null,
  event_id object_id not null,
  event_name text not null,
  object_type text not null,
  object_id object_id not null,
  cause text,
  constraint workflow_inbox_pkey PRIMARY KEY (org_id, event_id, event_name)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table workflow_run_steps (
  org_id object_id not null,
  run_id object_id not null,
  seq integer not null,
  step_id text not null,
  action text,
  status text not null,
  input jsonb,
  output jsonb,
  error jsonb,
  next_step text,
  attempts integer not null default 1,
  ms integer not null default 0,
  at timestamp with time zone not null default now(),
  constraint workflow_run_steps_status_check CHECK ((status = ANY (ARRAY['done'::text, 'failed'::text, 'retrying'::text, 'waiting'::text]))),
  constraint workflow_run_steps_org_id_run_id_fkey FOREIGN KEY (org_id, run_id) REFERENCES workflow_runs(org_id, id) ON DELETE CASCADE,
  constraint workflow_run_steps_pkey PRIMARY KEY (org_id, run_id, seq)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table workflow_runs (
  org_id object_id not null,
  id object_id not null,
  workflow_id object_id not null,
  version integer not null,
  state text not null,
  started_by text not null,
  event_name text not null,
  event_id object_id,
  object_type text,
  object_id object_id,
  customer_id object_id,
  trigger jsonb not null,
  chain text[] not null,
  calls integer not null default 0,
  next_step text,
  steps_taken integer not null default 0,
  data_size integer not null default 0,
  active_ms integer not null default 0,
  attempts integer not null default 0,
  claim integer not null default 0,
  due_at timestamp with time zone,
  error jsonb,
  created_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone,
  constraint workflow_runs_started_by_check CHECK ((started_by = ANY (ARRAY['event'::text, 'call'::text, 'schedule'::text]))),
  constraint workflow_runs_state_check CHECK ((state = ANY (ARRAY['ready'::text, 'waiting'::text, 'done'::text, 'failed'::text, 'stopped'::text, 'canceled'::text]))),
  constraint workflow_runs_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table workflow_triggers (
  org_id object_id not null,
  workflow_id object_id not null,
  event_name text not null,
  version integer not null,
  constraint workflow_triggers_org_id_workflow_id_fkey FOREIGN KEY (org_id, workflow_id) REFERENCES workflows(org_id, id) ON DELETE CASCADE,
  constraint workflow_triggers_pkey PRIMARY KEY (org_id, workflow_id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table workflow_variables (
  org_id object_id not null,
  id object_id not null,
  workflow_id object_id not null,
  name text not null,
  type text not null,
  value jsonb,
  sealed bytea,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint workflow_variables_type_check CHECK ((type = ANY (ARRAY['string'::text, 'number'::text, 'boolean'::text, 'secret'::text]))),
  constraint workflow_variables_org_id_workflow_id_fkey FOREIGN KEY (org_id, workflow_id) REFERENCES workflows(org_id, id) ON DELETE CASCADE,
  constraint workflow_variables_pkey PRIMARY KEY (org_id, id),
  constraint workflow_variables_org_id_workflow_id_name_key UNIQUE (org_id, workflow_id, name)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table workflow_versions (
  org_id object_id not null,
  workflow_id object_id not null,
  version integer not null,
  document jsonb not null,
  note text,
  published_by object_id,
  published_at timestamp with time zone not null default now(),
  constraint workflow_versions_org_id_workflow_id_fkey FOREIGN KEY (org_id, workflow_id) REFERENCES workflows(org_id, id) ON DELETE CASCADE,
  constraint workflow_versions_pkey PRIMARY KEY (org_id, workflow_id, version)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table workflow_waits (
  org_id object_id not null,
  run_id object_id not null,
  event_name text not null,
  object_id object_id,
  condition jsonb,
  constraint workflow_waits_org_id_run_id_fkey FOREIGN KEY (org_id, run_id) REFERENCES workflow_runs(org_id, id) ON DELETE CASCADE,
  constraint workflow_waits_pkey PRIMARY KEY (org_id, run_id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

table workflows (
  org_id object_id not null,
  id object_id not null,
  name text not null,
  enabled boolean not null default false,
  draft jsonb not null,
  draft_rev integer not null default 1,
  problems jsonb not null default '[]'::jsonb,
  version integer,
  system_disabled boolean not null default false,
  disabled_reason text,
  installation_id object_id,
  origin_key text,
  origin_version text,
  origin_document jsonb,
  upgrade jsonb,
  next_at timestamp with time zone,
  told_at timestamp with time zone,
  created_by object_id,
  modified_by object_id,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint workflows_pkey PRIMARY KEY (org_id, id)
)
policy tenant using ((org_id)::text = current_org()) with check ((org_id)::text = current_org())

CREATE INDEX api_keys_installation ON public.api_keys USING btree (org_id, installation_id) WHERE (installation_id IS NOT NULL)

CREATE UNIQUE INDEX api_keys_token ON public.api_keys USING btree (org_id, token_hash)

CREATE INDEX app_definitions_newest ON public.app_definitions USING btree (org_id, app, id DESC)

CREATE UNIQUE INDEX app_definitions_version ON public.app_definitions USING btree (org_id, app, version)

CREATE INDEX app_logs_app ON public.app_logs USING btree (org_id, app, id DESC)

CREATE UNIQUE INDEX app_registrations_app ON public.app_registrations USING btree (org_id, app)

CREATE UNIQUE INDEX app_registrations_client ON public.app_registrations USING btree (org_id, client_id)

CREATE INDEX audit_logs_object ON public.audit_logs USING btree (org_id, object_id, id DESC)

CREATE INDEX audit_logs_user ON public.audit_logs USING btree (org_id, user_id, id DESC)

CREATE INDEX "auth_account_userId_idx" ON public.auth_account USING btree ("userId")

CREATE INDEX "auth_session_userId_idx" ON public.auth_session USING btree ("userId")

CREATE INDEX auth_verification_identifier_idx ON public.auth_verification USING btree (identifier)

CREATE UNIQUE INDEX brands_default ON public.brands USING btree (org_id) WHERE (is_default AND (deleted_at IS NULL))

CREATE UNIQUE INDEX brands_name ON public.brands USING btree (org_id, lower(name)) WHERE (deleted_at IS NULL)

CREATE INDEX bulk_jobs_recent ON public.bulk_jobs USING btree (org_id, id DESC)

CREATE INDEX close_events_conversation ON public.close_events USING btree (org_id, conversation_id, closed_at DESC)

CREATE INDEX close_events_recent ON public.close_events USING btree (org_id, closed_at DESC, id DESC)

CREATE INDEX close_events_undecided ON public.close_events USING btree (org_id, id) WHERE (decided_at IS NULL)

CREATE UNIQUE INDEX companies_external ON public.companies USING btree (org_id, external_id) WHERE ((external_id IS NOT NULL) AND (deleted_at IS NULL))

CREATE INDEX companies_recent ON public.companies USING btree (org_id, updated_at DESC, id DESC) WHERE (deleted_at IS NULL)

CREATE INDEX conversation_threads_conversation ON public.conversation_threads USING btree (org_id, conversation_id)

CREATE INDEX conversations_created ON public.conversations USING btree (org_id, created_at DESC, id DESC) WHERE (deleted_at IS NULL)

CREATE INDEX conversations_customer ON public.conversations USING btree (org_id, customer_id, created_at DESC, id DESC) WHERE (deleted_at IS NULL)

CREATE UNIQUE INDEX conversations_external ON public.conversations USING btree (org_id, external_id) WHERE ((external_id IS NOT NULL) AND (deleted_at IS NULL))

CREATE INDEX conversations_recent ON public.conversations USING btree (org_id, updated_at DESC, id DESC) WHERE (deleted_at IS NULL)

CREATE INDEX conversations_snoozed ON public.conversations USING btree (org_id, snooze_at) WHERE ((status = 'snoozed'::text) AND (deleted_at IS NULL))

CREATE INDEX conversations_status ON public.conversations USING btree (org_id, status, updated_at DESC, id DESC) WHERE (deleted_at IS NULL)

CREATE INDEX customer_identities_customer ON public.customer_identities USING btree (org_id, customer_id)

CREATE INDEX customer_merges_source ON public.customer_merges USING btree (org_id, source_id)

CREATE INDEX customer_merges_target ON public.customer_merges USING btree (org_id, target_id)

CREATE INDEX customers_company ON public.customers USING btree (org_id, company_id, updated_at DESC) WHERE (company_id IS NOT NULL)

CREATE INDEX customers_recent ON public.customers USING btree (org_id, updated_at DESC, id DESC) WHERE (deleted_at IS NULL)

CREATE UNIQUE INDEX deliveries_dedupe ON public.deliveries USING btree (org_id, hook_id, dedupe_key)

CREATE INDEX deliveries_installation ON public.deliveries USING btree (org_id, installation_id, id DESC)

CREATE INDEX deliveries_received ON public.deliveries USING btree (org_id, id) WHERE (status = 'received'::text)

CREATE INDEX deliveries_status ON public.deliveries USING btree (org_id, status, id DESC) WHERE (status <> ALL (ARRAY['applied'::text, 'received'::text]))

CREATE INDEX drafts_customer ON public.drafts USING btree (org_id, customer_id, updated_at DESC) WHERE (status = ANY (ARRAY['draft'::text, 'scheduled'::text, 'error'::text]))

CREATE UNIQUE INDEX drafts_note ON public.drafts USING btree (org_id, conversation_id) WHERE ((channel = 'note'::text) AND (status = ANY (ARRAY['draft'::text, 'scheduled'::text])))

CREATE INDEX enquiries_feedback ON public.enquiries USING btree (org_id, feedback_id, id DESC)

CREATE UNIQUE INDEX enquiries_open ON public.enquiries USING btree (org_id, feedback_id) WHERE (state = ANY (ARRAY['asking'::text, 'waiting'::text]))

CREATE INDEX events_conversation ON public.events USING btree (org_id, object_id, id DESC) WHERE (object_type = 'conversation'::text)

CREATE INDEX feedback_conversation ON public.feedback USING btree (org_id, conversation_id) WHERE (conversation_id IS NOT NULL)

CREATE INDEX feedback_installation ON public.feedback USING btree (org_id, installation_id, seen_at) WHERE (removed_at IS NULL)

CREATE INDEX feedback_latest ON public.feedback USING btree (org_id, customer_id, latest_attribute, responded_at DESC, id DESC)

CREATE INDEX feedback_profile ON public.feedback USING btree (org_id, ((respondent ->> 'profileId'::text))) WHERE (respondent ? 'profileId'::text)

CREATE INDEX feedback_recent ON public.feedback USING btree (org_id, responded_at DESC, id DESC)

CREATE INDEX feedback_scores ON public.feedback USING btree (org_id, metric, responded_at) INCLUDE (score, sentiment, scale_min, scale_max, app, installation_id, credited_channel, credited_brand_id) WHERE ((score IS NOT NULL) AND (NOT test))

CREATE INDEX feedback_unmatched ON public.feedback USING btree (org_id, responded_at DESC, id DESC) WHERE (customer_id IS NULL)

CREATE UNIQUE INDEX hooks_hash ON public.hooks USING btree (org_id, hash)

CREATE INDEX hooks_installation ON public.hooks USING btree (org_id, installation_id)

CREATE UNIQUE INDEX hooks_previous_hash ON public.hooks USING btree (org_id, previous_hash) WHERE (previous_hash IS NOT NULL)

CREATE INDEX idempotency_keys_age ON public.idempotency_keys USING btree (org_id, created_at)

CREATE INDEX imports_installation ON public.imports USING btree (org_id, installation_id, id DESC)

CREATE UNIQUE INDEX imports_running ON public.imports USING btree (org_id, installation_id) WHERE (state = 'running'::text)

CREATE UNIQUE INDEX installations_name ON public.installations USING btree (org_id, app, lower(name))

CREATE UNIQUE INDEX klasses_name ON public.klasses USING btree (org_id, name)

CREATE INDEX kobjects_company ON public.kobjects USING btree (org_id, company_id, klass, updated_at DESC) WHERE (company_id IS NOT NULL)

CREATE INDEX kobjects_customer ON public.kobjects USING btree (org_id, customer_id, klass, updated_at DESC)

CREATE UNIQUE INDEX kobjects_external ON public.kobjects USING btree (org_id, klass, external_id, source)

CREATE INDEX kobjects_klass ON public.kobjects USING btree (org_id, klass, created_at DESC, id DESC) WHERE (deleted_at IS NULL)

CREATE INDEX kobjects_recent ON public.kobjects USING btree (org_id, updated_at DESC, id DESC) WHERE (deleted_at IS NULL)

CREATE INDEX mail_lessons_installation ON public.mail_lessons USING btree (org_id, installation_id, created_at DESC)

CREATE INDEX mail_suppressions_recent ON public.mail_suppressions USING btree (org_id, created_at DESC, id DESC)

CREATE INDEX mailboxes_due ON public.mailboxes USING btree (next_at)

CREATE INDEX mails_bounced ON public.mails USING btree (org_id, lower(recipient), updated_at) WHERE (status = 'bounced'::text)

CREATE INDEX mails_conversation ON public.mails USING btree (org_id, conversation_id)

CREATE INDEX mails_message_id ON public.mails USING btree (org_id, message_id)

CREATE INDEX mails_recent ON public.mails USING btree (org_id, created_at DESC, id DESC)

CREATE INDEX messages_conversation ON public.messages USING btree (org_id, conversation_id, sent_at DESC, id DESC)

CREATE INDEX messages_customer ON public.messages USING btree (org_id, customer_id, sent_at DESC, id DESC)

CREATE UNIQUE INDEX messages_external ON public.messages USING btree (org_id, external_id) WHERE (external_id IS NOT NULL)

CREATE INDEX messages_recent ON public.messages USING btree (org_id, updated_at DESC, id DESC)

CREATE INDEX notes_conversation ON public.notes USING btree (org_id, conversation_id, created_at DESC, id DESC) WHERE (deleted_at IS NULL)

CREATE INDEX notes_customer ON public.notes USING btree (org_id, customer_id, created_at DESC, id DESC) WHERE (deleted_at IS NULL)

CREATE UNIQUE INDEX notes_external ON public.notes USING btree (org_id, external_id) WHERE ((external_id IS NOT NULL) AND (deleted_at IS NULL))

CREATE INDEX notes_recent ON public.notes USING btree (org_id, updated_at DESC, id DESC) WHERE (deleted_at IS NULL)

CREATE INDEX notifications_unread ON public.notifications USING btree (org_id, user_id) WHERE (read_at IS NULL)

CREATE INDEX notifications_user ON public.notifications USING btree (org_id, user_id, id DESC)

CREATE INDEX outbound_webhooks_installation ON public.outbound_webhooks USING btree (org_id, installation_id) WHERE (installation_id IS NOT NULL)

CREATE UNIQUE INDEX replies_feedback ON public.replies USING btree (org_id, feedback_id)

CREATE INDEX replies_state ON public.replies USING btree (org_id, state, updated_at DESC)

CREATE INDEX reply_moves_reply ON public.reply_moves USING btree (org_id, reply_id, id)

CREATE INDEX saved_searches_owner ON public.saved_searches USING btree (org_id, owner_id) WHERE (deleted_at IS NULL)

CREATE INDEX search_texts_words ON public.search_texts USING gin (words) WITH (gin_pending_list_limit='1024')

CREATE INDEX search_words_parts ON public.search_words USING gin (org_id, word gin_trgm_ops)

CREATE UNIQUE INDEX shortcuts_keyword ON public.shortcuts USING btree (org_id, lower(keyword)) WHERE ((keyword IS NOT NULL) AND (deleted_at IS NULL))

CREATE UNIQUE INDEX sub_statuses_name ON public.sub_statuses USING btree (org_id, status, lower(name)) WHERE (deleted_at IS NULL)

CREATE INDEX survey_moves_request ON public.survey_moves USING btree (org_id, request_id, id)

CREATE UNIQUE INDEX survey_opt_outs_address ON public.survey_opt_outs USING btree (org_id, address) WHERE (address IS NOT NULL)

CREATE UNIQUE INDEX survey_opt_outs_customer ON public.survey_opt_outs USING btree (org_id, customer_id) WHERE (customer_id IS NOT NULL)

CREATE INDEX survey_polls_due ON public.survey_polls USING btree (next_at)

CREATE INDEX survey_requests_address ON public.survey_requests USING btree (org_id, address, requested_at DESC) WHERE (address IS NOT NULL)

CREATE INDEX survey_requests_answer ON public.survey_requests USING btree (org_id, feedback_id) WHERE (feedback_id IS NOT NULL)

CREATE INDEX survey_requests_asked ON public.survey_requests USING btree (org_id, requested_at) WHERE (requested_at IS NOT NULL)

CREATE UNIQUE INDEX survey_requests_close ON public.survey_requests USING btree (org_id, close_event_id, installation_id)

CREATE INDEX survey_requests_conversation ON public.survey_requests USING btree (org_id, conversation_id, id DESC)

CREATE INDEX survey_requests_customer ON public.survey_requests USING btree (org_id, customer_id, requested_at DESC)

CREATE INDEX survey_requests_due ON public.survey_requests USING btree (org_id, due_at) WHERE (state = 'scheduled'::text)

CREATE INDEX survey_requests_in_flight ON public.survey_requests USING btree (org_id, installation_id) WHERE ((state = 'scheduled'::text) AND (attempted_at IS NOT NULL))

CREATE INDEX survey_requests_open ON public.survey_requests USING btree (org_id, installation_id, requested_at) WHERE (state = ANY (ARRAY['requested'::text, 'sent'::text, 'opened'::text]))

CREATE INDEX survey_requests_recent ON public.survey_requests USING btree (org_id, closed_at DESC, id DESC)

CREATE INDEX survey_requests_ref ON public.survey_requests USING btree (org_id, installation_id, provider_ref) WHERE (provider_ref IS NOT NULL)

CREATE UNIQUE INDEX tags_name ON public.tags USING btree (org_id, lower(name)) WHERE (deleted_at IS NULL)

CREATE INDEX teams_members ON public.teams USING gin (members)

CREATE UNIQUE INDEX teams_name ON public.teams USING btree (org_id, lower(name)) WHERE (deleted_at IS NULL)

CREATE INDEX timeline_pinned ON public.timeline USING btree (org_id, customer_id) WHERE (pinned_at IS NOT NULL)

CREATE UNIQUE INDEX users_email ON public.users USING btree (org_id, lower(email)) WHERE (email IS NOT NULL)

CREATE INDEX webhook_transactions_due ON public.webhook_transactions USING btree (org_id, next_attempt_at, id) WHERE (status = 'waiting'::text)

CREATE INDEX webhook_transactions_webhook ON public.webhook_transactions USING btree (org_id, webhook_id, id DESC)

CREATE INDEX workflow_runs_due ON public.workflow_runs USING btree (org_id, due_at) WHERE (due_at IS NOT NULL)

CREATE INDEX workflow_runs_ended ON public.workflow_runs USING btree (org_id, ended_at) WHERE (ended_at IS NOT NULL)

CREATE INDEX workflow_runs_failed ON public.workflow_runs USING btree (org_id, id DESC) WHERE (state = ANY (ARRAY['failed'::text, 'stopped'::text]))

CREATE INDEX workflow_runs_object ON public.workflow_runs USING btree (org_id, object_id, workflow_id, created_at) WHERE (object_id IS NOT NULL)

CREATE INDEX workflow_runs_open ON public.workflow_runs USING btree (org_id, id DESC) WHERE (state = ANY (ARRAY['ready'::text, 'waiting'::text]))

CREATE INDEX workflow_runs_workflow ON public.workflow_runs USING btree (org_id, workflow_id, id DESC)

CREATE INDEX workflow_triggers_event ON public.workflow_triggers USING btree (org_id, event_name)

CREATE INDEX workflow_waits_event ON public.workflow_waits USING btree (org_id, event_name, object_id)

CREATE UNIQUE INDEX workflows_origin ON public.workflows USING btree (org_id, installation_id, origin_key) WHERE (installation_id IS NOT NULL)

CREATE INDEX workflows_scheduled ON public.workflows USING btree (next_at) WHERE (next_at IS NOT NULL)

CREATE OR REPLACE FUNCTION public.accept_deliveries(org object_id, received jsonb, bodies bytea)
 RETURNS json
 LANGUAGE plpgsql
AS $function$
declare
  accepted json;
begin
  perform set_config('tellback.org_id', org, true);
  with written as (
    insert into deliveries as d (org_id, id, hook_id, installation_id, dedupe_key, status, trust, content_type, headers, sealed_headers, error, received_at, duplicates, body)
    select org, i.id, i.hook_id, i.installation_id, i.dedupe_key, i.status, i.trust, i.content_type, i.headers::jsonb, decode(i.sealed_headers, 'base64'), i.error,
           i.received_at, i.repeats, substring(bodies from i.first for i.length)
    from jsonb_to_recordset(received) as i (id text, hook_id text, installation_id text, dedupe_key text, status text, trust text, content_type text, headers text,
           sealed_headers text, error text, received_at timestamptz, repeats int, first int, length int)
    on conflict (org_id, hook_id, dedupe_key) do update set duplicates = d.duplicates + 1 + excluded.duplicates, last_duplicate_at = now()
    returning d.id, d.hook_id, d.dedupe_key, (xmax = 0) as fresh
  )
  select json_agg(json_build_object('id', w.id, 'hookId', w.hook_id, 'dedupeKey', w.dedupe_key, 'fresh', w.fresh)) into accepted from written w;
  return accepted;
end $function$


CREATE OR REPLACE FUNCTION public.array_of(value jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select case jsonb_typeof(value) when 'array' then value else '[]'::jsonb end $function$


CREATE OR REPLACE FUNCTION public.boolean_of(value jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select case jsonb_typeof(value) when 'boolean' then (value #>> '{}')::boolean end $function$


CREATE OR REPLACE FUNCTION public.conversation_on_timeline()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' then
    delete from timeline where org_id = old.org_id and customer_id = old.customer_id and at = old.created_at and item_id = old.id;
  end if;
  if new.deleted_at is null then
    insert into timeline (org_id, customer_id, at, item_id, kind)
      values (new.org_id, new.customer_id, new.created_at, new.id, 'conversation') on conflict do nothing;
  else
    delete from timeline t using notes n
      where n.org_id = new.org_id and n.conversation_id = new.id and t.org_id = n.org_id and t.customer_id = n.customer_id
        and t.at = n.created_at and t.item_id = n.id;
  end if;
  return null;
end $function$


CREATE OR REPLACE FUNCTION public.current_org()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('tellback.org_id', true), '') $function$


CREATE OR REPLACE FUNCTION public.enqueue_job(task text, payload json, run_at timestamp with time zone, job_key text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ select graphile_worker.add_job(identifier => task, payload => payload, run_at => run_at, job_key => job_key) $function$


CREATE OR REPLACE FUNCTION public.feed_audit_logs()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  actor text := nullif(current_setting('tellback.user_id', true), '');
begin
  if actor is not null then
    insert into audit_logs (org_id, id, event_name, event_verb, object_type, object_id, user_id, user_type, client, ip, changes)
      select e.org_id, e.id, e.name, substring(e.name from '[^.]*$'), e.object_type, e.object_id, actor,
        coalesce(nullif(current_setting('tellback.user_type', true), ''), 'user'), nullif(current_setting('tellback.client', true), ''),
        nullif(current_setting('tellback.ip', true), ''), e.data -> 'changes'
      from added e;
  end if;
  return null;
end $function$


CREATE OR REPLACE FUNCTION public.feed_outbound_webhooks()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into webhook_transactions (org_id, id, webhook_id, event_id, event_name, object_type, object_id)
    select e.org_id, left(e.id, 16) || substr(md5(e.id || w.id || told.name), 1, 8), w.id, e.id, told.name, told.object_type, e.object_id
    from added e
    cross join lateral (
      values (e.name, e.object_type), (case when e.data ? 'feedback' then 'tellback.feedback.' || substring(e.name from '[^.]*$') end, 'feedback')
    ) told (name, object_type)
    join outbound_webhooks w on w.org_id = e.org_id and w.status = 'enabled' and told.name = any (w.events);
  if found then
    perform pg_notify('tellback_webhooks', (select org_id from added limit 1));
  end if;
  return null;
end $function$


CREATE OR REPLACE FUNCTION public.feed_workflows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if current_setting('tellback.quiet', true) = 'on' then
    return null; -- of the past: told to whoever asks, and cause of nothing
  end if;
  insert into workflow_inbox (org_id, event_id, event_name, object_type, object_id, cause)
    select e.org_id, e.id, told.name, told.object_type, e.object_id, nullif(current_setting('tellback.workflow_run', true), '')
    from added e
    cross join lateral (
      values (e.name, e.object_type), (case when e.data ? 'feedback' then 'tellback.feedback.' || substring(e.name from '[^.]*$') end, 'feedback')
    ) told (name, object_type)
    where exists (select from workflow_triggers t where t.org_id = e.org_id and t.event_name = told.name)
      or exists (select from workflow_waits w where w.org_id = e.org_id and w.event_name = told.name and w.object_id = e.object_id)
      or exists (select from workflow_waits w where w.org_id = e.org_id and w.event_name = told.name and w.object_id is null);
  if found then
    perform pg_notify('tellback_workflows', (select org_id from added limit 1));
  end if;
  return null;
end $function$


CREATE OR REPLACE FUNCTION public.folded(value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036F]', '', 'g') collate "und-x-icu") $function$


CREATE OR REPLACE FUNCTION public.keep_feedback_version()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into feedback_versions (org_id, feedback_id, version_at, score, title, body)
    values (old.org_id, old.id, old.version_at, old.score, old.title, old.body) on conflict do nothing;
  new.edited_at := new.version_at;
  return new;
end $function$


CREATE OR REPLACE FUNCTION public.moment_of(value text)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select case when pg_input_is_valid(value, 'timestamptz') then value::timestamptz end $function$


CREATE OR REPLACE FUNCTION public.note_on_timeline()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' then
    delete from timeline where org_id = old.org_id and customer_id = old.customer_id and at = old.created_at and item_id = old.id;
  end if;
  if new.deleted_at is null then
    insert into timeline (org_id, customer_id, at, item_id, kind)
      values (new.org_id, new.customer_id, new.created_at, new.id, 'note') on conflict do nothing;
  end if;
  return null;
end $function$


CREATE OR REPLACE FUNCTION public.number_of(value jsonb)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select case jsonb_typeof(value) when 'number' then (value #>> '{}')::numeric end $function$


CREATE OR REPLACE FUNCTION public.orgs_with_due_mailboxes()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select distinct org_id from mailboxes where next_at <= now()
$function$


CREATE OR REPLACE FUNCTION public.orgs_with_due_runs()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with recursive found as (
    (select org_id from workflow_runs where due_at is not null order by org_id limit 1)
    union all
    select (select r.org_id from workflow_runs r where r.due_at is not null and r.org_id > found.org_id order by r.org_id limit 1)
    from found where found.org_id is not null
  )
  select org_id from found where org_id is not null
    and exists (select from workflow_runs r where r.org_id = found.org_id and r.due_at <= now())
$function$


CREATE OR REPLACE FUNCTION public.orgs_with_due_schedules()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select distinct org_id from workflows where next_at <= now()
$function$


CREATE OR REPLACE FUNCTION public.orgs_with_due_survey_polls()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select distinct org_id from survey_polls where next_at <= now()
$function$


CREATE OR REPLACE FUNCTION public.orgs_with_due_surveys()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with recursive found as (
    (select org_id from survey_requests where state = 'scheduled' order by org_id limit 1)
    union all
    select (select r.org_id from survey_requests r where r.state = 'scheduled' and r.org_id > found.org_id order by r.org_id limit 1)
    from found where found.org_id is not null
  )
  select org_id from found where org_id is not null
    and exists (select from survey_requests r where r.org_id = found.org_id and r.state = 'scheduled' and r.due_at <= now())
$function$


CREATE OR REPLACE FUNCTION public.orgs_with_due_webhooks()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with recursive found as (
    (select org_id from webhook_transactions where status = 'waiting' and next_attempt_at <= now() order by org_id limit 1)
    union all
    select (select t.org_id from webhook_transactions t where t.status = 'waiting' and t.next_attempt_at <= now() and t.org_id > found.org_id
            order by t.org_id limit 1)
    from found where found.org_id is not null
  )
  select org_id from found where org_id is not null
$function$


CREATE OR REPLACE FUNCTION public.orgs_with_other_app_versions(current jsonb)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select distinct i.org_id from installations i where i.version <> current ->> i.app
$function$


CREATE OR REPLACE FUNCTION public.orgs_with_received()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with recursive found as (
    (select org_id from deliveries where status = 'received' order by org_id limit 1)
    union all
    select (select d.org_id from deliveries d where d.status = 'received' and d.org_id > found.org_id order by d.org_id limit 1)
    from found where found.org_id is not null
  )
  select org_id from found where org_id is not null
$function$


CREATE OR REPLACE FUNCTION public.orgs_with_undecided_closes()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with recursive found as (
    (select org_id from close_events where decided_at is null order by org_id limit 1)
    union all
    select (select c.org_id from close_events c where c.decided_at is null and c.org_id > found.org_id order by c.org_id limit 1)
    from found where found.org_id is not null
  )
  select org_id from found where org_id is not null
$function$


CREATE OR REPLACE FUNCTION public.orgs_with_workflow_events()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with recursive found as (
    (select org_id from workflow_inbox order by org_id limit 1)
    union all
    select (select i.org_id from workflow_inbox i where i.org_id > found.org_id order by i.org_id limit 1)
    from found where found.org_id is not null
  )
  select org_id from found where org_id is not null
$function$


CREATE OR REPLACE PROCEDURE public.protect_tenant_table(IN tenant_table regclass)
 LANGUAGE plpgsql
AS $procedure$
begin
  execute format('alter table %s enable row level security', tenant_table);
  execute format('alter table %s force row level security', tenant_table);
  execute format('create policy tenant on %s using (org_id = current_org()) with check (org_id = current_org())', tenant_table);
  execute format('grant select, insert, update, delete on %s to tellback_app', tenant_table);
end $procedure$


CREATE OR REPLACE FUNCTION public.search_matches(wanted_kind text, condition tsquery, most integer)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select id from search_texts where org_id = current_org() and kind = wanted_kind and words @@ condition limit most $function$


CREATE OR REPLACE FUNCTION public.search_matches_any(wanted_kind text, alternatives tsquery[], condition tsquery, most integer)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select distinct found.id from unnest(alternatives) alternative cross join lateral (
      select id, words from search_texts where org_id = current_org() and kind = wanted_kind and words @@ alternative offset 0
    ) found where found.words @@ condition limit most $function$


CREATE OR REPLACE FUNCTION public.search_words_with(part text, most integer)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select word from search_words where org_id = current_org() and word like '%' || part || '%' limit most $function$


CREATE OR REPLACE FUNCTION public.survey_on_timeline()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.requested_at is not null then
    delete from timeline where org_id = old.org_id and customer_id = old.customer_id and at = old.requested_at and item_id = old.id;
  end if;
  if new.requested_at is not null then
    insert into timeline (org_id, customer_id, at, item_id, kind)
      values (new.org_id, new.customer_id, new.requested_at, new.id, 'survey') on conflict do nothing;
  end if;
  return null;
end $function$


CREATE OR REPLACE FUNCTION public.take_requests(org object_id, wanted_bucket text, most integer, wanted integer)
 RETURNS TABLE(granted integer, left_over integer, ends_at timestamp with time zone)
 LANGUAGE plpgsql
AS $function$
declare
  this_minute timestamptz := date_trunc('minute', clock_timestamp());
  used integer;
begin
  perform set_config('tellback.org_id', org, true);
  insert into rate_limits as r (org_id, bucket, minute, granted) values (org, wanted_bucket, this_minute, wanted)
    on conflict (org_id, bucket) do update set minute = this_minute,
      granted = case when r.minute = this_minute then r.granted + wanted else wanted end
    returning r.granted into used;
  granted := greatest(0, least(wanted, most - (used - wanted)));
  left_over := greatest(0, most - used);
  ends_at := this_minute + interval '1 minute';
  return next;
end $function$


CREATE OR REPLACE FUNCTION public.texts_of(value jsonb)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select case jsonb_typeof(value) when 'array' then array(select jsonb_array_elements_text(value)) when 'string' then array[value #>> '{}'] else '{}' end $function$

