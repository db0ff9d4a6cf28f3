package web

import "thuoc/internal/fault"

// deeds are the actions of the log in people's words.
var deeds = map[string]fault.Text{
	"user.invite": fault.T("invited somebody"), "user.change": fault.T("changed an account"), "user.erase": fault.T("erased an account"),
	"grant.add": fault.T("gave a role"), "grant.revoke": fault.T("took a role back"), "account.own": fault.T("changed their own account"),
	"session.begin": fault.T("signed in"), "session.refuse": fault.T("was refused at signing in"), "session.end": fault.T("ended a session"),
	"session.narrow": fault.T("switched roles"), "session.prove": fault.T("proved again who they are"), "password.set": fault.T("set a password"),
	"link.send": fault.T("made a link"), "totp.add": fault.T("turned the second step on"),
	"totp.remove": fault.T("turned the second step off"), "recovery.renew": fault.T("made new recovery codes"), "passkey.add": fault.T("added a passkey"),
	"passkey.remove": fault.T("removed a passkey"), "device.add": fault.T("enrolled a telephone"), "device.remove": fault.T("revoked a telephone"),
	"place.propose": fault.T("proposed a boundary change"), "place_change.approved": fault.T("approved a boundary change"),
	"place_change.rejected": fault.T("rejected a boundary change"), "place_change.withdrawn": fault.T("withdrew a boundary change"),
	"place_change.applied": fault.T("applied a boundary change"), "place.import": fault.T("took in a table of places"),
	"agency.change": fault.T("changed an agency"), "post.change": fault.T("changed posts"), "agency.import": fault.T("took in a list of agencies"),
	"run.add": fault.T("added a run"), "run.withdraw": fault.T("withdrew a run"), "edition.freeze": fault.T("froze an edition"),
	"edition.approve": fault.T("approved an edition"), "edition.return": fault.T("returned an edition"), "edition.publish": fault.T("published an edition"),
	"edition.embargo": fault.T("set the time of an edition"), "edition.lift": fault.T("let an edition become public at its time"),
	"edition.correct": fault.T("had an edition corrected"), "edition.withdraw": fault.T("withdrew an edition"),
	"inspection.prepare": fault.T("prepared an inspection"), "inspection.edit": fault.T("changed an inspection"), "inspection.open": fault.T("opened an inspection"),
	"inspection.cancel": fault.T("cancelled an inspection"), "inspection.unit": fault.T("added a unit to an inspection"), "inspection.join": fault.T("put somebody into a team"),
	"inspection.leave": fault.T("took somebody out of a team"), "inspection.themes": fault.T("chose checklists"), "inspection.visit": fault.T("began a visit"),
	"inspection.record": fault.T("wrote the record of a visit"), "inspection.conclusion": fault.T("wrote a conclusion"), "inspection.end": fault.T("concluded an inspection"),
	"inspection.frame": fault.T("prepared a draw"), "draw.seal": fault.T("sealed a draw"), "draw.number": fault.T("entered the number of a draw"), "draw.take": fault.T("made a draw"),
	"draw.announce": fault.T("announced a draw"), "draw.drop": fault.T("dropped a draw"), "visit.send": fault.T("answered a checklist"), "checklist.write": fault.T("wrote a checklist"),
	"risk.set": fault.T("set the formula of draws"), "finding.found": fault.T("wrote down a finding"), "finding.remedy": fault.T("said that a finding is remedied"),
	"finding.close": fault.T("closed a finding"), "finding.fail": fault.T("found a finding not remedied"), "finding.again": fault.T("opened an inspection again"),
	"directive.give": fault.T("gave an order"), "directive.task": fault.T("gave a task of an order"), "directive.report": fault.T("reported an order done"),
	"directive.finish": fault.T("finished an order"), "directive.return": fault.T("returned an order"), "directive.reopen": fault.T("opened an order again"),
	"directive.withdraw": fault.T("withdrew an order"), "meeting.call": fault.T("called or changed a meeting"), "meeting.held": fault.T("wrote what a meeting concluded"),
	"meeting.dropped": fault.T("noted that a meeting was not held"), "urging.write": fault.T("drafted a letter that urges"), "urging.issue": fault.T("entered a signed letter that urges"),
	"urging.reply": fault.T("answered a letter that urges"), "urging.settle": fault.T("accepted the answer to a letter that urges"),
	"reminder.set": fault.T("set the ladder of reminders"), "reminder.send": fault.T("sent the reminders of a day"),
	"report.rule": fault.T("set the calendar of reports"), "report.open": fault.T("opened a report"), "report.void": fault.T("ended a report that nobody owes any more"),
	"report.freeze": fault.T("froze the figures of a report"), "report.write": fault.T("wrote in a report"), "report.attach": fault.T("attached a file to a report"),
	"report.send": fault.T("sent a report"), "report.return": fault.T("returned a report"), "report.accept": fault.T("accepted a report"),
	"report.score": fault.T("scored a report"), "report.answer": fault.T("answered a score"), "report.decide": fault.T("decided an answer to a score"),
	"report.lock": fault.T("locked a report"), "report.sum": fault.T("froze the consolidated report"),
	"paper.keep": fault.T("kept a signed paper"), "paper.template": fault.T("set a template of documents"),
	"plan.create": fault.T("began a plan"), "plan.save": fault.T("changed a plan"), "plan.import": fault.T("took in a plan from a list"), "plan.comment": fault.T("commented on a plan"),
	"plan.answer": fault.T("answered a comment on a plan"), "plan.draft": fault.T("took a plan back to a draft"), "plan.comments": fault.T("opened a plan to comments"),
	"plan.submitted": fault.T("submitted a plan"), "plan.approved": fault.T("approved a plan"), "plan.issued": fault.T("issued a plan"),
	"plan.revised": fault.T("opened a revision of a plan"), "plan.closed": fault.T("closed a plan"),
	"duty.ask": fault.T("asked an agency for a duty"), "duty.confirm": fault.T("confirmed the duties that were offered"), "duty.drop": fault.T("took a duty back"),
	"duty.merge": fault.T("merged two duties"), "duty.name": fault.T("named the post that answers for a duty"), "duty.asked": fault.T("asked an agency again"), "duty.proposed": fault.T("proposed a duty"),
	"duty.accepted": fault.T("accepted a duty"), "duty.returned": fault.T("returned a duty"),
	"task.add": fault.T("gave tasks"), "task.block": fault.T("said which blocs a block of tasks is for"), "task.edit": fault.T("changed a task"), "task.helpers": fault.T("named who coordinates a task"), "task.start": fault.T("started a task"),
	"task.report": fault.T("reported progress of a task"), "task.submit": fault.T("submitted a task"), "task.confirm": fault.T("confirmed a task"), "task.return": fault.T("returned a task"),
	"task.request": fault.T("asked for a change of a task"), "request.granted": fault.T("granted what was asked of a task"), "request.refused": fault.T("refused what was asked of a task"),
	"evidence.show": fault.T("showed evidence"), "evidence.sufficient": fault.T("judged evidence sufficient"), "evidence.insufficient": fault.T("judged evidence not sufficient"),
	"place.seed": fault.T("put in the places of the program"), "place.invent": fault.T("made an invented province"),
	"oidc.add": fault.T("joined an account to the single sign-on"), "oidc.remove": fault.T("parted an account from the single sign-on"),
	"house.init": fault.T("founded the house"), "demo.furnish": fault.T("furnished the house for trying"),
	"job.revive": fault.T("let a job be tried again"), "job.discard": fault.T("discarded a job"),
}

// deed names an action of the log; one without a name of its own stands as it is.
func (v *visit) deed(action string) string {
	if t, ok := deeds[action]; ok {
		return v.text(t)
	}
	return action
}
