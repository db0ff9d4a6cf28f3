package web

import (
	"net/http"
	"net/url"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/ui"
)

// oidcRoutes lead through the other house that people may sign in through, where one is set. The way out is a link, never
// the answer to a form: the policy of our pages lets no form lead to another host.
var oidcRoutes = []route{
	{name: "oidc-go", method: http.MethodGet, vi: "oidc/di", en: "oidc/go", handle: (*visit).goOutside},
	{name: "oidc", method: http.MethodGet, vi: "oidc", en: "oidc", handle: (*visit).backFromOutside},
	{name: "oidc-join", method: http.MethodPost, vi: "tai-khoan/oidc", en: "account/oidc", needs: account.OwnAccount, handle: (*visit).joinOutside},
	{name: "oidc-leave", method: http.MethodPost, vi: "tai-khoan/oidc/go", en: "account/oidc/remove", needs: account.OwnAccount, handle: (*visit).leaveOutside},
}

// outside is what the browser keeps, closed, while somebody is at the other house.
type outside struct {
	Handle string
	Next   string
	Lang   lang.Lang
	Join   bool // somebody signed in joins their account
}

const (
	outsideCookie = "thuoc_oidc"
	outsideFor    = 5 * time.Minute
)

// throughOutside is the link for signing in through the other house; nil where none is set.
func (v *visit) throughOutside(next string) *ui.Link {
	name := v.app.Accounts.OIDCName()
	if name == "" {
		return nil
	}
	return &ui.Link{Href: v.at(url.Values{nextKey: {next}}, "oidc-go"), Text: v.t("Sign in through %s", name)}
}

// leaves begins the way to the other house, and gives the address there.
func (v *visit) leaves(who account.Actor, next string) (string, error) {
	address, handle, err := v.app.Accounts.BeginOIDC(v.ctx(), who)
	if err != nil {
		return "", err
	}
	kept := outside{Handle: handle, Next: next, Lang: v.lang, Join: who.User != ""}
	http.SetCookie(v.w, v.app.cookie(outsideCookie, v.app.closed("oidc", kept), outsideFor))
	return address, nil
}

func (v *visit) goOutside() (*page, error) {
	address, err := v.leaves(account.Actor{}, v.safe(v.ask(nextKey)))
	if fault.KindOf(err) == fault.Busy {
		return v.notLetIn(v.to("sign-in"), err)
	}
	return &page{to: address}, err
}

// joinOutside begins joining one's own account. It is asked for by a form, which no other site can send: else somebody
// could have their own identity there joined to another's account here.
func (v *visit) joinOutside() (*page, error) {
	address, err := v.leaves(v.actor, v.to("me"))
	if err != nil {
		return nil, err
	}
	name := v.app.Accounts.OIDCName()
	return &page{template: "gate", title: v.t("Join %s", name), crumbs: v.toMe(), body: gatePage{Title: v.t("Join %s", name),
		Lead:    v.t("You are led to %s and back. Afterwards you can sign in there instead of with your password here.", name),
		Outside: &ui.Link{Href: address, Text: v.t("Go to %s", name)}, Ways: []ui.Link{{Href: v.to("me"), Text: v.t("Cancel")}}}}, nil
}

func (v *visit) leaveOutside() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("me"), "Your account is no longer joined."), v.app.Accounts.LeaveOIDC(v.ctx(), v.actor)
	})
}

// backFromOutside takes what the other house says. Its address is the same in both languages: the browser remembers in
// which one somebody left, and where to.
func (v *visit) backFromOutside() (*page, error) {
	var kept outside
	c, err := v.r.Cookie(outsideCookie)
	http.SetCookie(v.w, v.app.cookie(outsideCookie, "", 0))
	if err != nil || !v.app.opened("oidc", c.Value, &kept) {
		return v.notLetIn(v.to("sign-in"), fault.New(fault.Gone, "This took too long, or was done already. Begin again."))
	}
	v.lang = kept.Lang
	from, who := v.to("sign-in"), account.Actor{}
	if kept.Join {
		from, who = v.to("me"), v.actor
	}
	q := v.r.URL.Query()
	if q.Get("code") == "" {
		return v.notLetIn(from, fault.New(fault.Forbidden, "The other house did not let you in, or you turned back."))
	}
	token, _, err := v.app.Accounts.FinishOIDC(v.ctx(), who, account.OIDCReturn{Handle: kept.Handle, State: q.Get("state"), Code: q.Get("code"), From: v.client()})
	switch {
	case err != nil:
		return v.notLetIn(from, err)
	case kept.Join:
		return v.done(from, "Your account is joined to %s.", v.app.Accounts.OIDCName()), nil
	case v.actor.Session != "": // nobody is left signed in behind whoever came in now
		err = v.app.Accounts.SignOut(v.ctx(), v.actor)
	}
	v.signedIn(token)
	return &page{to: kept.Next}, err
}

// notLetIn leads back with the reason in words.
func (v *visit) notLetIn(to string, err error) (*page, error) {
	if fault.KindOf(err) == fault.Internal {
		return nil, err
	}
	body := v.failBody(err, status[fault.KindOf(err)])
	return &page{to: to, flash: &ui.Notice{Kind: "warn", Text: body.What}}, nil
}

// joinedOutside fills one's own account with how it stands with the other house.
func (v *visit) joinedOutside(body *mePage) error {
	if body.Outside = v.app.Accounts.OIDCName(); body.Outside == "" {
		return nil
	}
	since, err := v.app.Accounts.JoinedOIDC(v.ctx(), v.actor)
	if !since.IsZero() {
		body.Joined = v.moment(since)
	}
	body.Join = v.act(v.t("Join"), "key-round", "", "oidc-join")
	body.Leave = v.act(v.t("Part the accounts"), "x", "danger", "oidc-leave")
	return err
}
