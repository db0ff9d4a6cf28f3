-- An edition is frozen from a run or from a plan; its history says in which office somebody acted. The tables are made
-- anew because a column that must not be empty now may.

CREATE TABLE edition_next (
  id           TEXT   PRIMARY KEY,
  run          TEXT   REFERENCES run (id),
  plan         TEXT   REFERENCES plan (id),
  place        TEXT   NOT NULL,
  source       TEXT   NOT NULL,
  family       TEXT   NOT NULL,
  index_id     TEXT   NOT NULL,
  period       TEXT   NOT NULL,
  hash         TEXT   NOT NULL,
  head         TEXT   NOT NULL,
  state        TEXT   NOT NULL,
  corrects     TEXT   REFERENCES edition_next (id),
  reason       TEXT   NOT NULL,
  frozen_by    TEXT   NOT NULL,
  frozen       BIGINT NOT NULL,
  public_from  BIGINT,
  version      BIGINT NOT NULL,
  CHECK ((run IS NULL) <> (plan IS NULL))
) STRICT;
INSERT INTO edition_next (id, run, plan, place, source, family, index_id, period, hash, head, state, corrects, reason, frozen_by, frozen, public_from, version)
  SELECT id, run, NULL, place, source, family, index_id, period, hash, head, state, corrects, reason, frozen_by, frozen, public_from, version FROM edition ORDER BY id;

-- office is the role in which the step was taken; empty for a program, and for what was done before it was kept.
CREATE TABLE edition_event_next (
  id      TEXT   PRIMARY KEY,
  edition TEXT   NOT NULL REFERENCES edition_next (id),
  at      BIGINT NOT NULL,
  actor   TEXT   NOT NULL,
  office  TEXT   NOT NULL,
  step    TEXT   NOT NULL,
  before  TEXT   NOT NULL,
  after   TEXT   NOT NULL,
  note    TEXT   NOT NULL
) STRICT;
INSERT INTO edition_event_next (id, edition, at, actor, office, step, before, after, note)
  SELECT id, edition, at, actor, '', step, before, after, note FROM edition_event ORDER BY id;

DROP TABLE edition_event;
DROP TABLE edition;
ALTER TABLE edition_next RENAME TO edition;
ALTER TABLE edition_event_next RENAME TO edition_event;
CREATE UNIQUE INDEX edition_public ON edition (place, source, family, period) WHERE state = 'public';
CREATE INDEX edition_run ON edition (run);
CREATE INDEX edition_plan ON edition (plan);
CREATE INDEX edition_hash ON edition (hash);
CREATE INDEX edition_event_edition ON edition_event (edition, id);
