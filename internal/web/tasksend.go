package web

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/task"
	"thuoc/internal/ui"
	"thuoc/internal/upload"
)

// mostSent bounds a form with a photo or a file, in bytes.
const mostSent = upload.MostBytes + 1<<20

// sendForm is the one form of progress: a number or yes and no, words, a photo, send.
type sendForm struct {
	ID, Action, Key, Seen, Back string
	Title                       string
	Due                         string      // as the sender sees it, 2006-01-02
	Number                      string      // what the number counts; "" where none is
	Of                          string      // what it is counted of
	YesNo                       []ui.Choice // in place of a number
	Done, Note                  string
	Kept                        string // the photo that arrived with a form which was not taken, closed
	Head                        string // what was wrong
	Clash                       bool   // somebody else was first
	Closed                      bool   // nothing can be sent any more
	Taken                       bool   // the tick of consent
}

// sendForm makes the form, nil for who may not send or where the state forbids it.
func (v *visit) sendForm(p *task.Page) *sendForm {
	if !p.Do || !p.State.Running() {
		return nil
	}
	seen := ""
	if n := len(p.Events); n > 0 {
		seen = p.Events[n-1].ID
	}
	return v.sendFormOf(&p.Task, seen, v.to("task", p.ID))
}

// sendFormOf makes the form of a task whose last event its sender has seen.
func (v *visit) sendFormOf(t *task.Task, seen, back string) *sendForm {
	f := &sendForm{ID: t.ID, Action: v.to("task-send", t.ID), Key: rand.Text(), Seen: cmp.Or(seen, task.NothingSeen), Back: back, Title: t.Title}
	if !t.Due.IsZero() {
		f.Due = t.Due.String()
	}
	if t.Done != nil {
		f.Done = lang.Entry(v.lang, *t.Done)
	}
	switch {
	case t.Measure == task.Count && t.Goal != nil:
		f.Number, f.Of = v.t("Number done"), v.t("out of %s", plainNumber(v.lang, *t.Goal))
	case t.Measure == task.Percent:
		f.Number, f.Of = v.t("Share done"), "%"
	case t.Measure == task.YesNo:
		f.YesNo = []ui.Choice{{Value: "1", Text: v.t("Yes, done"), Current: f.Done == "1"}, {Value: "0", Text: v.t("Not yet"), Current: f.Done == "0"}}
	}
	return f
}

// sendProgress takes progress, from the plain form and from the queue of a browser: whichever sends, and however often.
func (v *visit) sendProgress() (*page, error) {
	form := v.r.PostForm
	if owner := form.Get(ownerKey); owner != "" && owner != v.actor.User {
		v.answerJSON(http.StatusForbidden, sendAnswer{State: isOther})
		return &page{written: true}, nil
	}
	said := v.t("The progress is sent.")
	if form.Get("submit") != "" {
		said = v.t("The task is submitted for judgement.")
	}
	if before, err := v.app.Tasks.Arrived(v.ctx(), v.arg("task"), form.Get("key")); err != nil || before {
		return v.sent(said), err
	}
	p, err := v.app.Tasks.Get(v.ctx(), v.actor, v.arg("task"))
	if err != nil {
		return nil, err
	}
	progress, err := v.progress(&p)
	if err == nil {
		err = v.app.Tasks.Send(v.ctx(), v.actor, progress)
	}
	if err == nil {
		if due, parsed := clock.ParseDate(form.Get("due")); parsed == nil && due != p.Due && !p.Due.IsZero() {
			said += " " + v.t("Its last day has moved meanwhile: it is now %s.", lang.Date(v.lang, p.Due))
		}
		return v.sent(said), nil
	}
	return v.notSent(&p, progress, err)
}

// sent says that progress has arrived, to whoever asks.
func (v *visit) sent(said string) *page {
	if v.queued() {
		return &page{data: sendAnswer{State: isSent, Words: said}}
	}
	return &page{to: v.safe(v.r.PostForm.Get(nextKey)), flash: &ui.Notice{Kind: "done", Text: said}}
}

// notSent says why progress was not taken, and what its sender can do. The form keeps what was entered, the photo too.
func (v *visit) notSent(p *task.Page, sent task.Progress, err error) (*page, error) {
	e, worded := errors.AsType[*fault.Error](err)
	clash := fault.KindOf(err) == fault.Conflict
	if !worded || fault.KindOf(err) != fault.Invalid && !clash {
		return nil, err
	}
	f := v.sendForm(p)
	words := v.text(e.Text)
	if clash {
		words = strings.TrimSpace(words + " " + v.lastChange())
	}
	if v.queued() && clash {
		v.answerJSON(http.StatusConflict, sendAnswer{State: isClash, Words: words, Over: f != nil})
		return &page{written: true}, nil
	}
	if v.queued() {
		return nil, err
	}
	if f == nil { // the task has moved: nothing can be sent any more, and what was entered stays to be read
		f = v.sendFormOf(&p.Task, "", "")
		f.Closed = true
	}
	form := v.r.PostForm
	f.Done, f.Note, f.Head, f.Clash, f.Taken = form.Get("done"), form.Get("note"), words, clash, form.Get("consent") != ""
	for i := range f.YesNo {
		f.YesNo[i].Current = f.YesNo[i].Value == f.Done
	}
	if len(sent.Evidence) > 0 {
		f.Kept = v.app.closed("photo", keptPhoto{v.actor.User, sent.Evidence[0]})
	}
	f.Back = v.safe(form.Get(nextKey))
	pg, err := v.taskAs(p, f)
	if pg != nil {
		pg.status, pg.keep = status[fault.KindOf(e)], false
	}
	return pg, err
}

// keptPhoto is a photo that arrived with a form which was not taken, and whose it is.
type keptPhoto struct {
	User  string
	Photo task.Evidence
}

// progress reads the form. What it could read it gives also with a fault.
func (v *visit) progress(t *task.Page) (task.Progress, error) {
	form := v.r.PostForm
	p := task.Progress{Task: t.ID, Key: form.Get("key"), Origin: form.Get("origin"), Seen: form.Get("seen"), Note: strings.TrimSpace(form.Get("note")), Submit: form.Get("submit") != ""}
	photos, err := v.photos()
	if err != nil {
		return p, err
	}
	p.Evidence = photos
	if s := strings.TrimSpace(form.Get("done")); s != "" {
		n, err := v.number(s)
		if err != nil {
			return p, err
		}
		if t.Done == nil || *t.Done != n { // what is as it was is not reported anew
			p.Done = &n
		}
	}
	if len([]rune(p.Note)) > 4000 {
		return p, fault.New(fault.Invalid, "This is longer than %d characters. Say it shorter.", 4000)
	}
	if p.Note == "" && p.Done == nil && len(photos) == 0 && !p.Submit {
		return p, fault.New(fault.Invalid, "Write something, give the number, or add a photo.")
	}
	return p, nil
}

// number reads a number as people of the page's language write it.
func (v *visit) number(s string) (float64, error) {
	n, ok := lang.ParseNumber(v.lang, s)
	if !ok {
		return 0, fault.New(fault.Invalid, "“%s” is not a number.", s)
	}
	return n, nil
}

// sentFile reads a file of a form; nil where none was chosen.
func (v *visit) sentFile(field string) (name string, b []byte, err error) {
	file, head, err := v.r.FormFile(field)
	switch {
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		return "", nil, nil
	case err != nil:
		return "", nil, err
	}
	defer file.Close() // it was read
	b, err = io.ReadAll(io.LimitReader(file, upload.MostBytes+1))
	return head.Filename, b, err
}

// photos reads the photo of a form, clean, with its time and place if its sender agreed to say them: a telephone that made
// the photo smaller has read both before, and shown them.
func (v *visit) photos() ([]task.Evidence, error) {
	_, b, err := v.sentFile("photo")
	if err != nil {
		return nil, err
	}
	if len(b) == 0 {
		var kept keptPhoto
		if v.app.opened("photo", v.r.PostForm.Get("kept"), &kept) && kept.User == v.actor.User {
			return []task.Evidence{kept.Photo}, nil
		}
		return nil, nil
	}
	photo, err := upload.Clean(b)
	if err != nil {
		return nil, err
	}
	e, err := v.keepPhoto(photo)
	if err != nil || v.r.PostForm.Get("consent") == "" {
		return []task.Evidence{e}, err
	}
	e.Taken = photo.Taken
	if photo.Place != nil {
		e.Lat, e.Lon = &photo.Place.Lat, &photo.Place.Lon
	}
	v.readBeside(&e)
	return []task.Evidence{e}, nil
}

// readBeside reads what the telephone read of a photo before it made it smaller; what cannot be read is not said.
func (v *visit) readBeside(e *task.Evidence) {
	form := v.r.PostForm
	if at, err := time.Parse(time.RFC3339, form.Get("taken")); err == nil && at.Before(v.app.Now().Add(24*time.Hour)) {
		e.Taken = at
	}
	lat, wrong := strconv.ParseFloat(form.Get("lat"), 64)
	lon, err := strconv.ParseFloat(form.Get("lon"), 64)
	if wrong == nil && err == nil && lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180 {
		e.Lat, e.Lon = &lat, &lon
	}
}

func (v *visit) keepPhoto(p upload.Photo) (task.Evidence, error) {
	ref, err := v.app.Blobs.Put(v.ctx(), bytes.NewReader(p.JPEG))
	return task.Evidence{Sort: task.Photo, File: ref.SHA256, Size: ref.Size, Mime: "image/jpeg"}, err
}

// evidence hands out a file, to who may read its task. A browser saves it, or shows a picture; it runs nothing of it.
func (v *visit) evidence() (*page, error) {
	e, err := v.app.Tasks.Exhibit(v.ctx(), v.actor, v.arg("evidence"))
	if err != nil {
		return nil, err
	}
	if e.File == "" {
		return nil, fault.New(fault.NotFound, "The file is not there, or not any more.")
	}
	file, err := v.app.Blobs.Open(v.ctx(), e.File)
	if err != nil {
		return nil, err
	}
	defer file.Close() // it was only read
	h := v.w.Header()
	h.Set("Content-Type", e.Mime)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(e)}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	http.ServeContent(v.w, v.r, "", e.At, file)
	return &page{written: true}, nil
}

// suffixes are how files of evidence end.
var suffixes = map[string]string{
	"image/jpeg": ".jpg", "application/pdf": ".pdf",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   ".docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         ".xlsx",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}

// fileName is what a file is offered as: by its task and itself, without what people may have called it.
func fileName(e task.Evidence) string {
	return "minh-chung-" + e.ID[:8] + "-" + e.File[:8] + suffixes[e.Mime]
}
