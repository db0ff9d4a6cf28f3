-- The blocks of a plan's tasks, by the headings that tasks bear, and the bloc of agencies each is given to; '' for none.

CREATE TABLE task_block (
  plan  TEXT   NOT NULL,
  title TEXT   NOT NULL,
  bloc  TEXT   NOT NULL,
  seq   BIGINT NOT NULL,
  PRIMARY KEY (plan, title)
) STRICT;
CREATE INDEX task_block_bloc ON task_block (bloc);
-- What a plan has under each heading is counted from one index alone.
CREATE INDEX task_plan_block ON task (plan, block, state, due, place, agency, batch);
