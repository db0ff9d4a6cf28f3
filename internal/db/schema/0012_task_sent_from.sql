-- Which event a sending made and in which browser it was entered: numbers that somebody enters one after another without a
-- network do not cross each other, and one from another device does.
ALTER TABLE task_sent ADD COLUMN event TEXT NOT NULL DEFAULT '';
ALTER TABLE task_sent ADD COLUMN origin TEXT NOT NULL DEFAULT '';
