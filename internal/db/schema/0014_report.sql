-- Periodic reports. What is here is only added to; the state of a report and what was frozen of it alone are set.

-- A rule of a calendar holds from since until a later rule of the same home, kind and who. owes = 0: nothing is owed from
-- then on. who is a bloc of agencies, communes, or agency with its id; back, cut, due and roll are the days of its periods.
CREATE TABLE report_rule (
  id     TEXT   PRIMARY KEY,
  home   TEXT   NOT NULL,
  kind   TEXT   NOT NULL,
  who    TEXT   NOT NULL,
  agency TEXT   NOT NULL,
  owes   BIGINT NOT NULL,
  cut    BIGINT NOT NULL,
  back   BIGINT NOT NULL,
  due    BIGINT NOT NULL,
  roll   TEXT   NOT NULL,
  since  TEXT   NOT NULL,
  law    TEXT   NOT NULL,
  at     BIGINT NOT NULL,
  actor  TEXT   NOT NULL
) STRICT;
CREATE INDEX report_rule_home ON report_rule (home, kind, since);

-- One for a unit and a period, whatever is cut short. place and agency are the unit; hash is that of its rows; what is
-- sent from late on, the end of the day due, is late.
CREATE TABLE report (
  id     TEXT   PRIMARY KEY,
  home   TEXT   NOT NULL,
  place  TEXT   NOT NULL,
  agency TEXT   NOT NULL,
  kind   TEXT   NOT NULL,
  period TEXT   NOT NULL,
  first  TEXT   NOT NULL,
  cut    TEXT   NOT NULL,
  due    TEXT   NOT NULL,
  late   BIGINT NOT NULL,
  rule   TEXT   NOT NULL REFERENCES report_rule (id),
  state  TEXT   NOT NULL,
  opened BIGINT NOT NULL,
  frozen BIGINT,
  hash   TEXT   NOT NULL,
  sent   BIGINT,
  rev    BIGINT NOT NULL,
  UNIQUE (place, agency, kind, period)
) STRICT;
CREATE INDEX report_home ON report (home, kind, period, id);
CREATE INDEX report_state ON report (state, due, id);
CREATE INDEX report_agency ON report (agency, due);

-- What the figures count, as it stood at the cut-off. nr keeps the order of the hash.
CREATE TABLE report_row (
  report TEXT   NOT NULL REFERENCES report (id),
  nr     BIGINT NOT NULL,
  source TEXT   NOT NULL,
  item   TEXT   NOT NULL,
  code   TEXT   NOT NULL,
  title  TEXT   NOT NULL,
  state  TEXT   NOT NULL,
  due    TEXT,
  marks  TEXT   NOT NULL,
  PRIMARY KEY (report, nr)
) STRICT;

-- What was written, as JSON: every saving is a row; sent says when one was sent.
CREATE TABLE report_version (
  id     TEXT   PRIMARY KEY,
  report TEXT   NOT NULL REFERENCES report (id),
  at     BIGINT NOT NULL,
  actor  TEXT   NOT NULL,
  body   TEXT   NOT NULL,
  sent   BIGINT
) STRICT;
CREATE INDEX report_version_of ON report_version (report, id);

CREATE TABLE report_file (
  id     TEXT   PRIMARY KEY,
  report TEXT   NOT NULL REFERENCES report (id),
  at     BIGINT NOT NULL,
  actor  TEXT   NOT NULL,
  name   TEXT   NOT NULL,
  file   TEXT   NOT NULL,
  mime   TEXT   NOT NULL,
  size   BIGINT NOT NULL
) STRICT;
CREATE INDEX report_file_of ON report_file (report, id);

CREATE TABLE report_event (
  id      TEXT   PRIMARY KEY,
  report  TEXT   NOT NULL REFERENCES report (id),
  at      BIGINT NOT NULL,
  actor   TEXT   NOT NULL,
  did     TEXT   NOT NULL,
  reasons TEXT   NOT NULL,
  note    TEXT   NOT NULL,
  version TEXT   NOT NULL
) STRICT;
CREATE INDEX report_event_of ON report_event (report, id);

-- A line of a score: the newest of a rule counts. decides is the id of the answer that it decides, '' for a first score.
CREATE TABLE score_line (
  id      TEXT   PRIMARY KEY,
  report  TEXT   NOT NULL REFERENCES report (id),
  scheme  TEXT   NOT NULL,
  rule    TEXT   NOT NULL,
  points  DOUBLE NOT NULL,
  most    DOUBLE NOT NULL,
  fact    TEXT   NOT NULL,
  source  TEXT   NOT NULL,
  actor   TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  decides TEXT   NOT NULL
) STRICT;
CREATE INDEX score_line_of ON score_line (report, id);

CREATE TABLE score_answer (
  id     TEXT   PRIMARY KEY,
  line   TEXT   NOT NULL REFERENCES score_line (id),
  report TEXT   NOT NULL REFERENCES report (id),
  at     BIGINT NOT NULL,
  actor  TEXT   NOT NULL,
  words  TEXT   NOT NULL
) STRICT;
CREATE INDEX score_answer_of ON score_answer (report, id);

-- All reports of a period put together, frozen as JSON under its SHA-256, with the owner's own words.
CREATE TABLE report_sum (
  id     TEXT   PRIMARY KEY,
  home   TEXT   NOT NULL,
  kind   TEXT   NOT NULL,
  period TEXT   NOT NULL,
  at     BIGINT NOT NULL,
  actor  TEXT   NOT NULL,
  body   TEXT   NOT NULL,
  hash   TEXT   NOT NULL
) STRICT;
CREATE INDEX report_sum_of ON report_sum (home, kind, period, id);
