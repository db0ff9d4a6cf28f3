-- Lists and searches go by the day along one index, which holds what is asked of a task before it is read. What a search
-- meets is bounded, because an index bounds it.
UPDATE task SET key = substr(key, 1, 1000) WHERE length(key) > 1000;
DROP INDEX task_due;
CREATE INDEX task_day ON task (due, id, state, place, agency, batch, key);
