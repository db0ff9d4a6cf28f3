package demo

import (
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/commitment"
	"thuoc/internal/edition"
)

// pledge publishes how far the province's plan has come, by three people.
func (b *builder) pledge() error {
	r, err := b.Pledges.Take(b.ctx, b.first(account.PlanOwner), b.top, commitment.Naming{}, clock.Date{}, "")
	if err != nil {
		return err
	}
	if err := b.Editions.Approve(b.ctx, b.first(account.Analyst), edition.Seen{ID: r.ID, Version: r.Version}, "Đã đối chiếu với nhật ký nhiệm vụ."); err != nil {
		return err
	}
	return b.Editions.Publish(b.ctx, b.first(account.ProvincialViceChair), edition.Seen{ID: r.ID, Version: r.Version + 1}, time.Time{}, "")
}
