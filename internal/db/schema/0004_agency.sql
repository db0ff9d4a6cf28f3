-- Agencies: who carries the work of a place, what each was called, who held its posts. Names of people stand in the
-- table official alone, so that erasing somebody is removing that row; the tenures stay.

-- until is the last day of an agency that was closed. confirmed = 0: offered by the program, not yet looked at by anybody.
-- version counts every change of the agency, its posts and tenures, so that two who edit at once notice.
CREATE TABLE agency (
  id        TEXT   PRIMARY KEY,
  place     TEXT   NOT NULL,
  bloc      TEXT   NOT NULL,
  until     TEXT,
  until_law TEXT   NOT NULL,
  confirmed BIGINT NOT NULL,
  version   BIGINT NOT NULL
) STRICT;
CREATE INDEX agency_place ON agency (place);

-- What an agency is from a day on, until the next row. known = 0: the start is not known, since is the first day on
-- record. key is the folded name; parent the agency it belongs to, '' for none.
CREATE TABLE agency_version (
  agency TEXT   NOT NULL REFERENCES agency (id),
  since  TEXT   NOT NULL,
  known  BIGINT NOT NULL,
  name   TEXT   NOT NULL,
  key    TEXT   NOT NULL,
  parent TEXT   NOT NULL,
  law    TEXT   NOT NULL,
  PRIMARY KEY (agency, since)
) STRICT;
CREATE INDEX agency_version_key ON agency_version (key);
CREATE INDEX agency_version_parent ON agency_version (parent);

-- What of a former agency went to which from a day on; an agency that goes on may be its own heir.
CREATE TABLE succession (
  former    TEXT   NOT NULL REFERENCES agency (id),
  heir      TEXT   NOT NULL REFERENCES agency (id),
  since     TEXT   NOT NULL,
  part      TEXT   NOT NULL,
  law       TEXT   NOT NULL,
  confirmed BIGINT NOT NULL,
  PRIMARY KEY (former, heir, since)
) STRICT;
CREATE INDEX succession_heir ON succession (heir);

CREATE TABLE post (
  id     TEXT   PRIMARY KEY,
  agency TEXT   NOT NULL REFERENCES agency (id),
  title  TEXT   NOT NULL,
  key    TEXT   NOT NULL,
  head   BIGINT NOT NULL,
  since  TEXT,
  until  TEXT
) STRICT;
CREATE INDEX post_agency ON post (agency);

-- Somebody who holds a post: with an account, whose person is called as the account says, or without, by name.
CREATE TABLE official (
  id      TEXT PRIMARY KEY,
  account TEXT UNIQUE,
  name    TEXT NOT NULL
) STRICT;

-- official bears no reference, because the row it names may have been erased. capacity: holder, acting, in_charge.
CREATE TABLE tenure (
  id        TEXT   PRIMARY KEY,
  post      TEXT   NOT NULL REFERENCES post (id),
  official  TEXT   NOT NULL,
  capacity  TEXT   NOT NULL,
  since     TEXT   NOT NULL,
  known     BIGINT NOT NULL,
  until     TEXT,
  law       TEXT   NOT NULL,
  until_law TEXT   NOT NULL
) STRICT;
CREATE INDEX tenure_post ON tenure (post);
CREATE INDEX tenure_official ON tenure (official);

-- A file that was taken in: who, when, its SHA-256, what came of it. live is empty while it is staged.
CREATE TABLE import_batch (
  id       TEXT   PRIMARY KEY,
  kind     TEXT   NOT NULL,
  actor    TEXT   NOT NULL,
  place    TEXT   NOT NULL,
  sha256   TEXT   NOT NULL,
  "rows"   BIGINT NOT NULL,
  agencies BIGINT NOT NULL,
  posts    BIGINT NOT NULL,
  tenures  BIGINT NOT NULL,
  added    BIGINT NOT NULL,
  live     BIGINT
) STRICT;
CREATE INDEX import_batch_place ON import_batch (place, id);

-- Which heading of a file held which field the last time, for a kind of list and whoever sent it (user:ID, agency:ID,
-- place:ID), as JSON.
CREATE TABLE import_mapping (
  kind    TEXT   NOT NULL,
  owner   TEXT   NOT NULL,
  mapping TEXT   NOT NULL,
  changed BIGINT NOT NULL,
  PRIMARY KEY (kind, owner)
) STRICT;

-- What a batch will make, row by row, until it is made visible in one transaction. Each line speaks of one agency, one
-- post, one tenure; a flag says which of them it adds. seen is the version of an agency that exists; confirm = 1
-- confirms one that the program offered, and dates it where known = 1. ends is the last day of whoever held the post
-- before. The lines hold names of people and are removed with the batch's end.
CREATE TABLE import_line (
  batch      TEXT   NOT NULL REFERENCES import_batch (id),
  line       BIGINT NOT NULL,
  agency     TEXT   NOT NULL,
  seen       BIGINT NOT NULL,
  add_agency BIGINT NOT NULL,
  confirm    BIGINT NOT NULL,
  place      TEXT   NOT NULL,
  bloc       TEXT   NOT NULL,
  name       TEXT   NOT NULL,
  key        TEXT   NOT NULL,
  parent     TEXT   NOT NULL,
  since      TEXT   NOT NULL,
  known      BIGINT NOT NULL,
  law        TEXT   NOT NULL,
  add_post   BIGINT NOT NULL,
  post       TEXT   NOT NULL,
  title      TEXT   NOT NULL,
  title_key  TEXT   NOT NULL,
  head       BIGINT NOT NULL,
  add_tenure BIGINT NOT NULL,
  tenure     TEXT   NOT NULL,
  official   TEXT   NOT NULL,
  person     TEXT   NOT NULL,
  capacity   TEXT   NOT NULL,
  held       TEXT   NOT NULL,
  held_known BIGINT NOT NULL,
  held_law   TEXT   NOT NULL,
  ends       TEXT,
  PRIMARY KEY (batch, line)
) STRICT;
CREATE INDEX import_line_agency ON import_line (agency);
