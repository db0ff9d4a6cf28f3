-- The registry of papers: templates that places lay their documents out by, and the signed files that came back.

-- A template of a place from a day on. kind is the kind of document, '' for all; file = '' goes back to the program's own.
-- Superseded by a later row, never changed.
CREATE TABLE paper_template (
  id    TEXT   PRIMARY KEY,
  place TEXT   NOT NULL,
  kind  TEXT   NOT NULL,
  since TEXT   NOT NULL,
  name  TEXT   NOT NULL,
  file  TEXT   NOT NULL,
  size  BIGINT NOT NULL,
  actor TEXT   NOT NULL,
  added BIGINT NOT NULL
) STRICT;
CREATE INDEX paper_template_place ON paper_template (place, since);

-- The signed file of a document; about is what the document was made of. A later row of the same supersedes it.
CREATE TABLE signed_paper (
  id     TEXT   PRIMARY KEY,
  kind   TEXT   NOT NULL,
  about  TEXT   NOT NULL,
  place  TEXT   NOT NULL,
  agency TEXT   NOT NULL,
  number TEXT   NOT NULL,
  signed TEXT   NOT NULL,
  signer TEXT   NOT NULL,
  name   TEXT   NOT NULL,
  file   TEXT   NOT NULL,
  size   BIGINT NOT NULL,
  actor  TEXT   NOT NULL,
  added  BIGINT NOT NULL
) STRICT;
CREATE INDEX signed_paper_about ON signed_paper (kind, about, id);
