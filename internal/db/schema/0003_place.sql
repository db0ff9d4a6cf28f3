-- Places: what each was from a day on, what became of it, its people. Nothing written here is changed later: the next row
-- of a place says what holds from its own day on, and no row counts before the load that brought it is live.

-- A load is what came in together: the embedded gazetteer, an imported table, a boundary change.
CREATE TABLE place_load (
  id     TEXT   PRIMARY KEY,
  kind   TEXT   NOT NULL,
  actor  TEXT   NOT NULL,
  added  BIGINT NOT NULL,
  live   BIGINT
) STRICT;

CREATE TABLE place (
  id    TEXT   PRIMARY KEY,
  level BIGINT NOT NULL,
  load  TEXT   NOT NULL REFERENCES place_load (id)
) STRICT;
CREATE INDEX place_load_of ON place (load);

-- What a place is from a day on. known = 0: the start is not known, since is the first day on record. key is the name
-- folded for searching, aliases are further names, folded, one a line.
CREATE TABLE place_version (
  place  TEXT   NOT NULL REFERENCES place (id),
  since  TEXT   NOT NULL,
  known  BIGINT NOT NULL,
  code   TEXT   NOT NULL,
  level  BIGINT NOT NULL,
  kind   TEXT   NOT NULL,
  name   TEXT   NOT NULL,
  parent TEXT   NOT NULL,
  law    TEXT   NOT NULL,
  key    TEXT   NOT NULL,
  aliases TEXT  NOT NULL,
  load   TEXT   NOT NULL REFERENCES place_load (id),
  PRIMARY KEY (place, since)
) STRICT;
CREATE INDEX place_version_code ON place_version (code, since);
CREATE INDEX place_version_parent ON place_version (parent, since);
CREATE INDEX place_version_load ON place_version (load);

-- The day from which a place is no more.
CREATE TABLE place_end (
  place TEXT NOT NULL PRIMARY KEY REFERENCES place (id),
  since TEXT NOT NULL,
  law   TEXT NOT NULL,
  load  TEXT NOT NULL REFERENCES place_load (id)
) STRICT;
CREATE INDEX place_end_load ON place_end (load);

-- A code under which another official list knows a place.
CREATE TABLE place_alias (
  code  TEXT NOT NULL,
  place TEXT NOT NULL REFERENCES place (id),
  load  TEXT NOT NULL REFERENCES place_load (id),
  PRIMARY KEY (code, place)
) STRICT;

-- Lineage: how much of a former place went where. part says it in the words of the law; share is the fraction of its
-- people, where it is known, and basis what that is known from. A place that goes on is its own heir.
CREATE TABLE place_edge (
  former TEXT   NOT NULL REFERENCES place (id),
  heir   TEXT   NOT NULL REFERENCES place (id),
  since  TEXT   NOT NULL,
  part   TEXT   NOT NULL,
  share  DOUBLE,
  basis  TEXT   NOT NULL,
  source TEXT   NOT NULL,
  load   TEXT   NOT NULL REFERENCES place_load (id),
  PRIMARY KEY (former, heir, since)
) STRICT;
CREATE INDEX place_edge_heir ON place_edge (heir);
CREATE INDEX place_edge_load ON place_edge (load);

-- People of a place. printed is what the source says where that is doubtful; people is then empty.
CREATE TABLE place_people (
  place      TEXT   NOT NULL REFERENCES place (id),
  year       BIGINT NOT NULL,
  basis      TEXT   NOT NULL,
  people     BIGINT,
  printed    BIGINT,
  confidence TEXT   NOT NULL,
  source     TEXT   NOT NULL,
  dated      TEXT,
  load       TEXT   NOT NULL REFERENCES place_load (id),
  PRIMARY KEY (place, year, basis)
) STRICT;
CREATE INDEX place_people_load ON place_people (load);

CREATE TABLE place_area (
  place    TEXT   NOT NULL PRIMARY KEY REFERENCES place (id),
  km2      DOUBLE NOT NULL,
  measured BIGINT NOT NULL,
  source   TEXT   NOT NULL,
  load     TEXT   NOT NULL REFERENCES place_load (id)
) STRICT;
CREATE INDEX place_area_load ON place_area (load);

-- A boundary change: proposed by one person, reviewed by another, applied on its day. what is the change itself, as JSON.
CREATE TABLE place_change (
  id          TEXT   PRIMARY KEY,
  kind        TEXT   NOT NULL,
  since       TEXT   NOT NULL,
  law         TEXT   NOT NULL,
  what        TEXT   NOT NULL,
  state       TEXT   NOT NULL,
  proposer    TEXT   NOT NULL,
  proposed    BIGINT NOT NULL,
  reviewer    TEXT   NOT NULL,
  reviewed    BIGINT,
  remark      TEXT   NOT NULL,
  applied     BIGINT
) STRICT;
CREATE INDEX place_change_state ON place_change (state, since);

-- The places that a change touches: two open changes may not touch the same.
CREATE TABLE place_change_place (
  change TEXT NOT NULL REFERENCES place_change (id),
  place  TEXT NOT NULL REFERENCES place (id),
  PRIMARY KEY (change, place)
) STRICT;
CREATE INDEX place_change_place_place ON place_change_place (place);
