package web

import (
	"net/url"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/ui"
)

// keyForm is a form that the script sends once the browser's passkey has answered; without scripts it stays hidden,
// because only a script can ask a passkey.
type keyForm struct {
	Ask    string // address of the options
	Action string
	Key    string
	Make   bool // asks for a new passkey, and for a name for it
	Text   string
}

// question is what the script asks the browser.
type question struct {
	Ceremony string `json:"ceremony"`
	Options  any    `json:"options"`
}

// offered gives a ceremony's options to the script.
func offered(o account.PasskeyOffer, err error) (*page, error) {
	if err != nil {
		return nil, err
	}
	return &page{data: question{o.Handle, o.Options}}, nil
}

// answered reads what the script brings back.
func (v *visit) answered() account.PasskeyAnswer {
	return account.PasskeyAnswer{Handle: v.r.PostForm.Get("nghi_thuc"), Response: []byte(v.r.PostForm.Get("tra_loi"))}
}

// signInKey is the button for signing in by passkey; nil where this house can take none.
func (v *visit) signInKey(next string) *keyForm {
	if !v.app.Accounts.HasPasskeys() {
		return nil
	}
	return &keyForm{Ask: v.to("key-ask"), Action: v.at(url.Values{nextKey: {next}}, "key-sign-in"), Text: v.t("Sign in with a passkey")}
}

func (v *visit) askKey() (*page, error) { return offered(v.app.Accounts.BeginPasskeySignIn(v.ctx())) }

func (v *visit) signInWithKey() (*page, error) {
	token, _, err := v.app.Accounts.PasskeySignIn(v.ctx(), v.answered(), v.client())
	if err != nil {
		return nil, err
	}
	v.signedIn(token)
	return &page{to: v.safe(v.ask(nextKey))}, nil
}

// passkeyRow is a passkey of one's own account.
type passkeyRow struct {
	Label, Since, Used string
	Remove             ui.Act
}

// passkeys lists the passkeys of one's own account.
func (v *visit) passkeys(body *mePage) error {
	if !v.app.Accounts.HasPasskeys() {
		return nil
	}
	body.NewKey = &keyForm{Ask: v.to("key-offer"), Action: v.to("key-add"), Make: true, Text: v.t("Add a passkey of this device"),
		Key: v.act("", "", "", "key-add").Key}
	all, err := v.app.Accounts.Passkeys(v.ctx(), v.actor, v.actor.User)
	for _, k := range all {
		remove := v.act(v.t("Remove"), "trash-2", "danger", "key-remove", k.ID)
		remove.Label = v.t("Remove the passkey %s", k.Label)
		body.Passkeys = append(body.Passkeys, passkeyRow{k.Label, v.moment(k.Added), v.moment(k.Used), remove})
	}
	return err
}

func (v *visit) offerKey() (*page, error) {
	return offered(v.app.Accounts.BeginPasskey(v.ctx(), v.actor))
}

func (v *visit) addKey() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("me"), "The passkey is added."), v.app.Accounts.FinishPasskey(v.ctx(), v.actor, v.r.PostForm.Get("label"), v.answered())
	})
}

func (v *visit) removeKey() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("me"), "The passkey is removed."), v.app.Accounts.RemovePasskey(v.ctx(), v.actor, v.arg("passkey"))
	})
}

// proofKey is the button for proving by passkey who one is; nil for who has none.
func (v *visit) proofKey(next string) (*keyForm, error) {
	if !v.app.Accounts.HasPasskeys() {
		return nil, nil
	}
	all, err := v.app.Accounts.Passkeys(v.ctx(), v.actor, v.actor.User)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &keyForm{Ask: v.to("proof-ask"), Action: v.at(url.Values{nextKey: {next}}, "proof-key"), Text: v.t("Prove it with a passkey")}, nil
}

func (v *visit) askProof() (*page, error) {
	return offered(v.app.Accounts.BeginProof(v.ctx(), v.actor))
}

func (v *visit) proveWithKey() (*page, error) {
	answer := v.answered()
	if answer.Handle == "" { // it would be taken for a wrong password
		return nil, fault.New(fault.Invalid, "The form could not be read. Load the page again and send it once more.")
	}
	token, _, err := v.app.Accounts.Prove(v.ctx(), v.actor, account.Proof{Passkey: answer, From: v.client()})
	if err != nil {
		return nil, err
	}
	v.signedIn(token)
	return &page{to: v.safe(v.ask(nextKey))}, nil
}
