package account

import "slices"

// Role is what somebody does in the house. It is held through a Grant, never on its own.
type Role string

// The roles. A citizen, a firm and a public reader need none.
const (
	Administrator       Role = "administrator"         // keeps accounts and the machine; decides nothing of content
	PlanOwner           Role = "plan_owner"            // answers for the province's plan, usually Sở Nội vụ
	LeadHead            Role = "lead_head"             // head of a lead agency
	LeadDrafter         Role = "lead_drafter"          // drafts for a lead agency
	Coordinator         Role = "coordinator"           // of a coordinating agency
	CommuneChair        Role = "commune_chair"         // chair of a commune's People's Committee
	CommuneOfficial     Role = "commune_official"      // on a phone, mostly
	ServiceUnit         Role = "service_unit"          // of a public-service unit
	Inspector           Role = "inspector"             // inspects and verifies
	SurveyManager       Role = "survey_manager"        // runs surveys
	Supervisor          Role = "supervisor"            // of interviewers
	Interviewer         Role = "interviewer"           // in the field
	BackChecker         Role = "back_checker"          // asks again
	Analyst             Role = "analyst"               // computes and freezes results
	FrontMonitor        Role = "front_monitor"         // of the Fatherland Front
	CouncilMonitor      Role = "council_monitor"       // of the People's Council
	ProvincialChair     Role = "provincial_chair"      // approves and rates
	ProvincialViceChair Role = "provincial_vice_chair" // approves and rates in the chair's stead
)

// Roles are all roles, in the order in which people are shown them.
var Roles = []Role{
	PlanOwner, LeadHead, LeadDrafter, Coordinator, CommuneChair, CommuneOfficial, ServiceUnit, Inspector,
	SurveyManager, Supervisor, Interviewer, BackChecker, Analyst, FrontMonitor, CouncilMonitor,
	ProvincialChair, ProvincialViceChair, Administrator,
}

// Known tells whether a role exists.
func (r Role) Known() bool { return slices.Contains(Roles, r) }
