package ui

// Shell is what stands around every page of the working app: who works here, as what, and where they may go.
type Shell struct {
	Home   Link
	Place  string     // under the name: whose house this is
	Groups []NavGroup // the navigation, by heading
	Tabs   []NavLink  // the few that a phone shows at its foot
	Person *Person    // nil before signing in
	Banner *Notice    // what is true of all pages of this house; nil = nothing
	Flash  *Notice    // what the last form did
	Public Link       // the way to the public pages

	Sheet string // address of the page's list as a workbook; "" where it has none

	Manifest string  // address of what lets a telephone put the app among its own
	Outbox   *Outbox // what waits in this browser to be sent; nil on pages that show nothing of it
}

// Outbox is what a page tells the scripts of the queue.
type Outbox struct {
	Owner  string // whose entries are shown and sent
	At     string // when the page was made: what is read without a network says so
	Worker string // address of the service worker; "" where nothing is kept for reading without a network
	SignIn string // where to sign in and come back from
}

// NavGroup is a run of entries under one heading; the first has none.
type NavGroup struct {
	Head  string
	Links []NavLink
}

// NavLink is an entry of the navigation with its icon, and how much waits behind it.
type NavLink struct {
	Link
	Icon  string
	Count int
}

// Person is who has signed in, and the roles between which they may switch.
type Person struct {
	Name, Role string
	Initials   string
	Account    Link
	SignOut    Act
	Switch     string   // address of the form that switches roles
	Roles      []Choice // one for all roles and one for each; a single role leaves nothing to switch
	Back       string   // the address to come back to after a switch
}

// Notice is something said at the head of a page.
type Notice struct {
	Kind string // "done", "warn", or "" for a plain one
	Text string
	Copy string // a value to copy, shown once: a link to hand over
}

// Act is a form of one button.
type Act struct {
	Action string
	Key    string // makes a second sending harmless; "" where it is so by nature
	Text   string
	Label  string // the name for a screen reader, where Text alone does not tell which
	Icon   string
	Kind   string // "primary", "danger" or "" of the button
	Hidden []Choice
}
