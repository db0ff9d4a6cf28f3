package account

// Action is something that needs a right, noun.verb; the audit knows it by the same name.
type Action string

// The actions.
const (
	ReadUsers  Action = "user.read"
	InviteUser Action = "user.invite"
	ChangeUser Action = "user.change" // block, unblock, send a reset
	EraseUser  Action = "user.erase"
	GrantRole  Action = "grant.add"
	RevokeRole Action = "grant.revoke"
	OwnAccount Action = "account.own" // one's own name, password, sessions, devices

	ReadPlaces   Action = "place.read"
	ProposePlace Action = "place.propose"
	ReviewPlace  Action = "place.review" // by somebody else than who proposed
	ImportPlaces Action = "place.import"

	ReadAgencies   Action = "agency.read"
	ChangeAgency   Action = "agency.change"
	ChangePosts    Action = "post.change"
	ImportAgencies Action = "agency.import"

	ReadIndices Action = "index.read"
	CheckIndex  Action = "index.check"

	ReadRuns        Action = "run.read"
	AddRun          Action = "run.add"
	ReadEditions    Action = "edition.read" // those that are not public too
	FreezeEdition   Action = "edition.freeze"
	ReviewEdition   Action = "edition.review"
	PublishEdition  Action = "edition.publish" // by somebody else than who froze it
	WithdrawEdition Action = "edition.withdraw"

	ReadPlans   Action = "plan.read"
	WritePlan   Action = "plan.write"
	CommentPlan Action = "plan.comment"
	ApprovePlan Action = "plan.approve" // by somebody else than who submitted it
	IssuePlan   Action = "plan.issue"
	ProposeDuty Action = "duty.propose"

	ReadTasks Action = "task.read"
	GiveTask  Action = "task.give"  // and decide what is asked about it
	DoTask    Action = "task.do"    // start, report, show evidence, submit, ask
	JudgeTask Action = "task.judge" // by somebody else than who did it

	ReadFollowing   Action = "follow.read"
	SetReminders    Action = "reminder.set"
	WriteUrging     Action = "urging.write"
	GiveDirective   Action = "directive.give"   // and call the meetings it comes from
	FinishDirective Action = "directive.finish" // by somebody else than who reported it done

	ReadAudit  Action = "audit.read"
	ReadSystem Action = "system.read"
	MendSystem Action = "system.mend" // revive and discard dead jobs
)

// The actions of periodic reports.
const (
	ReadReports  Action = "report.read"
	WriteReport  Action = "report.write"
	SendReport   Action = "report.send"   // and answer for what it was scored
	JudgeReport  Action = "report.judge"  // return, accept, lock; by nobody of the unit
	ScoreReport  Action = "report.score"  // by nobody of the unit
	DecideScore  Action = "report.decide" // above whoever scored
	SetCalendar  Action = "report.calendar"
	SumReports   Action = "report.sum"   // read all of a place put together
	WatchReports Action = "report.watch" // what looks odd: the owner's alone
)

// The actions of inspections. Whoever is in a team has its inspection as their own.
const (
	ReadInspections    Action = "inspection.read"
	PlanInspection     Action = "inspection.plan" // prepare, name the team, choose checklists, open, inspect again
	DoInspection       Action = "inspection.do"   // visit, answer, record, find: the team's alone
	ConcludeInspection Action = "inspection.conclude"
	PrepareDraw        Action = "draw.prepare"
	SealDraw           Action = "draw.seal" // and open it: by somebody else at each step
	SetRisk            Action = "risk.set"
	RemedyFinding      Action = "finding.remedy"
	VerifyFinding      Action = "finding.verify" // by nobody whose it is to remedy
)

// The actions of papers: what offices file, and the templates they are laid out by.
const (
	ReadPapers   Action = "paper.read"
	KeepPaper    Action = "paper.keep"     // keep the signed file of a paper
	SetTemplates Action = "paper.template" // replace a template of a place
)

// reach is how far a role's grant carries an action.
type reach uint8

const (
	nothing    reach = iota
	ownAgency        // what belongs to the grant's agency
	ownPlace         // what lies in the grant's place or within it
	everything       // all there is
)

// rule says who may do one action. With self, everybody may do it to what is their own.
type rule struct {
	self  bool
	reach reaches
}

// policy is the one table of rights. What does not stand here is not allowed.
var policy = map[Action]rule{
	ReadUsers:  {reach: to(ownPlace, PlanOwner).and(everything, Administrator), self: true},
	InviteUser: {reach: to(everything, Administrator)},
	ChangeUser: {reach: to(everything, Administrator)},
	EraseUser:  {reach: to(everything, Administrator)},
	GrantRole:  {reach: to(everything, Administrator)},
	RevokeRole: {reach: to(everything, Administrator)},
	OwnAccount: {self: true},

	ReadPlaces:   {reach: to(everything, Roles...)},
	ProposePlace: {reach: to(ownPlace, PlanOwner, Analyst)},
	ReviewPlace:  {reach: to(ownPlace, PlanOwner, ProvincialChair, ProvincialViceChair)},
	ImportPlaces: {reach: to(ownPlace, PlanOwner).and(everything, Administrator)},

	ReadAgencies:   {reach: to(ownPlace, Roles...).and(ownAgency, LeadHead, LeadDrafter, Coordinator, ServiceUnit).and(everything, Administrator)},
	ChangeAgency:   {reach: to(ownPlace, PlanOwner).and(everything, Administrator)},
	ChangePosts:    {reach: to(ownPlace, PlanOwner, CommuneChair).and(ownAgency, LeadHead).and(everything, Administrator)},
	ImportAgencies: {reach: to(ownPlace, PlanOwner).and(everything, Administrator)},

	ReadIndices: {reach: to(everything, Roles...)},
	CheckIndex:  {reach: to(everything, Roles...)},

	ReadRuns:        {reach: to(ownPlace, readers...)},
	AddRun:          {reach: to(ownPlace, Analyst, SurveyManager, PlanOwner)},
	ReadEditions:    {reach: to(ownPlace, readers...)},
	FreezeEdition:   {reach: to(ownPlace, Analyst, PlanOwner)},
	ReviewEdition:   {reach: to(ownPlace, Analyst, PlanOwner, ProvincialChair, ProvincialViceChair)},
	PublishEdition:  {reach: to(ownPlace, PlanOwner, ProvincialChair, ProvincialViceChair)},
	WithdrawEdition: {reach: to(ownPlace, PlanOwner, ProvincialChair, ProvincialViceChair)},

	ReadPlans:   {reach: to(ownPlace, planReaders...).and(ownAgency, LeadHead, LeadDrafter, Coordinator, ServiceUnit)},
	WritePlan:   {reach: to(ownPlace, PlanOwner, CommuneOfficial, CommuneChair)},
	CommentPlan: {reach: to(ownPlace, FrontMonitor, CouncilMonitor, Inspector).and(ownAgency, LeadHead, LeadDrafter, Coordinator)},
	ApprovePlan: {reach: to(ownPlace, ProvincialChair, ProvincialViceChair, CommuneChair)},
	IssuePlan:   {reach: to(ownPlace, PlanOwner, ProvincialChair, ProvincialViceChair, CommuneChair)},
	ProposeDuty: {reach: to(ownAgency, LeadHead, LeadDrafter, Coordinator, ServiceUnit)},

	ReadTasks: {reach: to(ownPlace, planReaders...).and(ownAgency, LeadHead, LeadDrafter, Coordinator, ServiceUnit)},
	GiveTask:  {reach: to(ownPlace, PlanOwner, CommuneChair).and(ownAgency, LeadHead)},
	DoTask:    {reach: to(ownAgency, LeadHead, LeadDrafter, Coordinator, ServiceUnit).and(ownPlace, CommuneChair, CommuneOfficial)},
	JudgeTask: {reach: to(ownPlace, PlanOwner, Inspector)},

	ReadReports:  {reach: to(ownPlace, planReaders...).and(ownAgency, LeadHead, LeadDrafter, Coordinator, ServiceUnit)},
	WriteReport:  {reach: to(ownAgency, LeadHead, LeadDrafter, Coordinator, ServiceUnit).and(ownPlace, CommuneChair, CommuneOfficial)},
	SendReport:   {reach: to(ownAgency, LeadHead, Coordinator, ServiceUnit).and(ownPlace, CommuneChair)},
	JudgeReport:  {reach: to(ownPlace, PlanOwner)},
	ScoreReport:  {reach: to(ownPlace, PlanOwner, Inspector)},
	DecideScore:  {reach: to(ownPlace, ProvincialChair, ProvincialViceChair)},
	SetCalendar:  {reach: to(ownPlace, PlanOwner)},
	SumReports:   {reach: to(ownPlace, PlanOwner, ProvincialChair, ProvincialViceChair, Inspector, Analyst)},
	WatchReports: {reach: to(ownPlace, PlanOwner)},

	ReadFollowing:   {reach: to(ownPlace, planReaders...).and(ownAgency, LeadHead, LeadDrafter, Coordinator, ServiceUnit)},
	SetReminders:    {reach: to(ownPlace, PlanOwner)},
	WriteUrging:     {reach: to(ownPlace, PlanOwner)},
	GiveDirective:   {reach: to(ownPlace, PlanOwner, ProvincialChair, ProvincialViceChair, CommuneChair)},
	FinishDirective: {reach: to(ownPlace, PlanOwner, ProvincialChair, ProvincialViceChair, CommuneChair)},

	ReadInspections:    {reach: to(ownPlace, planReaders...).and(ownAgency, LeadHead, LeadDrafter, Coordinator, ServiceUnit), self: true},
	PlanInspection:     {reach: to(ownPlace, PlanOwner, Inspector)},
	DoInspection:       {self: true},
	ConcludeInspection: {reach: to(ownPlace, PlanOwner, Inspector, ProvincialChair, ProvincialViceChair)},
	PrepareDraw:        {reach: to(ownPlace, PlanOwner, Inspector)},
	SealDraw:           {reach: to(ownPlace, PlanOwner, Inspector, ProvincialChair, ProvincialViceChair)},
	SetRisk:            {reach: to(ownPlace, PlanOwner, ProvincialChair, ProvincialViceChair)},
	RemedyFinding:      {reach: to(ownAgency, LeadHead, LeadDrafter, Coordinator, ServiceUnit).and(ownPlace, CommuneChair, CommuneOfficial)},
	VerifyFinding:      {reach: to(ownPlace, PlanOwner, Inspector)},

	ReadPapers:   {reach: to(ownPlace, planReaders...).and(ownAgency, LeadHead, LeadDrafter, Coordinator, ServiceUnit)},
	KeepPaper:    {reach: to(ownPlace, PlanOwner, CommuneChair, CommuneOfficial, Inspector).and(ownAgency, LeadHead, LeadDrafter, Coordinator, ServiceUnit)},
	SetTemplates: {reach: to(ownPlace, PlanOwner, CommuneChair)},

	ReadAudit:  {reach: to(everything, Administrator, Inspector)},
	ReadSystem: {reach: to(everything, Administrator)},
	MendSystem: {reach: to(everything, Administrator)},
}

// planReaders see the plans of their place.
var planReaders = []Role{PlanOwner, CommuneChair, CommuneOfficial, Inspector, Analyst, FrontMonitor, CouncilMonitor, ProvincialChair, ProvincialViceChair}

// Holders lists the roles that may do the action to something, in the order in which people are shown them.
func (do Action) Holders() (roles []Role) {
	for _, r := range Roles {
		if policy[do].reach[r] != nothing {
			roles = append(roles, r)
		}
	}
	return roles
}

// readers see results before they are public.
var readers = []Role{PlanOwner, Analyst, SurveyManager, FrontMonitor, CouncilMonitor, ProvincialChair, ProvincialViceChair, Inspector}

// reaches is how far each role carries an action.
type reaches map[Role]reach

// to gives roles a reach.
func to(r reach, roles ...Role) reaches { return reaches{}.and(r, roles...) }

// and gives further roles a reach, or some of the roles another.
func (m reaches) and(r reach, roles ...Role) reaches {
	for _, role := range roles {
		m[role] = r
	}
	return m
}
