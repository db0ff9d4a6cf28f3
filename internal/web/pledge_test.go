package web

import "thuoc/internal/account"

// Who may freeze results of a place may freeze what its plan promised.
func init() { expects["plan-pledge"] = ofPlace(account.FreezeEdition) }
