-- What arrived of tasks from people's telephones, by the key each sending bears: what is sent twice is taken once.
CREATE TABLE task_sent (
  task TEXT NOT NULL REFERENCES task (id),
  key  TEXT NOT NULL,
  PRIMARY KEY (task, key)
) STRICT;

-- A way to look at tasks that somebody keeps under a name: query is what stands in the address of the list.
CREATE TABLE task_view (
  id      TEXT   PRIMARY KEY,
  user_id TEXT   NOT NULL,
  name    TEXT   NOT NULL,
  query   TEXT   NOT NULL,
  added   BIGINT NOT NULL
) STRICT;
CREATE INDEX task_view_user ON task_view (user_id, name);

-- The batches that do not count yet are few.
CREATE INDEX task_batch_pending ON task_batch (id) WHERE live IS NULL;
-- Lists go by the day; boards count from one index alone.
CREATE INDEX task_due ON task (due, id);
CREATE INDEX task_count ON task (place, agency, state, block, code, plan, due, batch);
CREATE INDEX evidence_verdict ON evidence (task, verdict);
