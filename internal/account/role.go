package account

import (
	"slices"

	"thuoc/internal/fault"
)

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

// roleTexts are the roles in people's words.
var roleTexts = map[Role]fault.Text{
	Administrator:       fault.T("Administrator"),
	PlanOwner:           fault.T("Plan owner"),
	LeadHead:            fault.T("Head of a lead agency"),
	LeadDrafter:         fault.T("Drafter of a lead agency"),
	Coordinator:         fault.T("Coordinating agency"),
	CommuneChair:        fault.T("Commune chair"),
	CommuneOfficial:     fault.T("Commune official"),
	ServiceUnit:         fault.T("Public-service unit"),
	Inspector:           fault.T("Inspector"),
	SurveyManager:       fault.T("Survey manager"),
	Supervisor:          fault.T("Survey supervisor"),
	Interviewer:         fault.T("Interviewer"),
	BackChecker:         fault.T("Back-checker"),
	Analyst:             fault.T("Analyst"),
	FrontMonitor:        fault.T("Monitor of the Fatherland Front"),
	CouncilMonitor:      fault.T("Monitor of the People's Council"),
	ProvincialChair:     fault.T("Provincial chair"),
	ProvincialViceChair: fault.T("Provincial vice-chair"),
}

// Text gives the role in people's words: what is said of who did something where no name is.
func (r Role) Text() fault.Text { return roleTexts[r] }
