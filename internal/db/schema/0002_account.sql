-- Who may do what where. What is known of a person stands in tables of its own.

CREATE TABLE account (
  id      TEXT   PRIMARY KEY,
  state   TEXT   NOT NULL,
  added   BIGINT NOT NULL
) STRICT;

-- A role over a place or an agency, from a day to a day; until is the last day, without one it has no end.
CREATE TABLE role_grant (
  id      TEXT   PRIMARY KEY,
  user_id TEXT   NOT NULL REFERENCES account (id),
  role    TEXT   NOT NULL,
  place   TEXT   NOT NULL,
  agency  TEXT   NOT NULL,
  since   TEXT   NOT NULL,
  until   TEXT
) STRICT;
CREATE INDEX role_grant_user ON role_grant (user_id);

-- Which place lay within which, at any depth: the country as rights see it.
CREATE TABLE within (
  place    TEXT NOT NULL,
  ancestor TEXT NOT NULL,
  since    TEXT NOT NULL,
  until    TEXT,
  PRIMARY KEY (place, ancestor, since)
) STRICT;
CREATE INDEX within_ancestor ON within (ancestor);
