-- Computations, and the way from a computation to what the public reads. Files stand in the file store by their hash.

-- The key of a run is place, source, index, period and what it was computed from: inputs and results are hashes of
-- files. The same inputs by the same code are one run.
CREATE TABLE run (
  id       TEXT   PRIMARY KEY,
  place    TEXT   NOT NULL,
  source   TEXT   NOT NULL,
  family   TEXT   NOT NULL,
  index_id TEXT   NOT NULL,
  period   TEXT   NOT NULL,
  inputs   TEXT   NOT NULL,
  results  TEXT   NOT NULL,
  code     TEXT   NOT NULL,
  seed     BIGINT NOT NULL,
  state    TEXT   NOT NULL,
  reason   TEXT   NOT NULL,
  version  BIGINT NOT NULL,
  added    BIGINT NOT NULL,
  added_by TEXT   NOT NULL,
  UNIQUE (place, inputs, code)
) STRICT;
CREATE INDEX run_key ON run (place, source, family, period);

-- An edition of a run. hash is that of its manifest, its name for the world. public_from is the end of an embargo, or
-- the moment of publication. At most one edition of a key is public at a time.
CREATE TABLE edition (
  id           TEXT   PRIMARY KEY,
  run          TEXT   NOT NULL REFERENCES run (id),
  place        TEXT   NOT NULL,
  source       TEXT   NOT NULL,
  family       TEXT   NOT NULL,
  index_id     TEXT   NOT NULL,
  period       TEXT   NOT NULL,
  hash         TEXT   NOT NULL,
  head         TEXT   NOT NULL,
  state        TEXT   NOT NULL,
  corrects     TEXT   REFERENCES edition (id),
  reason       TEXT   NOT NULL,
  frozen_by    TEXT   NOT NULL,
  frozen       BIGINT NOT NULL,
  public_from  BIGINT,
  version      BIGINT NOT NULL
) STRICT;
CREATE UNIQUE INDEX edition_public ON edition (place, source, family, period) WHERE state = 'public';
CREATE INDEX edition_run ON edition (run);
CREATE INDEX edition_hash ON edition (hash);

-- What happened to an edition: never changed, never removed.
CREATE TABLE edition_event (
  id      TEXT   PRIMARY KEY,
  edition TEXT   NOT NULL REFERENCES edition (id),
  at      BIGINT NOT NULL,
  actor   TEXT   NOT NULL,
  step    TEXT   NOT NULL,
  before  TEXT   NOT NULL,
  after   TEXT   NOT NULL,
  note    TEXT   NOT NULL
) STRICT;
CREATE INDEX edition_event_edition ON edition_event (edition, id);
