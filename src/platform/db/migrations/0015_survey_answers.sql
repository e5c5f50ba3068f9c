-- From an answer to what was asked, for searches.
create index survey_requests_answer on survey_requests (org_id, feedback_id) where feedback_id is not null;
