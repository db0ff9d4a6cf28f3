# Reference answers of R's survey package for the tests of svy: Rscript headline.R survey.csv > headline.csv
# The data are made up (see rsurvey_test.go); every line of the answer is a name and a number of 15 digits.
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust", warn = 2)
d <- read.csv(commandArgs(trailingOnly = TRUE)[1])
say <- function(name, value) cat(name, ",", sprintf("%.15g", as.numeric(value)), "\n", sep = "")
cat("name,value\n")
both <- d
d <- both[both$wave == 1, ]
des <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = d)

# Means, totals, ratios, domains, design effects.
for (q in grep("^q", names(d), value = TRUE)) {
  f <- as.formula(paste0("~", q))
  m <- svymean(f, des, na.rm = TRUE, deff = TRUE)
  say(paste0("mean.", q), coef(m)); say(paste0("mean.se.", q), SE(m)); say(paste0("mean.deff.", q), deff(m))
  t <- svytotal(f, des, na.rm = TRUE)
  say(paste0("total.", q), coef(t)); say(paste0("total.se.", q), SE(t))
  by <- svyby(f, ~prov, des, svymean, na.rm = TRUE)
  for (p in c(1, 5)) { say(paste0("prov", p, ".", q), by[p, 2]); say(paste0("prov", p, ".se.", q), SE(by)[p]) }
}
r <- svyratio(~q001, ~q007, des)
say("ratio", coef(r)); say("ratio.se", SE(r))
say("df", degf(des))
by <- svyby(~q007, ~sex, des, svymean, covmat = TRUE)
con <- svycontrast(by, c(-1, 1))
say("sex.difference", coef(con)); say("sex.difference.se", SE(con))

# Change between waves through the shared PSUs.
panel <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = both)
by <- svyby(~q001, ~wave, panel, svymean, covmat = TRUE)
con <- svycontrast(by, c(-1, 1))
say("change", coef(con)); say("change.se", SE(con)); say("change.df", degf(panel))

# Tests.
ct <- function(name, f) {
  for (s in c("F", "Chisq", "Wald", "adjWald")) {
    x <- suppressWarnings(svychisq(f, des, statistic = s))
    if (s == "F") { say(paste0(name, ".F"), x$statistic); say(paste0(name, ".F.df1"), x$parameter[1]); say(paste0(name, ".F.df2"), x$parameter[2]) }
    if (s == "Wald") say(paste0(name, ".Wald"), x$statistic)
    if (s == "adjWald") { say(paste0(name, ".adjWald"), x$statistic); say(paste0(name, ".adjWald.df2"), x$parameter[2]) }
    if (s == "Chisq") say(paste0(name, ".X2"), x$statistic)
    say(paste0(name, ".", s, ".p"), x$p.value)
  }
}
ct("sex.q007", ~sex + q007)
ct("agegrp.q007", ~agegrp + q007)
ct("sex.q001", ~sex + q001)
for (q in c("q001", "q007")) {
  x <- svyttest(as.formula(paste(q, "~ sex")), des)
  say(paste0("t.", q), x$statistic); say(paste0("t.df.", q), x$parameter); say(paste0("t.p.", q), x$p.value)
}

# PPS without replacement: districts, each with its people summed up in its rows.
pps <- d[d$capital == 0, ]
brewer <- svydesign(ids = ~district, strata = ~prov, fpc = ~pi, weights = ~w, data = pps, pps = "brewer")
two <- svydesign(ids = ~district + village, strata = ~prov, fpc = ~pi + piv, weights = ~w, data = pps, pps = "brewer")
first <- !duplicated(pps$district)
for (q in c("q001", "q007")) {
  f <- as.formula(paste0("~", q))
  say(paste0("brewer.mean.se.", q), SE(svymean(f, brewer))); say(paste0("brewer.total.se.", q), SE(svytotal(f, brewer)))
  say(paste0("brewer2.mean.se.", q), SE(svymean(f, two))); say(paste0("brewer2.total.se.", q), SE(svytotal(f, two)))
  by <- svyby(f, ~sex, brewer, svymean)
  say(paste0("brewer.sex.se.", q), SE(by)[1])
}
# The other estimators take one stage of PSUs: a file of districts with the weighted totals of their people.
u <- aggregate(cbind(y = pps$w * pps$q001 * pps$pi, x = pps$w * pps$q007 * pps$pi), list(district = pps$district, prov = pps$prov, pi = pps$pi), sum)
u <- u[order(u$prov, u$district), ]
joint <- diag(u$pi)
for (i in 1:nrow(u)) for (j in 1:nrow(u)) if (i != j) {
  n <- sum(u$prov == u$prov[i])
  joint[i, j] <- u$pi[i] * u$pi[j] * if (u$prov[i] != u$prov[j]) 1 else (n - 1) / n * 1.02
}
for (v in c("HT", "YG")) {
  hr <- svydesign(ids = ~district, strata = ~prov, probs = ~pi, data = u, pps = HR(), variance = v)
  pj <- svydesign(ids = ~district, strata = ~prov, probs = ~pi, data = u, pps = ppsmat(joint), variance = v)
  for (q in c("y", "x")) {
    f <- as.formula(paste0("~", q))
    say(paste0("hr.", v, ".", q), vcov(svytotal(f, hr))); say(paste0("joint.", v, ".", q), vcov(svytotal(f, pj)))
  }
}

# Population sizes at every stage, down to the people.
fpc <- svydesign(ids = ~district + commune + village + id, strata = ~prov, fpc = ~nd + nc + nv + np, weights = ~w, data = d)
for (q in c("q001", "q007")) {
  f <- as.formula(paste0("~", q))
  say(paste0("fpc4.mean.", q), coef(svymean(f, fpc))); say(paste0("fpc4.mean.se.", q), SE(svymean(f, fpc)))
  say(paste0("fpc4.total.se.", q), SE(svytotal(f, fpc)))
}

# Replicates and calibration.
jkn <- as.svrepdesign(des, type = "JKn")
m <- svymean(~q001 + q007, jkn)
say("jkn.se.q001", SE(m)[1]); say("jkn.se.q007", SE(m)[2])
sex <- data.frame(sex = c(1, 2), Freq = c(0.49, 0.51) * sum(d$w))
age <- data.frame(agegrp = 1:5, Freq = c(0.18, 0.22, 0.2, 0.2, 0.2) * sum(d$w))
ps <- postStratify(des, ~agegrp, age)
m <- svymean(~q001 + q007, ps)
say("poststrat.q001", coef(m)[1]); say("poststrat.se.q001", SE(m)[1]); say("poststrat.se.q007", SE(m)[2])
cal <- calibrate(des, ~factor(sex) + factor(agegrp), c(sum(d$w), sex$Freq[2], age$Freq[-1]), calfun = "raking", epsilon = 1e-12)
m <- svymean(~q001 + q007, cal)
say("raking.q001", coef(m)[1]); say("raking.se.q001", SE(m)[1]); say("raking.se.q007", SE(m)[2])
cat("# R ", as.character(getRversion()), ", survey ", as.character(packageVersion("survey")), "\n", sep = "")
