package account

// What people do to their own account needs no right of its own but stands in the audit under its own name.
const (
	beginSession  Action = "session.begin"
	refuseSession Action = "session.refuse" // a wrong password or code for an account that exists
	endSession    Action = "session.end"
	narrowSession Action = "session.narrow"
	proveSession  Action = "session.prove"
	setPassword   Action = "password.set"
	sendLink      Action = "link.send"
	addTOTP       Action = "totp.add"
	removeTOTP    Action = "totp.remove"
	renewCodes    Action = "recovery.renew"
	addPasskey    Action = "passkey.add"
	removePasskey Action = "passkey.remove"
	addDevice     Action = "device.add"
	removeDevice  Action = "device.remove"
	joinOIDC      Action = "oidc.add"
	leaveOIDC     Action = "oidc.remove"
)
