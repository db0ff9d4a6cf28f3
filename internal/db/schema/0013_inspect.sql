-- Inspections: who looked where, on which basis, what was found, and what became of it. Nothing that was drawn for a
-- surprise stands here before its visit begins: it follows from the sealed secret of its draw.

-- state: prepared, opened, concluded, cancelled. joined says which checks it is held together with. rev guards against
-- two editors.
CREATE TABLE inspection (
  id          TEXT   PRIMARY KEY,
  kind        TEXT   NOT NULL,
  joined      TEXT   NOT NULL,
  place       TEXT   NOT NULL,
  plan        TEXT   NOT NULL,
  parent      TEXT   NOT NULL,
  title       TEXT   NOT NULL,
  decision    TEXT   NOT NULL,
  decided     TEXT,
  signer      TEXT   NOT NULL,
  since       TEXT   NOT NULL,
  until       TEXT   NOT NULL,
  state       TEXT   NOT NULL,
  rev         BIGINT NOT NULL,
  at          BIGINT NOT NULL,
  actor       TEXT   NOT NULL
) STRICT;
CREATE INDEX inspection_place ON inspection (place, id);
CREATE INDEX inspection_plan ON inspection (plan) WHERE plan <> '';
CREATE INDEX inspection_parent ON inspection (parent) WHERE parent <> '';

CREATE TABLE inspection_event (
  id         TEXT   PRIMARY KEY,
  inspection TEXT   NOT NULL REFERENCES inspection (id),
  at         BIGINT NOT NULL,
  actor      TEXT   NOT NULL,
  did        TEXT   NOT NULL,
  note       TEXT   NOT NULL
) STRICT;
CREATE INDEX inspection_event_of ON inspection_event (inspection, id);

-- Who was in a team from when to when: nobody is taken out of the past.
CREATE TABLE inspection_member (
  id         TEXT   PRIMARY KEY,
  inspection TEXT   NOT NULL REFERENCES inspection (id),
  user_id    TEXT   NOT NULL,
  post       TEXT   NOT NULL,
  chief      BIGINT NOT NULL,
  joined     BIGINT NOT NULL,
  added_by   TEXT   NOT NULL,
  left_at    BIGINT
) STRICT;
CREATE INDEX inspection_member_of ON inspection_member (inspection, id);
CREATE INDEX inspection_member_user ON inspection_member (user_id);

-- A theme's questions from a day on; another version is another row.
CREATE TABLE checklist (
  id      TEXT   PRIMARY KEY,
  place   TEXT   NOT NULL,
  theme   TEXT   NOT NULL,
  version BIGINT NOT NULL,
  since   TEXT   NOT NULL,
  items   TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  actor   TEXT   NOT NULL,
  UNIQUE (place, theme, version)
) STRICT;

CREATE TABLE inspection_theme (
  inspection TEXT NOT NULL REFERENCES inspection (id),
  checklist  TEXT NOT NULL REFERENCES checklist (id),
  PRIMARY KEY (inspection, checklist)
) STRICT;

-- A unit that is visited. began is when the team was there and said so.
CREATE TABLE visit (
  id         TEXT   PRIMARY KEY,
  inspection TEXT   NOT NULL REFERENCES inspection (id),
  place      TEXT   NOT NULL,
  agency     TEXT   NOT NULL,
  planned    TEXT,
  began      BIGINT,
  actor      TEXT   NOT NULL,
  UNIQUE (inspection, place, agency)
) STRICT;
CREATE INDEX visit_place ON visit (place, agency, began);

-- What was answered on a visit; the last of an item counts, those before stay. item is checklist:number, '' for a note.
CREATE TABLE visit_answer (
  id    TEXT   PRIMARY KEY,
  visit TEXT   NOT NULL REFERENCES visit (id),
  item  TEXT   NOT NULL,
  value TEXT   NOT NULL,
  file  TEXT   NOT NULL,
  size  BIGINT NOT NULL,
  taken BIGINT,
  at    BIGINT NOT NULL,
  actor TEXT   NOT NULL
) STRICT;
CREATE INDEX visit_answer_of ON visit_answer (visit, id);

-- What arrived from telephones, by the key each sending bears: what is sent twice is taken once.
CREATE TABLE visit_sent (
  visit TEXT NOT NULL REFERENCES visit (id),
  key   TEXT NOT NULL,
  PRIMARY KEY (visit, key)
) STRICT;

-- Records of visits and conclusions of inspections; a later one stands in the place of one before, which stays.
CREATE TABLE inspection_paper (
  id         TEXT   PRIMARY KEY,
  inspection TEXT   NOT NULL REFERENCES inspection (id),
  visit      TEXT   NOT NULL,
  kind       TEXT   NOT NULL,
  number     TEXT   NOT NULL,
  dated      TEXT   NOT NULL,
  present    TEXT   NOT NULL,
  words      TEXT   NOT NULL,
  opinion    TEXT   NOT NULL,
  signer     TEXT   NOT NULL,
  at         BIGINT NOT NULL,
  actor      TEXT   NOT NULL
) STRICT;
CREATE INDEX inspection_paper_of ON inspection_paper (inspection, id);

-- A shortcoming with whose it is and until when it is to be remedied. state: open, remedied, closed, failed.
CREATE TABLE finding (
  id         TEXT   PRIMARY KEY,
  inspection TEXT   NOT NULL REFERENCES inspection (id),
  visit      TEXT   NOT NULL REFERENCES visit (id),
  item       TEXT   NOT NULL,
  place      TEXT   NOT NULL,
  agency     TEXT   NOT NULL,
  code       TEXT   NOT NULL,
  words      TEXT   NOT NULL,
  remedy     TEXT   NOT NULL,
  due        TEXT   NOT NULL,
  state      TEXT   NOT NULL,
  again      TEXT   NOT NULL,
  rev        BIGINT NOT NULL,
  at         BIGINT NOT NULL,
  actor      TEXT   NOT NULL
) STRICT;
CREATE INDEX finding_inspection ON finding (inspection, id);
CREATE INDEX finding_unit ON finding (place, agency, state);
CREATE INDEX finding_open ON finding (state, due, id);

CREATE TABLE finding_event (
  id      TEXT   PRIMARY KEY,
  finding TEXT   NOT NULL REFERENCES finding (id),
  at      BIGINT NOT NULL,
  actor   TEXT   NOT NULL,
  did     TEXT   NOT NULL,
  note    TEXT   NOT NULL,
  file    TEXT   NOT NULL,
  mime    TEXT   NOT NULL,
  size    BIGINT NOT NULL
) STRICT;
CREATE INDEX finding_event_of ON finding_event (finding, id);

-- The formula of the weights of draws, in force from a day on: each and most are what one counts and how many count.
CREATE TABLE risk_formula (
  id       TEXT   PRIMARY KEY,
  place    TEXT   NOT NULL,
  since    TEXT   NOT NULL,
  decision TEXT   NOT NULL,
  base     BIGINT NOT NULL,
  terms    TEXT   NOT NULL,
  at       BIGINT NOT NULL,
  actor    TEXT   NOT NULL
) STRICT;
CREATE INDEX risk_formula_place ON risk_formula (place, since, id);

-- A draw: prepared by one, sealed by another; its number entered by one, drawn by another; announced or dropped. secret
-- is sealed with a key that is not in the database.
CREATE TABLE draw (
  id          TEXT   PRIMARY KEY,
  inspection  TEXT   NOT NULL REFERENCES inspection (id),
  frame       BYTES  NOT NULL,
  prepared    BIGINT NOT NULL,
  prepared_by TEXT   NOT NULL,
  secret      BYTES,
  commitment  TEXT   NOT NULL,
  sealed      BIGINT,
  sealed_by   TEXT   NOT NULL,
  number      TEXT   NOT NULL,
  numbered    BIGINT,
  numbered_by TEXT   NOT NULL,
  drawn       BIGINT,
  drawn_by    TEXT   NOT NULL,
  announced   BIGINT,
  announced_by TEXT  NOT NULL,
  dropped     BIGINT,
  dropped_by  TEXT   NOT NULL,
  reason      TEXT   NOT NULL
) STRICT;
CREATE INDEX draw_inspection ON draw (inspection, id);
CREATE INDEX draw_sealed ON draw (sealed, id) WHERE sealed IS NOT NULL;
