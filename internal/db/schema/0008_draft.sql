-- What somebody has entered and not sent: body is sealed with a key that is not in the database. address names the form.
CREATE TABLE draft (
  user_id TEXT   NOT NULL REFERENCES account (id),
  address TEXT   NOT NULL,
  body    BYTES  NOT NULL,
  saved   BIGINT NOT NULL,
  PRIMARY KEY (user_id, address)
) STRICT;
CREATE INDEX draft_saved ON draft (saved);

-- A copy of a form that was sent, by the digest of its key: done says that it took effect, location where that shows.
CREATE TABLE sending (
  key      BYTES  PRIMARY KEY,
  user_id  TEXT   NOT NULL,
  began    BIGINT NOT NULL,
  done     BIGINT NOT NULL,
  location TEXT   NOT NULL
) STRICT;
CREATE INDEX sending_began ON sending (began);
