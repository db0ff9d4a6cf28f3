-- Who may do what where. What is known of a person stands in the table person alone; no other table but the mail
-- on its way holds a name or an address, so that erasing a person is removing that row and the secrets below.

-- state: invited, active, blocked, erased.
CREATE TABLE account (
  id    TEXT   PRIMARY KEY,
  state TEXT   NOT NULL,
  added BIGINT NOT NULL
) STRICT;

-- email is in lower case, phone in digits from 0 on: each is a name to sign in with. version counts the changes, so
-- that two who edit at once notice. folded is what a search looks into, sort the place in a list by given name: both
-- are derived, because no engine knows Vietnamese.
CREATE TABLE person (
  user_id TEXT   PRIMARY KEY REFERENCES account (id),
  name    TEXT   NOT NULL,
  email   TEXT   UNIQUE,
  phone   TEXT   UNIQUE,
  version BIGINT NOT NULL,
  folded  TEXT   NOT NULL,
  sort    BYTES  NOT NULL
) STRICT;
CREATE INDEX person_sort ON person (sort, user_id);

-- A role over a place or an agency, from a day to a day; until is the last day, without one it has no end. One that was
-- revoked grants nothing from that moment on and stays for the history.
CREATE TABLE role_grant (
  id         TEXT   PRIMARY KEY,
  user_id    TEXT   NOT NULL REFERENCES account (id),
  role       TEXT   NOT NULL,
  place      TEXT   NOT NULL,
  agency     TEXT   NOT NULL,
  since      TEXT   NOT NULL,
  until      TEXT,
  added      BIGINT NOT NULL,
  added_by   TEXT   NOT NULL,
  revoked    BIGINT,
  revoked_by TEXT   NOT NULL
) STRICT;
CREATE INDEX role_grant_by_user ON role_grant (user_id);
CREATE INDEX role_grant_by_place ON role_grant (place);
CREATE INDEX role_grant_by_agency ON role_grant (agency);

-- Which place lay within which, at any depth: the country as rights see it.
CREATE TABLE within (
  place    TEXT NOT NULL,
  ancestor TEXT NOT NULL,
  since    TEXT NOT NULL,
  until    TEXT,
  PRIMARY KEY (place, ancestor, since)
) STRICT;
CREATE INDEX within_ancestor ON within (ancestor);

-- Tokens are kept by their SHA-256. narrowed is the one grant a session is switched to, '' for all.
CREATE TABLE session (
  id       TEXT   PRIMARY KEY,
  token    BYTES  NOT NULL UNIQUE,
  user_id  TEXT   NOT NULL REFERENCES account (id),
  narrowed TEXT   NOT NULL,
  address  TEXT   NOT NULL,
  agent    TEXT   NOT NULL,
  added    BIGINT NOT NULL,
  seen     BIGINT NOT NULL,
  proven   BIGINT NOT NULL,
  ends     BIGINT NOT NULL
) STRICT;
CREATE INDEX session_by_user ON session (user_id);
CREATE INDEX session_ends ON session (ends);

CREATE TABLE device (
  id      TEXT   PRIMARY KEY,
  token   BYTES  NOT NULL UNIQUE,
  user_id TEXT   NOT NULL REFERENCES account (id),
  label   TEXT   NOT NULL,
  added   BIGINT NOT NULL,
  seen    BIGINT NOT NULL
) STRICT;
CREATE INDEX device_by_user ON device (user_id);

-- hash is a PHC string of Argon2id.
CREATE TABLE password (
  user_id TEXT   PRIMARY KEY REFERENCES account (id),
  hash    TEXT   NOT NULL,
  changed BIGINT NOT NULL
) STRICT;

-- secret is sealed with a key that is not in the database; step is the last time step whose code was used.
CREATE TABLE totp (
  user_id   TEXT   PRIMARY KEY REFERENCES account (id),
  secret    BYTES  NOT NULL,
  step      BIGINT NOT NULL,
  confirmed BIGINT
) STRICT;

CREATE TABLE recovery_code (
  user_id TEXT  NOT NULL REFERENCES account (id),
  hash    BYTES NOT NULL,
  PRIMARY KEY (user_id, hash)
) STRICT;

-- credential is the public key and its counter, as go-webauthn writes it.
CREATE TABLE passkey (
  id         TEXT   PRIMARY KEY,
  handle     BYTES  NOT NULL UNIQUE,
  user_id    TEXT   NOT NULL REFERENCES account (id),
  label      TEXT   NOT NULL,
  credential TEXT   NOT NULL,
  added      BIGINT NOT NULL,
  used       BIGINT
) STRICT;
CREATE INDEX passkey_by_user ON passkey (user_id);

-- An account as another house knows it; subject is a keyed digest of that house's name and its name for the person.
CREATE TABLE oidc_subject (
  subject BYTES  PRIMARY KEY,
  user_id TEXT   NOT NULL REFERENCES account (id),
  added   BIGINT NOT NULL
) STRICT;
CREATE INDEX oidc_subject_by_user ON oidc_subject (user_id);

-- The first half of something that takes two steps: what the second must match. user_id is '' while nobody is known.
CREATE TABLE ceremony (
  token   BYTES  PRIMARY KEY,
  kind    TEXT   NOT NULL,
  user_id TEXT   NOT NULL,
  data    TEXT   NOT NULL,
  ends    BIGINT NOT NULL
) STRICT;
CREATE INDEX ceremony_ends ON ceremony (ends);

-- A signed link that was given out, by the SHA-256 of its random part. purpose: invite, reset, device.
CREATE TABLE link (
  token   BYTES  PRIMARY KEY,
  user_id TEXT   NOT NULL REFERENCES account (id),
  purpose TEXT   NOT NULL,
  ends    BIGINT NOT NULL,
  used    BIGINT
) STRICT;
CREATE INDEX link_by_user ON link (user_id);
CREATE INDEX link_ends ON link (ends);

-- Tries at a secret, by a keyed digest of whose secret or of where from.
CREATE TABLE guess (
  subject BYTES  PRIMARY KEY,
  tries   BIGINT NOT NULL,
  last    BIGINT NOT NULL
) STRICT;
CREATE INDEX guess_last ON guess (last);
