-- Of half years: 1 = the second half of a year has a report of its own, beside the year's.
ALTER TABLE report_rule ADD COLUMN second_half BIGINT NOT NULL DEFAULT 0;
