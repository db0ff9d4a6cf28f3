package audit

import (
	"context"

	"thuoc/internal/db"
	"thuoc/internal/lang"
)

// VerifyBy verifies by smaller pages.
func VerifyBy(ctx context.Context, d *db.DB, page int, anchors ...Head) (Report, error) {
	return verify(ctx, d, page, anchors)
}

// MailHead runs the daily job now.
func MailHead(ctx context.Context, d *db.DB, to string) error {
	return mailHead(ctx, d, lang.En, func(context.Context, *db.Q) (string, error) { return to, nil })
}
