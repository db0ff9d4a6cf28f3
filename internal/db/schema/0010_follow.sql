-- Following: who was reminded of what, letters that urge, orders and the meetings they came from.

-- The reminders of a place from a day to a day, and why; steps is JSON. Replaced by a later row, never changed.
CREATE TABLE reminder_rule (
  id    TEXT   PRIMARY KEY,
  place TEXT   NOT NULL,
  since TEXT   NOT NULL,
  steps TEXT   NOT NULL,
  basis TEXT   NOT NULL,
  actor TEXT   NOT NULL,
  added BIGINT NOT NULL,
  UNIQUE (place, since)
) STRICT;

-- What somebody was told, once for each step of a thing that is due on a day; title is the thing as it was called then.
-- letter is when it was written to them; NULL where it is not yet, or mail = 0.
CREATE TABLE reminder (
  id      TEXT   PRIMARY KEY,
  kind    TEXT   NOT NULL,
  subject TEXT   NOT NULL,
  due     TEXT   NOT NULL,
  step    BIGINT NOT NULL,
  user_id TEXT   NOT NULL,
  rung    TEXT   NOT NULL,
  place   TEXT   NOT NULL,
  agency  TEXT   NOT NULL,
  title   TEXT   NOT NULL,
  day     TEXT   NOT NULL,
  mail    BIGINT NOT NULL,
  letter  BIGINT,
  seen    BIGINT,
  UNIQUE (kind, subject, due, step, user_id)
) STRICT;
CREATE INDEX reminder_user ON reminder (user_id, day);
CREATE INDEX reminder_letter ON reminder (user_id) WHERE mail = 1 AND letter IS NULL;
CREATE INDEX reminder_day ON reminder (day, id);

-- When somebody last moved a task.
CREATE INDEX task_event_actor ON task_event (actor, at);

-- A letter that urges a unit about what is late. number, signed, signer and paper are those of the paper it became.
CREATE TABLE urging (
  id        TEXT   PRIMARY KEY,
  place     TEXT   NOT NULL,
  agency    TEXT   NOT NULL,
  issuer    TEXT   NOT NULL,
  as_of     TEXT   NOT NULL,
  due       TEXT   NOT NULL,
  words     TEXT   NOT NULL,
  state     TEXT   NOT NULL,
  number    TEXT   NOT NULL,
  signed    TEXT,
  signer    TEXT   NOT NULL,
  paper     TEXT   NOT NULL,
  answer    TEXT   NOT NULL,
  answerer  TEXT   NOT NULL,
  answered  BIGINT,
  writer    TEXT   NOT NULL,
  written   BIGINT NOT NULL,
  rev       BIGINT NOT NULL
) STRICT;
CREATE INDEX urging_issuer ON urging (issuer, state, due);
CREATE INDEX urging_unit ON urging (agency, place, state);

-- What a letter speaks of, as it stood on its day.
CREATE TABLE urging_item (
  urging TEXT   NOT NULL REFERENCES urging (id),
  task   TEXT   NOT NULL,
  title  TEXT   NOT NULL,
  due    TEXT   NOT NULL,
  late   BIGINT NOT NULL,
  PRIMARY KEY (urging, task)
) STRICT;

-- A thematic meeting; issuer is the place that calls it.
CREATE TABLE meeting (
  id       TEXT   PRIMARY KEY,
  issuer   TEXT   NOT NULL,
  title    TEXT   NOT NULL,
  code     TEXT   NOT NULL,
  day      TEXT   NOT NULL,
  venue    TEXT   NOT NULL,
  chair    TEXT   NOT NULL,
  agenda   TEXT   NOT NULL,
  outcome  TEXT   NOT NULL,
  state    TEXT   NOT NULL,
  actor    TEXT   NOT NULL,
  rev      BIGINT NOT NULL
) STRICT;
CREATE INDEX meeting_issuer ON meeting (issuer, day);

-- What was ordered: by whom, when, in which paper or meeting, of whom, until when. It stays open until it is finished.
CREATE TABLE directive (
  id       TEXT   PRIMARY KEY,
  issuer   TEXT   NOT NULL,
  meeting  TEXT   NOT NULL,
  said     TEXT   NOT NULL,
  speaker  TEXT   NOT NULL,
  number   TEXT   NOT NULL,
  words    TEXT   NOT NULL,
  place    TEXT   NOT NULL,
  agency   TEXT   NOT NULL,
  due      TEXT,
  state    TEXT   NOT NULL,
  reporter TEXT   NOT NULL,
  rev      BIGINT NOT NULL
) STRICT;
CREATE INDEX directive_issuer ON directive (issuer, state, due);
CREATE INDEX directive_unit ON directive (agency, place, state, due);
CREATE INDEX directive_meeting ON directive (meeting) WHERE meeting <> '';

CREATE TABLE directive_event (
  id        TEXT   PRIMARY KEY,
  directive TEXT   NOT NULL REFERENCES directive (id),
  at        BIGINT NOT NULL,
  actor     TEXT   NOT NULL,
  did       TEXT   NOT NULL,
  note      TEXT   NOT NULL
) STRICT;
CREATE INDEX directive_event_of ON directive_event (directive, id);

-- The tasks that came of an order.
CREATE TABLE directive_task (
  directive TEXT NOT NULL REFERENCES directive (id),
  task      TEXT NOT NULL REFERENCES task (id),
  PRIMARY KEY (directive, task)
) STRICT;
CREATE INDEX directive_task_task ON directive_task (task);
