-- What the plumbing keeps: work to be done, the audit, mail on its way.

-- A job is removed when it is done. holder is the runner that has it until lease; asked counts how often it was asked
-- for, so that a job asked for again while it runs is run again.
CREATE TABLE job (
  id       TEXT   PRIMARY KEY,
  kind     TEXT   NOT NULL,
  args     TEXT   NOT NULL,
  key      TEXT   UNIQUE,
  asked    BIGINT NOT NULL,
  due      BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  holder   TEXT   NOT NULL,
  lease    BIGINT NOT NULL,
  added    BIGINT NOT NULL,
  dead     BIGINT,
  error    TEXT   NOT NULL
) STRICT;
CREATE INDEX job_due ON job (due, id) WHERE dead IS NULL;

-- seq and hash are given by the sealer; a row without them waits for it.
CREATE TABLE audit (
  id     TEXT   PRIMARY KEY,
  at     BIGINT NOT NULL,
  actor  TEXT   NOT NULL,
  action TEXT   NOT NULL,
  object TEXT   NOT NULL,
  digest BYTES  NOT NULL,
  seq    BIGINT UNIQUE,
  hash   BYTES
) STRICT;
CREATE INDEX audit_unsealed ON audit (id) WHERE seq IS NULL;
CREATE INDEX audit_object ON audit (object, id);
CREATE INDEX audit_actor ON audit (actor, id);

-- A mail that was sent stays for a while without its address and text, so that it is not sent twice.
CREATE TABLE mail (
  id      TEXT   PRIMARY KEY,
  key     TEXT   UNIQUE,
  address TEXT   NOT NULL,
  subject TEXT   NOT NULL,
  body    TEXT   NOT NULL,
  added   BIGINT NOT NULL,
  sent    BIGINT
) STRICT;
CREATE INDEX mail_address ON mail (address);
CREATE INDEX mail_sent ON mail (sent) WHERE sent IS NOT NULL;
