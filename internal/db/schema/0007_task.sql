-- Tasks: what is to be done by whom until when, what was shown for it, and who judged that. rev guards against two editors.

-- Tasks that came in together are seen together: a batch counts once live is set.
CREATE TABLE task_batch (
  id    TEXT   PRIMARY KEY,
  plan  TEXT   NOT NULL,
  actor TEXT   NOT NULL,
  added BIGINT NOT NULL,
  live  BIGINT
) STRICT;

-- who, beside and when_words are what the plan says in words that name no agency on record, or no one day.
CREATE TABLE task (
  id       TEXT   PRIMARY KEY,
  batch    TEXT   NOT NULL REFERENCES task_batch (id),
  plan     TEXT   NOT NULL,
  parent   TEXT   NOT NULL,
  place    TEXT   NOT NULL,
  agency   TEXT   NOT NULL,
  who      TEXT   NOT NULL,
  beside   TEXT   NOT NULL,
  post     TEXT   NOT NULL,
  block    TEXT   NOT NULL,
  code     TEXT   NOT NULL,
  title    TEXT   NOT NULL,
  key      TEXT   NOT NULL,
  product  TEXT   NOT NULL,
  effect   DOUBLE,
  measure  TEXT   NOT NULL,
  goal     DOUBLE,
  done     DOUBLE,
  cost     DOUBLE,
  due      TEXT,
  when_words TEXT NOT NULL,
  first_due TEXT,
  feeds    TEXT   NOT NULL,
  note     TEXT   NOT NULL,
  state    TEXT   NOT NULL,
  reporter TEXT   NOT NULL,
  rev      BIGINT NOT NULL
) STRICT;
CREATE INDEX task_batch_of ON task (batch);
CREATE INDEX task_plan ON task (plan, id);
CREATE INDEX task_parent ON task (parent) WHERE parent <> '';
CREATE INDEX task_agency ON task (agency, state, due, id);
CREATE INDEX task_place ON task (place, state, due, id);
CREATE INDEX task_open ON task (state, due, id);

CREATE TABLE task_helper (
  task   TEXT NOT NULL REFERENCES task (id),
  agency TEXT NOT NULL,
  words  TEXT NOT NULL,
  PRIMARY KEY (task, agency)
) STRICT;
CREATE INDEX task_helper_agency ON task_helper (agency);

CREATE TABLE task_event (
  id    TEXT   PRIMARY KEY,
  task  TEXT   NOT NULL REFERENCES task (id),
  at    BIGINT NOT NULL,
  actor TEXT   NOT NULL,
  did   TEXT   NOT NULL,
  note  TEXT   NOT NULL,
  done  DOUBLE
) STRICT;
CREATE INDEX task_event_task ON task_event (task, id);

-- What is shown for a task. key is given by the sender, so that what is sent twice arrives once.
CREATE TABLE evidence (
  id      TEXT   PRIMARY KEY,
  task    TEXT   NOT NULL REFERENCES task (id),
  key     TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  actor   TEXT   NOT NULL,
  kind    TEXT   NOT NULL,
  words   TEXT   NOT NULL,
  file    TEXT   NOT NULL,
  mime    TEXT   NOT NULL,
  size    BIGINT NOT NULL,
  link    TEXT   NOT NULL,
  figure  DOUBLE,
  taken   BIGINT,
  lat     DOUBLE,
  lon     DOUBLE,
  verdict TEXT   NOT NULL,
  reason  TEXT   NOT NULL,
  judge   TEXT   NOT NULL,
  judged  BIGINT,
  UNIQUE (task, key)
) STRICT;

-- What is asked of whoever gave the task: more time, a pause, an end.
CREATE TABLE task_request (
  id       TEXT   PRIMARY KEY,
  task     TEXT   NOT NULL REFERENCES task (id),
  kind     TEXT   NOT NULL,
  due      TEXT,
  reason   TEXT   NOT NULL,
  at       BIGINT NOT NULL,
  actor    TEXT   NOT NULL,
  decision TEXT   NOT NULL,
  note     TEXT   NOT NULL,
  decider  TEXT   NOT NULL,
  decided  BIGINT
) STRICT;
CREATE INDEX task_request_task ON task_request (task, id);
CREATE INDEX task_request_open ON task_request (id) WHERE decided IS NULL;
