-- Whose account at a provider is gone is found by their profile, and what they said is erased.
create index feedback_profile on feedback (org_id, (respondent ->> 'profileId')) where respondent ? 'profileId';
alter table feedback add column erased_at timestamptz;
