package web

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/task"
	"thuoc/internal/upload"
)

// mostSent bounds a form with a photo or a file, in bytes.
const mostSent = upload.MostBytes + 1<<20

// answered is what the queue of a telephone is told.
type sendAnswer struct {
	State string `json:"state"` // "sent", "clash", "wrong"
	Words string `json:"words"`
}

// sendProgress takes progress, from the plain form and from the queue of a telephone: whichever sends, and however often.
func (v *visit) sendProgress() (*page, error) {
	p, err := v.app.Tasks.Get(v.ctx(), v.actor, v.arg("task"))
	if err != nil {
		return nil, err
	}
	sent, err := v.progress(&p)
	if err == nil {
		err = v.app.Tasks.Send(v.ctx(), v.actor, sent)
	}
	queue := strings.Contains(v.r.Header.Get("Accept"), "application/json")
	said := v.t("The progress is sent.")
	if sent.Submit {
		said = v.t("The task is submitted for judgement.")
	}
	e, worded := errors.AsType[*fault.Error](err)
	clash := fault.KindOf(err) == fault.Conflict
	switch {
	case err == nil && queue:
		return &page{data: sendAnswer{"sent", said}}, nil
	case err == nil:
		pg := v.done(v.safe(v.r.PostForm.Get(nextKey)), "The progress is sent.")
		pg.flash.Text = said
		return pg, nil
	case !worded || fault.KindOf(err) != fault.Invalid && !clash:
		return nil, err
	case queue && clash:
		return &page{data: sendAnswer{"clash", v.text(e.Text)}}, nil
	case queue:
		return &page{data: sendAnswer{"wrong", v.text(e.Text)}}, nil
	}
	f := v.sendForm(&p)
	if f == nil { // the task has moved: nothing can be sent any more
		return nil, err
	}
	f.Done, f.Note, f.Head, f.Clash = v.r.PostForm.Get("done"), v.r.PostForm.Get("note"), v.text(e.Text), clash
	pg, err := v.taskAs(&p, f)
	if pg != nil {
		pg.status = status[fault.KindOf(e)]
	}
	return pg, err
}

// progress reads the form.
func (v *visit) progress(t *task.Page) (task.Progress, error) {
	form := v.r.PostForm
	p := task.Progress{Task: t.ID, Key: form.Get("key"), Seen: form.Get("seen"), Note: strings.TrimSpace(form.Get("note")), Submit: form.Get("submit") != ""}
	if s := strings.TrimSpace(form.Get("done")); s != "" {
		n, err := number(s)
		if err != nil {
			return p, err
		}
		if t.Done == nil || *t.Done != n { // what is as it was is not reported anew
			p.Done = &n
		}
	}
	photos, err := v.photos()
	if err != nil {
		return p, err
	}
	p.Evidence = photos
	if len([]rune(p.Note)) > 4000 {
		return p, fault.New(fault.Invalid, "This is longer than %d characters. Say it shorter.", 4000)
	}
	if p.Note == "" && p.Done == nil && len(photos) == 0 && !p.Submit {
		return p, fault.New(fault.Invalid, "Write something, give the number, or add a photo.")
	}
	return p, nil
}

// number reads a number as people write it in Vietnam, 1.234,5, or in English, 1,234.5, or plainly.
func number(s string) (float64, error) {
	s = strings.ReplaceAll(s, " ", "")
	if comma, dot := strings.LastIndex(s, ","), strings.LastIndex(s, "."); comma > dot {
		s = strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", ".")
	} else {
		s = strings.ReplaceAll(s, ",", "")
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n != n || n > 1e15 || n < -1e15 {
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

// photos reads the photo of a form, clean, with its time and place if its sender agreed to say them. A telephone that made
// the photo smaller sends the beginning of what the camera wrote beside it.
func (v *visit) photos() ([]task.Evidence, error) {
	_, b, err := v.sentFile("photo")
	if err != nil || len(b) == 0 {
		return nil, err
	}
	photo, err := upload.Clean(b)
	if err != nil {
		return nil, err
	}
	e, err := v.keepPhoto(photo)
	if err != nil || v.r.PostForm.Get("consent") == "" {
		return []task.Evidence{e}, err
	}
	if _, beside, err := v.sentFile("camera"); err == nil && len(beside) > 0 {
		photo.Taken, photo.Place = upload.Beside(beside)
	}
	e.Taken = photo.Taken
	if photo.Place != nil {
		e.Lat, e.Lon = &photo.Place.Lat, &photo.Place.Lon
	}
	return []task.Evidence{e}, nil
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
