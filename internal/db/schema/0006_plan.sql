-- The yearly plan: what is aimed at, who answers for what, what was said about it. rev guards against two editors.

CREATE TABLE plan (
  id        TEXT   PRIMARY KEY,
  place     TEXT   NOT NULL,
  agency    TEXT   NOT NULL,
  parent    TEXT   NOT NULL,
  kind      TEXT   NOT NULL,
  title     TEXT   NOT NULL,
  year      BIGINT NOT NULL,
  until     BIGINT NOT NULL,
  base_year BIGINT NOT NULL,
  edition   TEXT   NOT NULL,
  state     TEXT   NOT NULL,
  rev       BIGINT NOT NULL,
  number    TEXT   NOT NULL,
  signed    TEXT,
  signer    TEXT   NOT NULL,
  paper     TEXT   NOT NULL,
  added     BIGINT NOT NULL,
  author    TEXT   NOT NULL,
  submitter TEXT   NOT NULL
) STRICT;
CREATE INDEX plan_place ON plan (place, year);
CREATE INDEX plan_parent ON plan (parent);

-- A document of Party, province or ministry that the plan rests on.
CREATE TABLE plan_basis (
  plan   TEXT   NOT NULL REFERENCES plan (id),
  seq    BIGINT NOT NULL,
  issuer TEXT   NOT NULL,
  number TEXT   NOT NULL,
  dated  TEXT,
  title  TEXT   NOT NULL,
  paper  TEXT   NOT NULL,
  PRIMARY KEY (plan, seq)
) STRICT;

-- A target. Of value and rank one stands, by kind; baseline and change as the plan states them. year 0 is the plan's.
CREATE TABLE plan_aim (
  plan     TEXT   NOT NULL REFERENCES plan (id),
  seq      BIGINT NOT NULL,
  family   TEXT   NOT NULL,
  code     TEXT   NOT NULL,
  year     BIGINT NOT NULL,
  kind     TEXT   NOT NULL,
  value    DOUBLE,
  rank     BIGINT,
  word     TEXT   NOT NULL,
  baseline DOUBLE,
  change   DOUBLE,
  sorting  TEXT   NOT NULL,
  note     TEXT   NOT NULL,
  PRIMARY KEY (plan, seq)
) STRICT;

-- Who leads, coordinates or verifies which part of the index, and what was said until it was settled.
CREATE TABLE plan_duty (
  id      TEXT   PRIMARY KEY,
  plan    TEXT   NOT NULL REFERENCES plan (id),
  code    TEXT   NOT NULL,
  agency  TEXT   NOT NULL,
  part    TEXT   NOT NULL,
  words   TEXT   NOT NULL,
  post    TEXT   NOT NULL,
  state   TEXT   NOT NULL,
  offered BIGINT NOT NULL,
  reason  TEXT   NOT NULL,
  rev     BIGINT NOT NULL
) STRICT;
CREATE INDEX plan_duty_plan ON plan_duty (plan, code);
CREATE INDEX plan_duty_agency ON plan_duty (agency);

-- What stood in a plan when it was submitted or issued. body is JSON; its hash is what was approved.
CREATE TABLE plan_version (
  plan   TEXT   NOT NULL REFERENCES plan (id),
  number BIGINT NOT NULL,
  at     BIGINT NOT NULL,
  actor  TEXT   NOT NULL,
  body   TEXT   NOT NULL,
  sha256 TEXT   NOT NULL,
  PRIMARY KEY (plan, number)
) STRICT;

CREATE TABLE plan_event (
  id    TEXT   PRIMARY KEY,
  plan  TEXT   NOT NULL REFERENCES plan (id),
  at    BIGINT NOT NULL,
  actor TEXT   NOT NULL,
  was   TEXT   NOT NULL,
  now   TEXT   NOT NULL,
  note  TEXT   NOT NULL
) STRICT;
CREATE INDEX plan_event_plan ON plan_event (plan, id);

-- A comment of a monitor or an agency; whoever answers for the plan must answer it.
CREATE TABLE plan_comment (
  id       TEXT   PRIMARY KEY,
  plan     TEXT   NOT NULL REFERENCES plan (id),
  code     TEXT   NOT NULL,
  at       BIGINT NOT NULL,
  actor    TEXT   NOT NULL,
  words    TEXT   NOT NULL,
  answer   TEXT   NOT NULL,
  answered BIGINT,
  answerer TEXT   NOT NULL
) STRICT;
CREATE INDEX plan_comment_plan ON plan_comment (plan, id);
