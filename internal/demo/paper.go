package demo

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"

	"thuoc/internal/account"
	"thuoc/internal/docx"
	"thuoc/internal/follow"
	"thuoc/internal/registry"
)

// paper makes a file that stands for a signed paper: one page that says, in letters every reader has, that it is invented.
func paper(number, title string) []byte {
	text := fmt.Sprintf("BT /F1 16 Tf 60 760 Td (INVENTED PAPER / GIA DINH) Tj 0 -30 Td (No. %s) Tj 0 -30 Td (%s) Tj ET", number, title)
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}

// letterhead is the province's own template: the program's, with its address written out at the foot.
func letterhead() ([]byte, error) {
	file := docx.Default()
	from, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	to := zip.NewWriter(&b)
	for _, f := range from.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		data = bytes.ReplaceAll(data, []byte("{{dia_chi_co_quan}}"), []byte("Số 1 đường Giả Định, tỉnh Mẫu (địa chỉ giả định)"))
		w, err := to.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(data); err != nil {
			return nil, err
		}
	}
	err = to.Close()
	return b.Bytes(), err
}

// template lets the province's own template hold from a day of its first year on.
func (b *builder) template() error {
	data, err := letterhead()
	if err != nil {
		return err
	}
	ref, err := b.Blobs.Put(b.ctx, bytes.NewReader(data))
	if err != nil {
		return err
	}
	owner := b.first(account.PlanOwner)
	_, err = b.Registry.SetTemplate(b.ctx, owner, registry.Template{Place: b.home, Since: owner.Day, Name: "mau-van-ban-tinh-mau.docx", File: ref.SHA256, Size: ref.Size})
	return err
}

// returned keeps the signed file of a letter that was sent out.
func (b *builder) returned(owner account.Actor, letter follow.Urging) error {
	ref, err := b.Blobs.Put(b.ctx, bytes.NewReader(paper(letter.Number, "Letter that urges (invented)")))
	if err != nil {
		return err
	}
	_, err = b.Registry.Keep(b.ctx, owner, registry.Paper{Kind: registry.Urging, About: letter.ID, Place: b.home, Number: letter.Number, Signed: letter.Signed, Signer: letter.Signer,
		Name: "cong-van-da-ky.pdf", File: ref.SHA256, Size: ref.Size})
	return err
}

// photo draws a picture of a notice board, a little different for every number.
func photo(n int) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for y := range 240 {
		for x := range 320 {
			c := color.RGBA{R: 90, G: 130, B: uint8(110 + y/4), A: 255} // wall
			switch {
			case x > 60 && x < 260 && y > 40 && y < 200 && (x/40+y/54+n)%3 == 0:
				c = color.RGBA{R: 250, G: 248, B: 240, A: 255} // sheets
			case x > 50 && x < 270 && y > 30 && y < 210:
				c = color.RGBA{R: 150, G: 110, B: 70, A: 255} // board
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 60})
	return b.Bytes(), err
}
