package account_test

import (
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/fault"
)

// enrolDevice makes a device of somebody without a second step.
func (h *house) enrolDevice(a account.Actor) string {
	h.t.Helper()
	link, err := h.OfferDevice(h.t.Context(), a)
	must(h.t, err)
	tok, err := h.EnrolDevice(h.t.Context(), account.DeviceRequest{Link: token(link), Password: right, Label: "máy đi xã", From: office})
	must(h.t, err)
	return tok
}

func TestDevices(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		user := h.user("xa@so.gov.vn", account.Grant{Role: account.CommuneOfficial, Place: id("commune"), Since: since})
		a := h.signIn("xa@so.gov.vn")
		link, err := h.OfferDevice(ctx, a)
		must(t, err)
		ask := func(r account.DeviceRequest) (string, error) {
			r.From = office
			return h.EnrolDevice(ctx, r)
		}
		_, err = ask(account.DeviceRequest{Link: token(link), Label: "máy"}) // the link alone
		wants(t, err, fault.Invalid)
		_, err = ask(account.DeviceRequest{Link: token(link), Password: right})
		wants(t, err, fault.Invalid)
		wants(t, h.Accept(ctx, token(link), "một câu khác hẳn câu trước"), fault.Invalid) // nor does it set a password
		tok, err := ask(account.DeviceRequest{Link: token(link), Password: right, Label: " máy  đi xã "})
		must(t, err)
		_, err = ask(account.DeviceRequest{Link: token(link), Password: right, Label: "máy khác"})
		wants(t, err, fault.Gone)

		d, err := h.DeviceActor(ctx, tok)
		must(t, err)
		if d.User != user || len(d.Grants) != 1 || d.Device == "" {
			t.Errorf("acts as %+v", d)
		}
		is(t, account.Fresh(d, h.clock.Now()), account.ErrNotFresh)
		_, _, err = h.Prove(ctx, d, account.Proof{Password: right, From: office})
		is(t, err, account.ErrSignedOut)
		_, err = h.Actor(ctx, tok)
		is(t, err, account.ErrSignedOut) // nor is it a session

		for range 3 {
			h.clock.Advance(80 * 24 * time.Hour)
			_, err = h.DeviceActor(ctx, tok)
			must(t, err)
		}
		h.clock.Advance(90 * 24 * time.Hour)
		_, err = h.DeviceActor(ctx, tok)
		is(t, err, account.ErrSignedOut)

		a = h.signIn("xa@so.gov.vn")
		tok = h.enrolDevice(a)
		list, err := h.Devices(ctx, a, user)
		must(t, err)
		if len(list) != 2 || list[0].Label != "máy đi xã" {
			t.Errorf("devices: %+v", list)
		}
		h.admin = h.signIn("quantri@tinh.gov.vn")
		h.user("khac@so.gov.vn")
		wants(t, h.RevokeDevice(ctx, h.signIn("khac@so.gov.vn"), list[0].ID), fault.NotFound)
		must(t, h.RevokeDevice(ctx, h.admin, list[0].ID))
		_, err = h.DeviceActor(ctx, tok)
		is(t, err, account.ErrSignedOut)
	})
}

// With a second step, a telephone is enrolled by both.
func TestDevicesAskForTheSecondStep(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		app, _ := h.enrolTOTP(h.admin)
		link, err := h.OfferDevice(ctx, h.admin)
		must(t, err)
		r := account.DeviceRequest{Link: token(link), Password: right, Label: "máy", From: office}
		_, err = h.EnrolDevice(ctx, r)
		is(t, err, account.ErrCodeNeeded)
		h.clock.Advance(time.Minute)
		r.Code = app.code()
		_, err = h.EnrolDevice(ctx, r)
		must(t, err)
	})
}
